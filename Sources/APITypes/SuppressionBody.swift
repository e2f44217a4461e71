/// An address that gets no message on a channel.
package struct SuppressionBody: Codable, Sendable, Equatable {
    package var channel: String
    /// An email address in lower case, or a phone number in E.164 form.
    package var address: String
    package var reason: String
    package var note: String?
    /// When the person or the operator said so.
    package var at: String

    /// Makes a suppression.
    package init(channel: String, address: String, reason: String, note: String?, at: String) {
        self.channel = channel
        self.address = address
        self.reason = reason
        self.note = note
        self.at = at
    }
}

/// What is to be suppressed.
package struct SuppressionOrderBody: Codable, Sendable, Equatable {
    package var address: String
    /// Absent: every channel that the address can be of.
    package var channel: String?
    package var reason: String?
    package var note: String?

    /// Makes an order.
    package init(address: String, channel: String?, reason: String?, note: String?) {
        self.address = address
        self.channel = channel
        self.reason = reason
        self.note = note
    }
}

/// What an addition or a removal did.
package struct SuppressionChangeBody: Codable, Sendable, Equatable {
    /// Suppressions that were not there before.
    package var added: Int?
    /// Suppressions that were there already, and stay as they were.
    package var present: Int?
    package var removed: Int?

    /// Makes a result.
    package init(added: Int? = nil, present: Int? = nil, removed: Int? = nil) {
        self.added = added
        self.present = present
        self.removed = removed
    }
}

/// What came of an import of suppressions.
package struct SuppressionImportBody: Codable, Sendable, Equatable {
    /// Suppressions that were not there before.
    package var added: Int64
    /// Suppressions that were there already, and stay as they were.
    package var present: Int64
    /// How many rows were not taken.
    package var rejected: Int64
    /// The first 1,000 of them.
    package var rejections: [ImportBody.Rejection]

    /// Makes a result.
    package init(
        added: Int64,
        present: Int64,
        rejected: Int64,
        rejections: [ImportBody.Rejection]
    ) {
        self.added = added
        self.present = present
        self.rejected = rejected
        self.rejections = rejections
    }
}
