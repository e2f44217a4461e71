/// How fast a campaign goes on one channel, what holds it back, and when it will be done.
package struct PaceBody: Codable, Sendable, Equatable {
    package var channel: String
    /// Messages a second over about the last minute.
    package var perSecond: Double
    /// What lets only so many through.
    package var throttles: [ThrottleBody]
    /// The last message leaves not before this; absent: unknown.
    package var earliest: String?
    /// About at this at the latest, if all goes on as it does; absent: unknown.
    package var latest: String?
    /// Why one of them is unknown.
    package var reason: String?

    /// Makes a pace of a campaign of which nothing is open.
    package init(channel: String, perSecond: Double, throttles: [ThrottleBody]) {
        self.channel = channel
        self.perSecond = perSecond
        self.throttles = throttles
    }
}

/// How a token bucket stands.
package struct ThrottleBody: Codable, Sendable, Equatable {
    /// `global`, `transport`, `sender` or `campaign`.
    package var scope: String
    /// Whose messages it counts, where it is a sender's.
    package var sender: String?
    /// Messages a second as configured; absent: any number, were it not for `reason`.
    package var limit: Double?
    /// Messages a second it lets through now.
    package var perSecond: Double
    /// How many may go at once now.
    package var available: Int
    /// When the next may go; absent if one may now.
    package var nextAt: String?
    /// The words of the provider that asked for less.
    package var reason: String?

    /// Makes a throttle of its parts.
    package init(
        scope: String,
        sender: String?,
        limit: Double?,
        perSecond: Double,
        available: Int,
        nextAt: String?,
        reason: String?
    ) {
        self.scope = scope
        self.sender = sender
        self.limit = limit
        self.perSecond = perSecond
        self.available = available
        self.nextAt = nextAt
        self.reason = reason
    }
}

/// A campaign's own rate, on each of its channels.
package struct RateBody: Codable, Sendable, Equatable {
    /// Messages a second; absent or null: none of its own.
    package var ratePerSecond: Double?

    /// Makes a rate.
    package init(ratePerSecond: Double?) {
        self.ratePerSecond = ratePerSecond
    }
}
