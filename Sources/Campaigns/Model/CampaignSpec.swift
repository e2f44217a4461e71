package import JobQueue

/// What a campaign is made of: the body of the seed's create call, checked for shape.
package struct CampaignSpec: Sendable, Equatable {
    package var name: String
    /// In the order asked for; never empty, no channel twice.
    package var channels: [Channel]
    /// The settings of each channel chosen, and of others that were given all the same.
    package var settings: [Channel: ChannelSettings]
    /// In the order asked for; never empty, no list twice.
    package var contactListIDs: [ObjectID]

    package static let nameLength = 1...500
    package static let maximumLists = 100

    /// Makes a spec.
    package init(
        name: String,
        channels: [Channel],
        settings: [Channel: ChannelSettings],
        contactListIDs: [ObjectID]
    ) {
        self.name = name
        self.channels = channels
        self.settings = settings
        self.contactListIDs = contactListIDs
    }
}

/// Who sends on a channel, and which template.
package struct ChannelSettings: Sendable, Equatable {
    /// `fromEmail`, `shortCode` or `callerId`.
    package var sender: String
    package var templateID: ObjectID
    /// Nil: the newest when the campaign is built.
    package var version: Int?

    /// Makes settings.
    package init(sender: String, templateID: ObjectID, version: Int?) {
        self.sender = sender
        self.templateID = templateID
        self.version = version
    }
}

extension Channel {
    /// What the seed's API calls the sender in the channel's settings.
    package var senderField: String {
        switch self {
        case .email: "fromEmail"
        case .sms: "shortCode"
        case .voice: "callerId"
        }
    }

    /// The channel's bit in `campaign.channels`.
    package var bit: Int {
        switch self {
        case .email: 1
        case .sms: 2
        case .voice: 4
        }
    }
}

/// What is wrong with one field of a request.
package struct FieldFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// The path of the field, as in `settings.email.templateId`.
    package var field: String
    /// What is wrong and what is allowed.
    package var message: String

    /// Makes a fault.
    package init(_ field: String, _ message: String) {
        self.field = field
        self.message = message
    }

    package var description: String { "\(field): \(message)" }
}

/// A request for a campaign: the spec and how far to carry it.
package struct CampaignOrder: Sendable, Equatable {
    package var spec: CampaignSpec
    package var until: CampaignStep
    /// The date of the last step asked for, on the wall clock; nil: as soon as it is its turn.
    package var date: Timestamp?
    package var priority: Int
    /// Nil: as configured.
    package var maxAttempts: Int?
    /// Messages a second at most, on each channel; nil: the campaign gets no rate of its own.
    package var ratePerSecond: Double?

    /// Makes an order.
    package init(
        spec: CampaignSpec,
        until: CampaignStep = .send,
        date: Timestamp? = nil,
        priority: Int = JobPriority.standard,
        maxAttempts: Int? = nil,
        ratePerSecond: Double? = nil
    ) {
        self.spec = spec
        self.until = until
        self.date = date
        self.priority = priority
        self.maxAttempts = maxAttempts
        self.ratePerSecond = ratePerSecond
    }
}
