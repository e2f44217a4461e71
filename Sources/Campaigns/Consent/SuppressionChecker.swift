package import JobQueue

/// Turns named fields, of a CSV row or a JSON object, into suppressions.
///
/// The address stands in `address`, `email` or `phone`; `channel`, `reason`, `note` and `at` may be
/// absent, and other fields are passed over: files come from many systems.
package struct SuppressionChecker {
    private let channel: Channel?
    private let region: PhoneNumber.Region
    private let now: Timestamp

    /// The fields of which one has to be there.
    package static let addressFields = ["address", "email", "phone"]

    /// Makes a checker; `channel` is that of rows that name none.
    package init(channel: Channel?, region: PhoneNumber.Region, now: Timestamp) {
        self.channel = channel
        self.region = region
        self.now = now
    }

    /// The suppressions of a row, one for each channel that it stands for.
    package func suppressions(of fields: [String: String]) throws(FieldFault) -> [Suppression] {
        let fields = fields.compactMapValues { text in
            let trimmed = String(text.trimmingSpaces())
            return trimmed.isEmpty ? nil : trimmed
        }
        guard let address = Self.addressFields.lazy.compactMap({ fields[$0] }).first else {
            throw FieldFault("address", "has no address")
        }
        let recipients = try RecipientKey.all(
            address,
            on: try channel(in: fields),
            region: region
        )
        let (reason, note) = Self.reason(in: fields)
        let at = try at(in: fields)
        return recipients.map {
            Suppression(recipient: $0, reason: reason, note: note, at: at)
        }
    }

    private func channel(in fields: [String: String]) throws(FieldFault) -> Channel? {
        guard let text = fields["channel"] else { return channel }
        guard let channel = Channel(rawValue: text.lowercased()) else {
            throw FieldFault("channel", "channel \(text.excerpt) is not email, sms or voice")
        }
        return channel
    }

    /// A reason of another system's is kept as the note: nobody is written to for want of a word.
    private static func reason(in fields: [String: String]) -> (SuppressionReason, String?) {
        guard let text = fields["reason"] else { return (.imported, note(fields["note"])) }
        if let reason = SuppressionReason(rawValue: text) { return (reason, note(fields["note"])) }
        let words = [text, fields["note"]].compactMap(\.self).joined(separator: "; ")
        return (.imported, note(words))
    }

    private static func note(_ text: String?) -> String? {
        text.map { String(decoding: $0.utf8.prefix(maximumNoteBytes), as: UTF8.self) }
    }

    private func at(in fields: [String: String]) throws(FieldFault) -> Timestamp {
        guard let text = fields["at"] else { return now }
        guard let at = Timestamp(rfc3339: text) else {
            throw FieldFault("at", "at \(text.excerpt) is not a date such as 2025-08-28T20:02:20Z")
        }
        return at
    }

    /// The most bytes of a note.
    package static let maximumNoteBytes = 500
}
