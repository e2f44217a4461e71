/// A contact list.
package struct ListBody: Codable, Sendable, Equatable {
    package var contactListId: String
    package var name: String
    /// Absent: its contacts take part in every channel they have an address for.
    package var channel: String?
    package var contacts: Int64
    package var createdAt: String
    package var updatedAt: String
    /// Set once it takes no new campaign.
    package var deletedAt: String?

    /// Makes a list.
    package init(
        contactListId: String,
        name: String,
        channel: String?,
        contacts: Int64,
        createdAt: String,
        updatedAt: String,
        deletedAt: String?
    ) {
        self.contactListId = contactListId
        self.name = name
        self.channel = channel
        self.contacts = contacts
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.deletedAt = deletedAt
    }
}

/// What came of an import.
package struct ImportBody: Codable, Sendable, Equatable {
    /// A row that was not taken.
    package struct Rejection: Codable, Sendable, Equatable {
        /// From 1, a CSV's header included.
        package var line: Int
        package var reason: String

        /// Makes a rejection.
        package init(line: Int, reason: String) {
            self.line = line
            self.reason = reason
        }
    }

    package var contactListId: String
    /// Contacts in the list now.
    package var contacts: Int64
    /// How many rows were not taken.
    package var rejected: Int64
    /// The first 1,000 of them.
    package var rejections: [Rejection]

    /// Makes a result.
    package init(
        contactListId: String,
        contacts: Int64,
        rejected: Int64,
        rejections: [Rejection]
    ) {
        self.contactListId = contactListId
        self.contacts = contacts
        self.rejected = rejected
        self.rejections = rejections
    }
}
