package import JobQueue

/// A campaign as it is shown, counters included.
package struct Campaign: Sendable, Equatable {
    package var id: String
    /// The short number its messages' ids are made from; grows with the time of creation.
    package var seq: Int64
    package var userID: String?
    package var account: String
    package var spec: CampaignSpec
    package var status: CampaignStatus
    /// Why it failed, is paused or is partial.
    package var reason: String?
    package var until: CampaignStep
    /// The date of the last step asked for.
    package var date: Timestamp?
    package var priority: Int
    package var lists: [CampaignList]
    /// What carries each channel, once sending has begun.
    package var transports: [Channel: String]
    package var changeLog: [CampaignChange]
    package var counts: [MessageCount]
    /// Of what was built; nil before.
    package var digest: String?
    /// The campaign of which it sends one message to an operator's address; nil if it is no test.
    package var testOf: String?
    package var createdAt: Timestamp
    package var updatedAt: Timestamp
    /// How it stands at the server that carries it; nil for one of the embedded engine.
    package var remote: RemoteCampaign?

    /// Makes a value of its parts.
    package init(
        id: String,
        seq: Int64,
        userID: String?,
        account: String,
        spec: CampaignSpec,
        status: CampaignStatus,
        reason: String?,
        until: CampaignStep,
        date: Timestamp?,
        priority: Int,
        lists: [CampaignList],
        transports: [Channel: String],
        changeLog: [CampaignChange],
        counts: [MessageCount],
        digest: String?,
        testOf: String? = nil,
        createdAt: Timestamp,
        updatedAt: Timestamp
    ) {
        self.id = id
        self.seq = seq
        self.userID = userID
        self.account = account
        self.spec = spec
        self.status = status
        self.reason = reason
        self.until = until
        self.date = date
        self.priority = priority
        self.lists = lists
        self.transports = transports
        self.changeLog = changeLog
        self.counts = counts
        self.digest = digest
        self.testOf = testOf
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// A contact list as a campaign took it.
package struct CampaignList: Sendable, Equatable {
    package var id: String
    package var name: String
    /// Contacts in the list when it was chosen, or when the build pinned it.
    package var contacts: Int64

    /// Makes a value of its parts.
    package init(id: String, name: String, contacts: Int64) {
        self.id = id
        self.name = name
        self.contacts = contacts
    }
}

/// One entry of the change log.
package struct CampaignChange: Sendable, Equatable {
    package var status: CampaignStatus
    package var at: Timestamp
    package var reason: String?

    /// Makes a value of its parts.
    package init(status: CampaignStatus, at: Timestamp, reason: String?) {
        self.status = status
        self.at = at
        self.reason = reason
    }
}

/// Which campaigns; every condition that is set must hold.
package struct CampaignFilter: Sendable, Equatable {
    package var status: CampaignStatus?
    package var channel: Channel?
    package var userID: String?
    /// Created at or after, and before.
    package var from: Timestamp?
    package var to: Timestamp?
    /// Campaigns before the one of this short number; ``CampaignPage/total`` counts the others too.
    package var before: Int64?

    /// Makes a filter that matches every campaign.
    package init() {}
}

/// A page of campaigns, newest first, and how many match in all.
package struct CampaignPage: Sendable {
    package var campaigns: [Campaign]
    package var total: Int64

    /// Makes a value of its parts.
    package init(campaigns: [Campaign], total: Int64) {
        self.campaigns = campaigns
        self.total = total
    }
}
