import Glibc
package import JobQueue

/// A token bucket whose rate gives way to a provider that asks for less.
///
/// A value: time is passed in. It may go below zero, as by a long SMS that took the last token; what
/// is owed is then waited for. Without a limit and without a cut it lets everything through.
package struct Throttle: Sendable, Equatable {
    package var limit: RateLimit?
    /// The lower rate a provider asked for; nil while it takes what we send.
    package private(set) var cut: RateCut?
    /// Tokens there were at `filledAt`.
    package private(set) var level: Double
    package private(set) var filledAt: Timestamp

    /// Makes a full bucket.
    package init(limit: RateLimit?, now: Timestamp) {
        self.limit = limit
        level = Double(limit?.burst ?? 1)
        filledAt = now
    }

    /// Makes a bucket as it was kept.
    package init(limit: RateLimit?, cut: RateCut?, level: Double, filledAt: Timestamp) {
        self.limit = limit
        self.cut = cut
        self.level = level
        self.filledAt = filledAt
    }

    // MARK: Asking

    /// Messages a second allowed now; nil: any number.
    package func rate(at now: Timestamp) -> Double? {
        guard let cut, let reduced = cut.rate(at: now) else { return limit?.perSecond }
        return min(reduced, limit?.perSecond ?? .infinity)
    }

    /// Whether it lets everything through.
    func isOpen(at now: Timestamp) -> Bool { rate(at: now) == nil }

    /// Whether a new one would be no different.
    func isFull(at now: Timestamp) -> Bool {
        isOpen(at: now) || (cut == nil && level(at: now) >= Double(burst(at: now)))
    }

    /// How many messages may go now.
    package func available(at now: Timestamp) -> Int {
        guard rate(at: now) != nil else { return .max }
        if let resumesAt = cut?.resumesAt, resumesAt > now { return 0 }
        return Int(max(0, level(at: now) + Self.rounding))
    }

    /// When the next may go; not after `now` if one may.
    ///
    /// Where the rate is high it waits for a few, so that one commit pays for all of them.
    package func next(at now: Timestamp) -> Timestamp {
        guard let rate = rate(at: filledAt), available(at: now) < 1 else { return now }
        let batch = min(Double(burst(at: now)), max(1, rate * Self.batchTime))
        let wait = (batch - level(at: max(now, fillsFrom))) / rate
        return max(now, fillsFrom) + .milliseconds(Int64((wait * 1_000).rounded(.up)))
    }

    private func level(at now: Timestamp) -> Double {
        let span = Double(max(0, now.milliseconds - fillsFrom.milliseconds)) / 1_000
        return min(Double(burst(at: now)), level + span * (rate(at: filledAt) ?? 0))
    }

    /// Nothing flows in while a provider wants to hear nothing.
    private var fillsFrom: Timestamp { max(filledAt, cut?.resumesAt ?? filledAt) }

    private func burst(at now: Timestamp) -> Int {
        let bound = limit?.burst ?? .max
        guard cut != nil, let rate = rate(at: now) else { return max(1, bound) }
        return max(1, min(bound, Int(rate)))
    }

    // MARK: Changing

    /// Takes tokens for messages that were claimed.
    package mutating func take(_ tokens: Int, at now: Timestamp) {
        guard tokens > 0, !isOpen(at: now) else { return }
        level = level(at: now) - Double(tokens)
        filledAt = max(now, filledAt)
    }

    /// Halves the rate because the provider asked for less; it climbs back by itself.
    ///
    /// - Parameters:
    ///   - measured: messages a second that went lately: what is halved where nothing limits.
    ///   - retryAfter: how long the provider wants to hear nothing.
    mutating func slowDown(
        measured: Double,
        retryAfter: Duration?,
        reason: String,
        at now: Timestamp
    ) {
        let present = rate(at: now) ?? max(measured, 1)
        let owed = min(0, isOpen(at: now) ? 0 : level(at: now))
        let resumesAt = retryAfter.map { now + $0 }
        cut = RateCut(
            rate: max(present / 2, min(RateCut.lowest, limit?.perSecond ?? .infinity)),
            since: resumesAt ?? now,
            ceiling: limit?.perSecond ?? cut.map(\.ceiling) ?? 2 * present,
            resumesAt: resumesAt,
            reason: reason
        )
        level = owed
        filledAt = now
    }

    /// Forgets a cut that has been climbed back from.
    mutating func tidy(at now: Timestamp) {
        guard let cut, cut.rate(at: now) == nil else { return }
        level = min(level(at: now), Double(limit?.burst ?? 1))
        filledAt = max(now, filledAt)
        self.cut = nil
    }

    /// Seconds' worth of tokens that are waited for at once.
    private static let batchTime = 0.05
    /// What adding up fractions may lose.
    private static let rounding = 1e-6
}

/// A rate that was halved, and its way back: it doubles each minute.
package struct RateCut: Sendable, Equatable {
    /// Messages a second at `since`.
    package var rate: Double
    package var since: Timestamp
    /// The rate at which the cut is over.
    package var ceiling: Double
    /// Before this nothing is sent at all; nil unless the provider said so.
    package var resumesAt: Timestamp?
    /// The provider's words.
    package var reason: String

    /// Makes a cut.
    package init(
        rate: Double,
        since: Timestamp,
        ceiling: Double,
        resumesAt: Timestamp?,
        reason: String
    ) {
        self.rate = rate
        self.since = since
        self.ceiling = ceiling
        self.resumesAt = resumesAt
        self.reason = reason
    }

    /// Messages a second now; nil once it is over.
    func rate(at now: Timestamp) -> Double? {
        let span = Double(max(0, now.milliseconds - since.milliseconds)) / 1_000
        let present = rate * exp2(span / Self.doublingTime)
        return present < ceiling ? present : nil
    }

    /// Seconds in which a cut rate doubles.
    static let doublingTime = 60.0
    /// No rate is halved below this, unless it was lower from the start: one message in ten seconds.
    static let lowest = 0.1
}
