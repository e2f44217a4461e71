package import JobQueue

/// Keeps a dispatcher from a transport that is not there: open, then one probe at a time.
struct Breaker {
    private(set) var reason: String?
    private(set) var since: Timestamp?
    /// When the next probe may go.
    private(set) var retryAt: Timestamp?
    /// The message that is out to see whether the transport is back.
    private var probe: Int64?
    private var isOpen = false
    private var failures = 0
    private let backoff = Backoff(first: .seconds(1), maximum: .seconds(60))

    /// Whether messages may go.
    enum State: String {
        case closed
        case open
        /// One message is out to see whether the transport is back.
        case probing
    }

    var state: State {
        guard isOpen else { return .closed }
        return probe == nil ? .open : .probing
    }

    /// How many messages may be claimed when there is room for `room`.
    func limit(_ room: Int, now: Timestamp) -> Int {
        guard isOpen else { return room }
        return mayProbe(now) ? min(1, room) : 0
    }

    /// Whether a claimed message may go to the transport; while that is away, as its probe.
    mutating func admit(_ message: Int64, now: Timestamp) -> Bool {
        guard isOpen else { return true }
        guard mayProbe(now) else { return false }
        probe = message
        return true
    }

    private func mayProbe(_ now: Timestamp) -> Bool {
        probe == nil && retryAt.map { $0 <= now } ?? true
    }

    /// Whether the message is out to see whether the transport is back.
    func isProbe(_ message: Int64) -> Bool { isOpen && probe == message }

    /// Notes that a message's flight has ended; if it was the probe, another may go.
    mutating func forget(_ message: Int64) {
        if probe == message { probe = nil }
    }

    /// Notes that the transport answered; returns whether it had been thought away.
    mutating func succeed() -> Bool {
        defer { self = Breaker() }
        return isOpen
    }

    /// Notes that a message found the transport not there; returns whether that is news.
    mutating func fail(
        _ message: Int64,
        reason: String,
        retryAfter: Duration?,
        now: Timestamp,
        random: any RandomSource
    ) -> Bool {
        let isNews = !isOpen
        // Messages that were under way when it opened fail with it, and say nothing new.
        if isNews || probe == message {
            failures += 1
            retryAt =
                now
                + backoff.delay(
                    afterFailures: failures,
                    retryAfter: retryAfter,
                    random: random.next()
                )
        }
        if isNews { since = now }
        self.reason = reason
        isOpen = true
        return isNews
    }
}

/// How a transport stands, for `status`.
package struct TransportStatus: Sendable, Equatable {
    package var channel: Channel
    package var kind: String
    /// `closed` (well), `open` or `probing`.
    package var breaker: String
    package var reason: String?
    package var since: Timestamp?
    package var retryAt: Timestamp?
    package var inflight: Int
    package var maxConnections: Int
    package var inDoubt: InDoubtPolicy
}
