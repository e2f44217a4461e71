/// Does the work of one kind of job.
///
/// Handlers run on worker threads and may block. One job may be run again after a crash, so an
/// effect must be made in the transaction that ends the attempt, or be harmless when repeated.
package protocol JobHandler: Sendable {
    /// The kind whose jobs it takes.
    var kind: JobKind { get }

    /// Runs one attempt. A thrown ``JobFailure`` ends it as failed; any other error is transient.
    func run(_ job: Job, context: JobContext) throws -> JobOutcome
}

/// How a handler says its attempt ended.
package enum JobOutcome: Sendable {
    case completed
    case failed(JobFailure)
    case cancelled
    case held(HoldReason, String)
    /// Call again after the delay; no attempt is spent.
    case snoozed(for: Duration)
    /// The daemon stops: give the attempt back.
    case interrupted
    /// The attempt's end is not the pool's business: the handler wrote it in a transaction of its
    /// own, or gave the job to a dispatcher that will. The worker is free again.
    case settled
}

/// What a running handler may ask.
package struct JobContext: Sendable {
    /// The right to end this attempt.
    package let claim: JobClaim
    private let shouldStopCheck: @Sendable () -> Bool

    /// Makes a context whose ``shouldStop`` asks `shouldStop`.
    package init(claim: JobClaim, shouldStop: @escaping @Sendable () -> Bool) {
        self.claim = claim
        self.shouldStopCheck = shouldStop
    }

    /// Whether the daemon is stopping: finish the step in hand and return `.interrupted`.
    ///
    /// A cancelled or paused job is noticed by the store instead, in the step's own transaction.
    package var shouldStop: Bool { shouldStopCheck() }
}
