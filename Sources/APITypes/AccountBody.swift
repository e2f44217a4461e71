/// An account at another server, and what keeps its requests back.
package struct AccountBody: Codable, Sendable, Equatable {
    package var name: String
    package var baseURL: String
    package var userId: String
    /// `open`, `paused`, `throttled` (the server asked for it) or `down` (the breaker is open).
    package var state: String
    /// Why it is not open, and since when.
    package var reason: String?
    package var since: String?
    /// When requests may leave again, where that comes by itself.
    package var retryAt: String?
    package var ratePerSecond: Double
    package var maxConcurrent: Int
    /// Jobs by state.
    package var jobs: [String: Int64]

    /// Makes an account that is open.
    package init(
        name: String,
        baseURL: String,
        userId: String,
        ratePerSecond: Double,
        maxConcurrent: Int,
        jobs: [String: Int64]
    ) {
        self.name = name
        self.baseURL = baseURL
        self.userId = userId
        state = "open"
        self.ratePerSecond = ratePerSecond
        self.maxConcurrent = maxConcurrent
        self.jobs = jobs
    }
}

/// How a campaign stands at the server that carries it.
package struct RemoteBody: Codable, Sendable, Equatable {
    /// The server's own id, once it is known.
    package var campaignId: String?
    /// The name there, marker included.
    package var name: String
    /// In the server's words; absent before it was seen.
    package var status: String?
    /// Messages by the server's statuses.
    package var counts: [String: Int64]
    package var seenAt: String?
    /// Since when the server has shown this.
    package var changedAt: String?
    /// The write that is not settled: `create`, `build` or `send`, and how it stands.
    package var asked: String?
    package var standing: String?
    /// Further campaigns at the server that came of this one's create; they are never built.
    package var duplicates: [String]

    /// Makes a value of its parts.
    package init(
        campaignId: String?,
        name: String,
        status: String?,
        counts: [String: Int64],
        seenAt: String?,
        changedAt: String?,
        asked: String?,
        standing: String?,
        duplicates: [String]
    ) {
        self.campaignId = campaignId
        self.name = name
        self.status = status
        self.counts = counts
        self.seenAt = seenAt
        self.changedAt = changedAt
        self.asked = asked
        self.standing = standing
        self.duplicates = duplicates
    }
}

/// One request to the server and what came of it, secrets removed.
package struct ExchangeBody: Codable, Sendable, Equatable {
    package var request: String
    package var askedAt: String
    package var answeredAt: String
    /// The HTTP status; absent where no complete reply came.
    package var status: Int?
    package var excerpt: String

    /// Makes a value of its parts.
    package init(
        request: String,
        askedAt: String,
        answeredAt: String,
        status: Int?,
        excerpt: String
    ) {
        self.request = request
        self.askedAt = askedAt
        self.answeredAt = answeredAt
        self.status = status
        self.excerpt = excerpt
    }
}
