import JobQueue

/// How long what has ended is kept; nil keeps it for ever.
package struct RetentionPolicy: Sendable, Equatable {
    /// Jobs that were completed or cancelled, with their attempts.
    package var completed: Duration?
    /// Jobs that were given up.
    package var failed: Duration?
    /// Campaigns that are SENT, FAILED or CANCELLED, with their messages and jobs.
    package var campaigns: Duration?

    /// How long an idempotency key is kept at least; longer where its campaign is.
    package static let keys: Duration = .seconds(90 * 86_400)

    /// Makes a policy.
    package init(completed: Duration?, failed: Duration?, campaigns: Duration?) {
        self.completed = completed
        self.failed = failed
        self.campaigns = campaigns
    }
}

/// What a pruning took away.
package struct PruneReport: Sendable, Equatable {
    package var jobs = 0
    package var keys = 0
    package var campaigns = 0
    package var messages = 0

    /// Makes a report of nothing.
    package init() {}

    package var isEmpty: Bool { self == PruneReport() }
}
