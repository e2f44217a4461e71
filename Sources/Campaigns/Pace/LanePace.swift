package import JobQueue

/// How a throttle stands, for `status` and `campaigns show`.
package struct ThrottleStatus: Sendable, Equatable {
    package var scope: ThrottleScope
    /// Messages a second it is configured to let through; nil: any number.
    package var limit: Double?
    /// Messages a second it lets through now.
    package var perSecond: Double
    /// How many may go at once now.
    package var available: Int
    /// When the next may go; nil if one may now.
    package var nextAt: Timestamp?
    /// Why it lets fewer through than configured: the provider's words.
    package var reason: String?

    /// Makes a status of its parts.
    package init(
        scope: ThrottleScope,
        limit: Double?,
        perSecond: Double,
        available: Int,
        nextAt: Timestamp?,
        reason: String?
    ) {
        self.scope = scope
        self.limit = limit
        self.perSecond = perSecond
        self.available = available
        self.nextAt = nextAt
        self.reason = reason
    }

    /// Nil where the throttle lets everything through.
    init?(_ scope: ThrottleScope, _ throttle: Throttle, at now: Timestamp) {
        guard let perSecond = throttle.rate(at: now) else { return nil }
        let next = throttle.next(at: now)
        self.init(
            scope: scope,
            limit: throttle.limit?.perSecond,
            perSecond: perSecond,
            available: throttle.available(at: now),
            nextAt: next > now ? next : nil,
            reason: throttle.cut?.reason
        )
    }
}

/// How fast a campaign goes on one channel, and what holds it back.
package struct LanePace: Sendable, Equatable {
    package var channel: Channel
    /// Messages a second over about the last minute.
    package var perSecond: Double
    /// The lower and the upper of what was measured over ten seconds and over a minute; nil while too
    /// little was sent.
    package var measured: ClosedRange<Double>?
    package var throttles: [ThrottleStatus]
    /// When its next message is due; nil: none waits.
    ///
    /// In the future: all wait for their time.
    package var nextDue: Timestamp?
    /// Why the transport takes nothing; nil while it does.
    package var absence: String?

    /// Makes a pace of its parts.
    package init(
        channel: Channel,
        perSecond: Double,
        measured: ClosedRange<Double>?,
        throttles: [ThrottleStatus],
        nextDue: Timestamp?,
        absence: String?
    ) {
        self.channel = channel
        self.perSecond = perSecond
        self.measured = measured
        self.throttles = throttles
        self.nextDue = nextDue
        self.absence = absence
    }
}
