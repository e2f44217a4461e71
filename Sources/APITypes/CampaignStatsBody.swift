/// A campaign's counts, as the seed has them.
package struct CampaignStatsBody: Codable, Sendable, Equatable {
    /// How many messages have a status.
    package struct Count: Codable, Sendable, Equatable {
        /// What is counted.
        package struct Group: Codable, Sendable, Equatable {
            /// `PENDING`, `SENDING`, `SENT`, `DELIVERED`, `FAILED`, `BOUNCED`, `UNKNOWN`,
            /// `CANCELLED`.
            package var status: String
        }

        package var group: Group
        package var count: Int64

        private enum CodingKeys: String, CodingKey {
            case group = "_id"
            case count
        }

        /// Makes a count.
        package init(status: String, count: Int64) {
            group = Group(status: status)
            self.count = count
        }
    }

    /// How many contacts a list had when the campaign took it.
    package struct InitialContacts: Codable, Sendable, Equatable {
        /// The list's name.
        package var name: String
        package var contacts: Int64

        /// Makes a count.
        package init(name: String, contacts: Int64) {
            self.name = name
            self.contacts = contacts
        }
    }

    package var result: [Count]
    package var initContacts: [InitialContacts]

    /// Makes counts.
    package init(result: [Count], initContacts: [InitialContacts]) {
        self.result = result
        self.initContacts = initContacts
    }
}
