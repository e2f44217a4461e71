/// So many messages a second, and how many at once after a rest.
package struct RateLimit: Sendable, Equatable {
    /// Above zero; less than one is allowed.
    package var perSecond: Double
    /// At least one.
    package var burst: Int

    /// Messages a second that can be asked for.
    package static let range = 0.001...1_000_000.0

    /// Makes a limit; without a burst, one second's worth may go at once.
    package init(perSecond: Double, burst: Int? = nil) {
        precondition(perSecond > 0, "a rate is above zero")
        self.perSecond = perSecond
        self.burst = max(1, burst ?? Int(perSecond.rounded(.down)))
    }
}

/// The rates a transport keeps; an SMS counts as many times as it has parts.
package struct PaceLimits: Sendable, Equatable {
    /// Of all its messages together.
    package var transport: RateLimit?
    /// Of each sender's.
    package var sender: RateLimit?

    /// Makes limits; nil does not limit.
    package init(transport: RateLimit? = nil, sender: RateLimit? = nil) {
        self.transport = transport
        self.sender = sender
    }
}
