/// A campaign in the seed's shape; the optional fields are in the reply for one campaign, and in
/// NDJSON lists (`job` excepted), but not in the seed's page.
package struct CampaignBody: Codable, Sendable, Equatable {
    package var campaignId: String
    package var name: String
    package var channel: [String]
    package var status: String
    /// By channel.
    package var settings: [String: ChannelSettingsBody]
    package var contactListId: [ListReferenceBody]
    package var changeLog: [ChangeBody]
    package var createdAt: String
    package var stats: CampaignStatsBody

    /// Messages by state, exclusions not counted.
    package var messages: [String: Int64]?
    /// Contacts that got no message, by reason.
    package var excluded: [String: Int64]?
    /// Why it failed, is paused or is partial.
    package var reason: String?
    /// The last step asked for: `create`, `build` or `send`.
    package var until: String?
    /// The date of the last step asked for.
    package var sendAt: String?
    /// Of what was built: same inputs, same digest.
    package var digest: String?
    /// The campaign of which it sends one message as a test; absent where it is none.
    package var testOf: String?
    /// What carries each channel, once sending has begun.
    package var transports: [String: String]?
    /// Whether a channel was delivered to files by the spool.
    package var deliveredToFiles: Bool?
    /// What carries it: `local`, or an account at another server.
    package var account: String?
    /// How it stands at the other server.
    package var remote: RemoteBody?
    /// The campaign's own rate in messages a second, on each of its channels.
    package var ratePerSecond: Double?
    /// How it goes on each channel, while it is being sent.
    package var pace: [PaceBody]?
    /// The newest job.
    package var job: JobBody?

    /// Makes a campaign of the seed's fields alone.
    package init(
        campaignId: String,
        name: String,
        channel: [String],
        status: String,
        settings: [String: ChannelSettingsBody],
        contactListId: [ListReferenceBody],
        changeLog: [ChangeBody],
        createdAt: String,
        stats: CampaignStatsBody
    ) {
        self.campaignId = campaignId
        self.name = name
        self.channel = channel
        self.status = status
        self.settings = settings
        self.contactListId = contactListId
        self.changeLog = changeLog
        self.createdAt = createdAt
        self.stats = stats
    }
}

/// Who sends on a channel, and which template; exactly one of the first three is set.
package struct ChannelSettingsBody: Codable, Sendable, Equatable {
    /// For email.
    package var fromEmail: String?
    /// For SMS.
    package var shortCode: String?
    /// For voice.
    package var callerId: String?
    package var templateId: String
    /// Absent: the newest when the campaign is built.
    package var version: Int?

    /// Makes settings.
    package init(
        fromEmail: String? = nil,
        shortCode: String? = nil,
        callerId: String? = nil,
        templateId: String,
        version: Int?
    ) {
        self.fromEmail = fromEmail
        self.shortCode = shortCode
        self.callerId = callerId
        self.templateId = templateId
        self.version = version
    }
}

/// A contact list as a campaign names it.
package struct ListReferenceBody: Codable, Sendable, Equatable {
    package var id: String
    package var name: String

    private enum CodingKeys: String, CodingKey {
        case id = "_id"
        case name
    }

    /// Makes a reference.
    package init(id: String, name: String) {
        self.id = id
        self.name = name
    }
}

/// One entry of a campaign's change log.
package struct ChangeBody: Codable, Sendable, Equatable {
    package var status: String
    package var updateAt: String

    /// Makes an entry.
    package init(status: String, updateAt: String) {
        self.status = status
        self.updateAt = updateAt
    }
}

/// A page of campaigns, as the seed has it.
package struct CampaignPageBody: Codable, Sendable, Equatable {
    /// Where the page lies among all that match.
    package struct Meta: Codable, Sendable, Equatable {
        /// How many campaigns match.
        package var count: Int64
        /// From 1.
        package var page: Int
        package var limit: Int

        /// Makes the place of a page.
        package init(count: Int64, page: Int, limit: Int) {
            self.count = count
            self.page = page
            self.limit = limit
        }
    }

    package var result: [CampaignBody]
    package var meta: Meta

    /// Makes a page.
    package init(result: [CampaignBody], meta: Meta) {
        self.result = result
        self.meta = meta
    }
}
