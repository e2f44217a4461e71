package import JobQueue

/// How a campaign stands at the server that carries it, as far as is known here.
package struct RemoteCampaign: Sendable, Equatable {
    package var campaignID: String
    package var account: String
    /// The same for campaigns of the same content: without a marker they cannot be told apart.
    package var fingerprint: String
    /// The name as the server is given it, marker included.
    package var name: String
    /// A short unguessable word in the name; nil where the account has markers switched off.
    package var marker: String?
    /// The server's own id, once it is known; no other campaign of the account has it.
    package var remoteID: String?
    /// The write that was asked for and whose step is not done; nil while there is none.
    package var intent: RemoteIntent?
    /// Without a marker: campaigns of the same content that were there before the create left.
    package var knownBefore: [String] = []
    /// Further campaigns at the server that came of this one's create; never built.
    package var duplicates: [String] = []
    /// What the server said last.
    package var mirror: RemoteMirror?
    /// Readings in a row that found nothing new while it is followed.
    package var quietReadings = 0

    /// Makes a campaign of which the server knows nothing yet.
    package init(
        campaignID: String,
        account: String,
        fingerprint: String,
        name: String,
        marker: String?
    ) {
        self.campaignID = campaignID
        self.account = account
        self.fingerprint = fingerprint
        self.name = name
        self.marker = marker
    }
}

/// A write that is made once: durable before its request leaves.
package struct RemoteIntent: Sendable, Equatable {
    /// What is known of it.
    package enum Standing: String, CaseIterable, Sendable {
        /// The request may be on its way.
        case asked
        /// It may or may not have had its effect: the reply was lost, or the daemon died.
        case doubtful
        /// The server said that it did it.
        case accepted
        /// The server said that it will not do it.
        case refused
        /// An operator said that it happened.
        case confirmed
    }

    package var step: CampaignStep
    package var standing: Standing
    package var askedAt: Timestamp
    /// When it came to stand so.
    package var since: Timestamp
    /// The server's words, where it refused or failed.
    package var reply: String?
    /// Readings in a row, after the settle window, that did not show the effect.
    package var misses = 0
    /// The status the server showed before the request left.
    package var statusBefore: String?

    /// Makes an intent whose request is about to leave.
    package init(_ step: CampaignStep, at now: Timestamp, statusBefore: String?) {
        self.step = step
        standing = .asked
        askedAt = now
        since = now
        self.statusBefore = statusBefore
    }

    /// Notes what became known at `now`.
    package mutating func stand(_ standing: Standing, at now: Timestamp, reply: String? = nil) {
        self.standing = standing
        since = now
        misses = 0
        self.reply = reply
    }
}

/// What the server shows of a campaign, in its own words.
package struct RemoteMirror: Sendable, Equatable, Codable {
    /// How many messages have a status.
    package struct Count: Sendable, Equatable, Codable {
        package var status: String
        package var count: Int64

        /// Makes a count.
        package init(status: String, count: Int64) {
            self.status = status
            self.count = count
        }
    }

    /// A contact list as the server names it.
    package struct List: Sendable, Equatable, Codable {
        package var id: String
        package var name: String
        package var contacts: Int64

        /// Makes a list.
        package init(id: String, name: String, contacts: Int64) {
            self.id = id
            self.name = name
            self.contacts = contacts
        }
    }

    package var status: String
    package var counts: [Count]
    package var lists: [List]
    /// When the server was last seen to show this, and since when it has.
    package var seenAt: Int64
    package var changedAt: Int64

    /// Makes a mirror of what was seen at `now` for the first time.
    package init(status: String, counts: [Count], lists: [List], at now: Timestamp) {
        self.status = status
        self.counts = counts
        self.lists = lists
        seenAt = now.milliseconds
        changedAt = now.milliseconds
    }
}

/// One request to the server and what came of it: the evidence, secrets removed.
package struct RemoteExchange: Sendable, Equatable {
    package var jobID: Int64
    /// The method and the path with its query.
    package var request: String
    package var askedAt: Timestamp
    package var answeredAt: Timestamp
    /// The HTTP status; nil where no complete reply came.
    package var status: Int?
    /// The reply's body, or why there is none; of a reading, what it showed of the campaign.
    package var excerpt: String

    package static let maximumExcerptBytes = 500

    /// Makes a value of its parts; the excerpt is cut to ``maximumExcerptBytes``.
    package init(
        jobID: Int64,
        request: String,
        askedAt: Timestamp,
        answeredAt: Timestamp,
        status: Int?,
        excerpt: String
    ) {
        self.jobID = jobID
        self.request = request
        self.askedAt = askedAt
        self.answeredAt = answeredAt
        self.status = status
        self.excerpt = excerpt.prefix(utf8Bytes: Self.maximumExcerptBytes)
    }
}
