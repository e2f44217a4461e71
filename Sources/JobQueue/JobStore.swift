package import Dispatch

/// Where jobs are kept.
///
/// Every write is durable when it returns or calls back. Time is passed in, never read. All calls may come from any thread, and block it until the commit
/// unless they take a completion.
package protocol JobStore: Sendable {
    /// The serial queue on which completions run, between two commits of the store.
    ///
    /// What runs on it holds up the next commit: it may wake somebody, never wait, read, or write.
    var queue: DispatchQueue { get }

    /// Asks `taker`, which is not kept alive, for an exchange whenever jobs become ready.
    ///
    /// A store may ask within the write that makes them ready, so that they are claimed as they are
    /// stored. One that does not, or is told that none is wanted now, publishes `.jobsReady`.
    func attach(_ taker: any JobTaker)

    /// Stores jobs, all or none. A job whose campaign has an unfinished job already is a conflict.
    func enqueue(_ jobs: [NewJob], now: Timestamp) throws(StoreError) -> [Job]

    /// One exchange of the worker pool, in one transaction: promotes what is due, ends attempts,
    /// claims. The completion runs after the commit, on the store's queue.
    func exchange(_ exchange: WorkExchange, completion: @escaping ExchangeCompletion)

    /// Records progress; resets the job's crash count and ends its probation.
    ///
    /// Throws ``StoreError/claimLost(_:)`` where the claim no longer holds.
    func recordProgress(_ progress: JobProgress, of claim: JobClaim) throws(StoreError)

    /// Holds the available jobs whose kind is not in `known`, and releases the held ones that are.
    func reconcileKinds(known: Set<JobKind>, now: Timestamp) throws(StoreError)

    /// The job, or nil.
    func job(_ id: Int64) throws(StoreError) -> Job?

    /// The whole history of a job, oldest first.
    func attempts(ofJob id: Int64) throws(StoreError) -> [Attempt]

    /// Jobs that match, newest first, older than `before` (a job id); at most `limit`.
    func jobs(matching filter: JobFilter, before: Int64?, limit: Int) throws(StoreError) -> [Job]

    /// Does `action` to each job named, in one transaction; at most 1,000 ids.
    ///
    /// A job whose state does not allow it is reported as refused and left as it is.
    func operate(
        _ action: JobAction,
        on ids: [Int64],
        now: Timestamp
    ) throws(StoreError) -> [JobActionResult]

    /// Stops claims of a kind until it is resumed; its jobs stay as they are.
    func setPaused(_ isPaused: Bool, kind: JobKind, now: Timestamp) throws(StoreError)

    /// The kinds paused now, with the time of the pause.
    func pausedKinds() throws(StoreError) -> [JobKind: Timestamp]

    /// How many jobs there are by kind and state, from counters.
    func jobCounts() throws(StoreError) -> [JobCount]

    /// Failed work by kind and error, newest first: discarded, retryable and held jobs.
    func failureGroups(limit: Int) throws(StoreError) -> [FailureGroup]
}

/// Who takes the jobs of a store.
package protocol JobTaker: AnyObject, Sendable {
    /// What to exchange now that jobs became ready, and who is told what came of it; nil: nothing.
    ///
    /// Called on the store's queue. What is returned is carried out, and its completion called.
    func exchangeForNewJobs() -> (WorkExchange, ExchangeCompletion)?
}

/// Whoever takes a store's jobs, for as long as somebody else keeps it.
package struct AttachedTaker {
    package weak var taker: (any JobTaker)?

    /// Nobody yet.
    package init() {}
}

/// Told, on the store's queue, what came of an exchange.
package typealias ExchangeCompletion = @Sendable (Result<WorkBatch, StoreError>) -> Void

/// What the pool hands the store in one turn, and what it asks for.
package struct WorkExchange: Sendable {
    package var ended: [EndedAttempt]
    /// How many jobs to claim at most; 0 claims none.
    package var claimLimit: Int
    package var now: Timestamp
    package var wall: Timestamp
    /// A dated send whose date has passed by more than this is held as late; nil: none is.
    package var lateAfter: Duration?

    /// Makes an exchange.
    package init(
        ended: [EndedAttempt],
        claimLimit: Int,
        now: Timestamp,
        wall: Timestamp,
        lateAfter: Duration? = nil
    ) {
        self.ended = ended
        self.claimLimit = claimLimit
        self.now = now
        self.wall = wall
        self.lateAfter = lateAfter
    }
}

