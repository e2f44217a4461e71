import APITypes
import Campaigns

/// The seed's create body, read: what the campaign is, and which draft it replaces.
struct CampaignDraft {
    var spec: CampaignSpec
    /// The DRAFT to update; nil: a new campaign.
    var replaces: ObjectID?
}

/// Reads the seed's create body; notes every fault by the path of its field.
struct SpecReader {
    private var object: ObjectReader
    private let region: PhoneNumber.Region

    /// Makes a reader of the object; numbers without country code are read as `region`'s.
    init(_ object: ObjectReader, region: PhoneNumber.Region) {
        self.object = object
        self.region = region
    }

    /// The draft, or nil after any fault.
    mutating func draft() -> CampaignDraft? {
        let replaces = object.objectID("campaignId")
        let name = name()
        let channels = channels()
        let settings = settings(of: channels ?? [])
        let lists = contactLists()
        object.finish()
        guard object.faults.faults.isEmpty, let name, let channels, let settings, let lists else {
            return nil
        }
        let spec = CampaignSpec(
            name: name,
            channels: channels,
            settings: settings,
            contactListIDs: lists
        )
        return CampaignDraft(spec: spec, replaces: replaces)
    }

    private mutating func name() -> String? {
        guard let name = object.string("name", required: true) else { return nil }
        if let fault = NameRule.fault(of: name) { object.fault("name", fault) }
        return name
    }

    private mutating func channels() -> [Channel]? {
        guard
            let elements = object.elements(
                "channel",
                required: true,
                upTo: Channel.allCases.count
            )
        else { return nil }
        if elements.isEmpty { object.fault("channel", "is empty; name \(Channel.inWords)") }
        var channels: [Channel] = []
        for (path, value) in elements {
            guard case .string(let text) = value, let channel = Channel(rawValue: text) else {
                object.faults.add(path, "must be \(Channel.inWords)")
                continue
            }
            if channels.contains(channel) { object.faults.add(path, "\(text) is named twice") }
            channels.append(channel)
        }
        return channels
    }

    private mutating func contactLists() -> [ObjectID]? {
        guard
            let elements = object.elements(
                "contactListId",
                required: true,
                upTo: CampaignSpec.maximumLists
            )
        else { return nil }
        if elements.isEmpty { object.fault("contactListId", "is empty; name at least one list") }
        var lists: [ObjectID] = []
        for (path, value) in elements {
            guard case .string(let text) = value, let id = ObjectID(text) else {
                object.faults.add(path, ObjectID.rule)
                continue
            }
            if lists.contains(id) { object.faults.add(path, "list \(id) is named twice") }
            lists.append(id)
        }
        return lists
    }

    private mutating func settings(of chosen: [Channel]) -> [Channel: ChannelSettings]? {
        guard var all = object.object("settings", required: true) else { return nil }
        var settings: [Channel: ChannelSettings] = [:]
        for channel in Channel.allCases {
            let isChosen = chosen.contains(channel)
            guard var object = all.object(channel.rawValue, required: isChosen) else { continue }
            settings[channel] = read(&object, of: channel)
        }
        all.finish()
        return settings
    }

    private func read(_ object: inout ObjectReader, of channel: Channel) -> ChannelSettings? {
        let sender = object.string(channel.senderField, required: true)
        if let sender, let fault = SenderRule.fault(of: sender, channel: channel, region: region) {
            object.fault(channel.senderField, fault)
        }
        let template = object.objectID("templateId", required: true)
        let version = object.integer("version", in: 1...Int.max)
        object.finish()
        guard let sender, let template else { return nil }
        return ChannelSettings(sender: sender, templateID: template, version: version)
    }
}

/// What names of campaigns, templates and lists may be.
enum NameRule {
    /// What is wrong with a name; nil if it may be used.
    static func fault(of name: String) -> String? {
        if name.allSatisfy(\.isWhitespace) { return "is empty" }
        if name.count > CampaignSpec.nameLength.upperBound {
            return "has \(name.count) characters; at most "
                + "\(CampaignSpec.nameLength.upperBound) are allowed"
        }
        let isControl = { (scalar: Unicode.Scalar) in
            scalar.properties.generalCategory == .control
                || scalar.properties.generalCategory == .lineSeparator
                || scalar.properties.generalCategory == .paragraphSeparator
        }
        return name.unicodeScalars.contains(where: isControl)
            ? "holds a line break or another control character" : nil
    }
}

/// What a channel's messages may come from.
enum SenderRule {
    /// What is wrong with a sender; nil if it may be used.
    static func fault(
        of sender: String,
        channel: Channel,
        region: PhoneNumber.Region
    ) -> String? {
        do {
            switch channel {
            case .email: _ = try Mailbox(sender)
            case .sms: _ = try SenderNumber(sender, region: region)
            case .voice: _ = try PhoneNumber(sender, region: region)
            }
            return nil
        } catch {
            return "\(error)"
        }
    }
}
