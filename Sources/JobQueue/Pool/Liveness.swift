import Synchronization

/// What a watchdog may know without waiting for the pool's queue.
final class Liveness: Sendable {
    private struct Marks {
        var lastTurnAt: Timestamp?
        /// Since when an exchange is due or under way; nil while none is.
        var owedSince: Timestamp?
    }

    private let marks = Mutex(Marks())

    /// When an exchange last came back, with success or not.
    var lastTurnAt: Timestamp? { marks.withLock { $0.lastTurnAt } }

    /// For how long an exchange has been due or under way.
    func owed(now: Timestamp) -> Duration {
        marks.withLock { $0.owedSince.map { now - $0 } ?? .zero }
    }

    func exchangeIsDue(now: Timestamp) {
        marks.withLock { $0.owedSince = $0.owedSince ?? now }
    }

    func exchangeIsNotDue() {
        marks.withLock { $0.owedSince = nil }
    }

    func exchangeCameBack(now: Timestamp) {
        marks.withLock { $0 = Marks(lastTurnAt: now, owedSince: nil) }
    }
}
