package import JobQueue

/// A contact list as it stands.
package struct ContactList: Sendable, Equatable {
    package var id: String
    package var name: String
    /// Nil: contacts take part in every channel they have an address for.
    package var channel: Channel?
    package var contacts: Int64
    package var createdAt: Timestamp
    package var updatedAt: Timestamp
    package var deletedAt: Timestamp?

    /// Makes a value of its parts.
    package init(
        id: String,
        name: String,
        channel: Channel?,
        contacts: Int64,
        createdAt: Timestamp,
        updatedAt: Timestamp,
        deletedAt: Timestamp?
    ) {
        self.id = id
        self.name = name
        self.channel = channel
        self.contacts = contacts
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.deletedAt = deletedAt
    }
}

/// A contact to store; addresses are normalised already, and empty where there is none.
package struct NewContact: Sendable, Equatable {
    /// As it is to be written to.
    package var email: String
    /// Lower-cased, for telling duplicates.
    package var emailKey: String
    /// E.164.
    package var phone: String
    package var timezone: String?
    package var variables: [String: String]

    /// Makes a contact.
    package init(
        email: String,
        emailKey: String,
        phone: String,
        timezone: String?,
        variables: [String: String]
    ) {
        self.email = email
        self.emailKey = emailKey
        self.phone = phone
        self.timezone = timezone
        self.variables = variables
    }
}
