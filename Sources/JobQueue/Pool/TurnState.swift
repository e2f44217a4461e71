/// What the pool's queue remembers from turn to turn.
struct TurnState {
    enum Phase: Equatable {
        case new, running, stopping
        case stopped(drained: Bool)
    }

    /// What the exchange under way carries.
    struct Exchange {
        var ended: [EndedAttempt]
        var claimLimit: Int
    }

    var phase = Phase.new

    /// Collected from the workers, and not committed yet.
    var ended: [EndedAttempt] = []
    var exchange: Exchange?
    /// Whether the store may have ready jobs: it told so, or gave all that the last turn asked for.
    var mayHaveReady = false
    /// Wakes the pool at the next deadline, or ends the backoff after a failed exchange.
    var timer: (any EngineTimer)?

    /// Exchanges failed in a row, and the error that was logged last.
    var failures = 0
    var loggedError: StoreError?
    var isBackingOff = false

    /// Kinds whose jobs are given back before they start.
    var pausedKinds: Set<JobKind> = []
    /// How often the store was asked for them; only the last answer counts.
    var laneQuestions = 0
    /// Recalled while an exchange was under way that may bring them.
    var recalledMeanwhile: Set<Int64> = []

    var subscription: EventSubscription?
    var stopTimer: (any EngineTimer)?
    var stopCompletions: [@Sendable (Bool) -> Void] = []
}
