package import JobQueue

/// Keeps a dispatcher from a transport that is not there: open, then one probe at a time.
struct Breaker {
    private(set) var state = State.closed
    private(set) var reason: String?
    private(set) var since: Timestamp?
    /// When the next probe may go.
    private(set) var retryAt: Timestamp?
    private var failures = 0
    private let backoff = Backoff(first: .seconds(1), maximum: .seconds(60))

    /// Whether messages may go.
    enum State: String {
        case closed
        case open
        /// One message is out to see whether the transport is back.
        case probing
    }

    /// How many messages may be claimed when there is room for `room`.
    func limit(_ room: Int, now: Timestamp) -> Int {
        switch state {
        case .closed: room
        case .probing: 0
        case .open: (retryAt.map { $0 <= now } ?? true) ? min(1, room) : 0
        }
    }

    /// Notes that the probe was claimed.
    mutating func beginProbe() {
        if state == .open { state = .probing }
    }

    /// Notes that a probe came back without having tried the transport.
    mutating func forgetProbe() {
        if state == .probing { state = .open }
    }

    /// Notes that the transport answered; returns whether it had been thought away.
    mutating func succeed() -> Bool {
        defer { self = Breaker() }
        return state != .closed
    }

    /// Notes that the transport is not there; returns whether that is news.
    mutating func fail(
        reason: String,
        retryAfter: Duration?,
        now: Timestamp,
        random: any RandomSource
    ) -> Bool {
        let isNews = state == .closed
        // Messages that were under way when it opened fail with it, and say nothing new.
        if isNews || state == .probing {
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
        state = .open
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