/// What came of an exchange.
package struct WorkBatch: Sendable {
    /// Claimed jobs, each `running`, in the order in which they should run.
    ///
    /// Fewer than asked for mean that no more were ready; what becomes ready later is told by `.jobsReady` or a deadline.
    package var jobs: [Job]
    /// Claims that no longer held when their end was reported; nothing was written for them.
    package var lost: [JobClaim]
    /// The next delay that ends, on engine time, and the next date, on the wall clock.
    package var nextDelay: Timestamp?
    package var nextDate: Timestamp?

    /// Makes a batch.
    package init(
        jobs: [Job],
        lost: [JobClaim],
        nextDelay: Timestamp?,
        nextDate: Timestamp?
    ) {
        self.jobs = jobs
        self.lost = lost
        self.nextDelay = nextDelay
        self.nextDate = nextDate
    }
}

/// The end of one attempt.
package struct EndedAttempt: Sendable {
    package var claim: JobClaim
    package var startedAt: Timestamp
    package var endedAt: Timestamp
    package var ending: AttemptEnding

    /// Makes the end of an attempt.
    package init(
        claim: JobClaim,
        startedAt: Timestamp,
        endedAt: Timestamp,
        ending: AttemptEnding
    ) {
        self.claim = claim
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.ending = ending
    }
}

/// What becomes of a job when an attempt ends.
package enum AttemptEnding: Sendable, Equatable {
    case completed
    case retry(at: Timestamp, JobFailure)
    case discarded(JobFailure)
    case cancelled
    case held(HoldReason, String)
    /// Called again at the time given; the attempt is given back.
    case snoozed(until: Timestamp)
    /// Given back unspent: the daemon stops, or the kind was paused before the handler began.
    case givenBack
}

/// Which jobs; every condition that is set must hold.
package struct JobFilter: Sendable, Equatable {
    package var states: Set<JobState> = []
    package var kind: JobKind?
    package var campaignID: String?
    package var userID: String?
    /// Created at or after.
    package var since: Timestamp?
    /// Part of the last error's text, letter case ignored for ASCII.
    package var errorText: String?

    /// Makes a filter that matches every job.
    package init() {}
}

/// What an operator may do to a job by hand.
package enum JobAction: Sendable, Equatable {
    /// A discarded or retryable job becomes available with a fresh count of attempts.
    case retry
    /// Called off: waiting at once, running at its next step.
    case cancel
    /// A job that is not running becomes a dead letter.
    case discard
    /// An in-doubt job: the effect happened (true) or is to be made again (false).
    case resolve(happened: Bool)
    /// A job held as late, restored or of unknown kind becomes available.
    case release
}

/// What came of an action on one job.
package struct JobActionResult: Sendable, Equatable {
    package var jobID: Int64
    /// The state after the action; nil if there is no such job.
    package var state: JobState?
    /// Why it was refused; nil if it was done.
    package var refusal: String?

    /// Makes a result.
    package init(jobID: Int64, state: JobState?, refusal: String?) {
        self.jobID = jobID
        self.state = state
        self.refusal = refusal
    }
}

/// A counter of `status`.
package struct JobCount: Sendable, Equatable {
    package var kind: JobKind
    package var state: JobState
    package var count: Int64

    /// Makes a counter.
    package init(kind: JobKind, state: JobState, count: Int64) {
        self.kind = kind
        self.state = state
        self.count = count
    }
}

/// Failed jobs that share kind, state and error.
package struct FailureGroup: Sendable, Equatable {
    package var kind: JobKind
    package var state: JobState
    package var errorClass: ErrorClass?
    /// The error with numbers and ids blanked; of held jobs, why they wait.
    package var error: String
    package var count: Int64
    /// The newest job of the group and when it failed.
    package var exampleJobID: Int64
    package var latestAt: Timestamp

    /// Makes a group.
    package init(
        kind: JobKind,
        state: JobState,
        errorClass: ErrorClass?,
        error: String,
        count: Int64,
        exampleJobID: Int64,
        latestAt: Timestamp
    ) {
        self.kind = kind
        self.state = state
        self.errorClass = errorClass
        self.error = error
        self.count = count
        self.exampleJobID = exampleJobID
        self.latestAt = latestAt
    }
}
