/// When a failed attempt is tried again: exponential with full jitter above a floor.
///
/// The delay before attempt n + 1 lies between half and all of `first x 2^(n-1)`, capped at
/// `maximum`. A Retry-After (up to 30 days) is a floor: jitter is added above it and never shortens it.
package struct Backoff: Sendable, Equatable {
    package var first: Duration
    package var maximum: Duration

    /// Makes a policy; `first` is at least a millisecond and at most `maximum`.
    package init(first: Duration, maximum: Duration) {
        precondition(
            first >= .milliseconds(1) && maximum >= first,
            "backoff needs 1 ms <= first <= maximum"
        )
        self.first = first
        self.maximum = maximum
    }

    /// The delay after failure number `failures` (1-based); `random` lies in 0..<1.
    package func delay(afterFailures failures: Int, retryAfter: Duration?, random: Double)
        -> Duration
    {
        let doublings = min(max(failures - 1, 0), Self.maximumDoublings)
        let ceiling = min(
            first.wholeMilliseconds << Int64(doublings),
            maximum.wholeMilliseconds
        )
        let floor = ceiling / 2
        let jittered = floor + Int64(Double(ceiling - floor) * random)
        guard let retryAfter else { return .milliseconds(jittered) }
        let asked = min(max(retryAfter, .zero), Self.maximumRetryAfter).wholeMilliseconds
        let spread = min(asked / Self.retryAfterSpread, maximum.wholeMilliseconds)
        return .milliseconds(max(jittered, asked + Int64(Double(spread) * random)))
    }

    /// Keeps the shift inside 64 bits for any sensible `first`.
    private static let maximumDoublings = 24
    /// A longer Retry-After is taken for a mistake of the other side and cut to this.
    private static let maximumRetryAfter: Duration = .seconds(30 * 86_400)
    /// Jitter above a Retry-After is at most this fraction of it.
    private static let retryAfterSpread: Int64 = 10
}

/// Where jitter comes from; injected, so that a test can fix it.
package protocol RandomSource: Sendable {
    /// A number in 0..<1.
    func next() -> Double
}

/// The operating system's random numbers.
package struct SystemRandom: RandomSource {
    /// Makes the source.
    package init() {}

    package func next() -> Double { Double.random(in: 0..<1) }
}

/// How often and how soon a kind of job is tried again.
package struct RetryPolicy: Sendable, Equatable {
    package var backoff: Backoff
    package var maxAttempts: Int

    /// Makes a policy.
    package init(backoff: Backoff, maxAttempts: Int) {
        self.backoff = backoff
        self.maxAttempts = maxAttempts
    }
}
