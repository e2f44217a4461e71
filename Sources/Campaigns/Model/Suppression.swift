package import JobQueue

/// An address that gets no message on a channel.
package struct Suppression: Sendable, Equatable {
    package var recipient: RecipientKey
    package var reason: SuppressionReason
    /// What is known beside the reason, for people.
    package var note: String?
    /// When the person or the operator said so.
    package var at: Timestamp

    /// Makes a value of its parts.
    package init(
        recipient: RecipientKey,
        reason: SuppressionReason,
        note: String?,
        at: Timestamp
    ) {
        self.recipient = recipient
        self.reason = reason
        self.note = note
        self.at = at
    }
}

/// Why an address is suppressed.
package enum SuppressionReason: String, CaseIterable, Sendable {
    /// An operator said so.
    case manual
    /// It came with an import that gave no other reason.
    case imported
    /// The recipient followed an unsubscribe link.
    case unsubscribed
    /// The recipient answered with a stop word, or pressed the opt-out key.
    case stop
    /// The recipient reported a message as spam.
    case complaint
    /// A report says that nobody is there.
    case bounced
    /// The provider says that there is no such address.
    case invalidAddress = "invalid-address"

    /// Whether the recipient's own word ends it.
    package var isOptOut: Bool { self == .unsubscribed || self == .stop }
}

/// A recipient on a channel: two spellings of an address are one recipient when these are equal.
package struct RecipientKey: Sendable, Hashable {
    package var channel: Channel
    /// An email address in lower case, or a phone number in E.164 form.
    package var address: String

    /// Takes an address that is normalised already.
    package init(channel: Channel, normalised address: String) {
        self.channel = channel
        self.address = address
    }

    /// Normalises an address; throws what is wrong with it.
    package init(
        channel: Channel,
        _ text: String,
        region: PhoneNumber.Region
    ) throws(FieldFault) {
        self.channel = channel
        let text = String(text.trimmingSpaces())
        do {
            address =
                channel == .email
                ? try EmailAddress(text).normalised
                : try PhoneNumber(text, region: region).e164
        } catch {
            throw FieldFault("address", "\(text.excerpt) \(error)")
        }
    }

    /// The address on the channel given; where none is, on every channel that it can be of.
    package static func all(
        _ text: String,
        on channel: Channel?,
        region: PhoneNumber.Region
    ) throws(FieldFault) -> [RecipientKey] {
        let channels: [Channel] =
            if let channel { [channel] } else if text.contains("@") { [.email] } else {
                [.sms, .voice]
            }
        var keys: [RecipientKey] = []
        for channel in channels {
            keys.append(try RecipientKey(channel: channel, text, region: region))
        }
        return keys
    }
}
