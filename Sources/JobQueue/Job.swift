/// A kind of job: a stable string, not the name of a Swift type.
package struct JobKind: RawRepresentable, Hashable, Sendable {
    package let rawValue: String

    /// Names a kind; any string is one, known to this daemon or not.
    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    package static let create = JobKind(rawValue: "create")
    package static let build = JobKind(rawValue: "build")
    package static let send = JobKind(rawValue: "send")
}

/// One durable unit of work, as it stands.
package struct Job: Sendable, Equatable {
    /// Never changes, and is never given to another job.
    package var id: Int64
    package var kind: JobKind
    /// The account of the backend that carries the campaign, `local` for the embedded engine.
    package var account: String
    /// The campaign the job moves on; nil for work that belongs to none.
    package var campaignID: String?
    /// Who asked, or nil for the operator.
    package var userID: String?
    /// What the kind's handler needs beside the campaign: a JSON object.
    package var payload: String
    /// 1 is claimed first, 9 last.
    package var priority: Int
    package var state: JobState
    /// Set exactly while the state is `held`.
    package var holdReason: HoldReason?
    /// Attempts spent, this one included while running; counted at claim, given back on a crash.
    package var attempt: Int
    package var maxAttempts: Int
    /// Deaths of the daemon while this job ran, since its last durable progress.
    package var crashes: Int
    /// When it is, or was, due.
    package var scheduledAt: Timestamp
    /// Whether `scheduledAt` is a date somebody asked for (wall clock) rather than a delay.
    package var isDated: Bool
    /// The run of the daemon that holds the claim; set exactly while the state is `running`.
    package var epoch: Int64?
    package var startedAt: Timestamp?
    package var finishedAt: Timestamp?
    package var createdAt: Timestamp
    package var progress: JobProgress
    /// The class and text of the last error, kept after a later success.
    package var lastError: JobFailure?
    /// Whether somebody asked to cancel it while it ran.
    package var isCancelRequested: Bool

    /// Makes a job as a store has it; every field is given.
    package init(
        id: Int64,
        kind: JobKind,
        account: String,
        campaignID: String?,
        userID: String?,
        payload: String,
        priority: Int,
        state: JobState,
        holdReason: HoldReason?,
        attempt: Int,
        maxAttempts: Int,
        crashes: Int,
        scheduledAt: Timestamp,
        isDated: Bool,
        epoch: Int64?,
        startedAt: Timestamp?,
        finishedAt: Timestamp?,
        createdAt: Timestamp,
        progress: JobProgress,
        lastError: JobFailure?,
        isCancelRequested: Bool
    ) {
        self.id = id
        self.kind = kind
        self.account = account
        self.campaignID = campaignID
        self.userID = userID
        self.payload = payload
        self.priority = priority
        self.state = state
        self.holdReason = holdReason
        self.attempt = attempt
        self.maxAttempts = maxAttempts
        self.crashes = crashes
        self.scheduledAt = scheduledAt
        self.isDated = isDated
        self.epoch = epoch
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.createdAt = createdAt
        self.progress = progress
        self.lastError = lastError
        self.isCancelRequested = isCancelRequested
    }
}

/// How far a job got; both numbers are durable.
package struct JobProgress: Sendable, Equatable {
    package var done: Int64
    /// Nil while the total is not known.
    package var total: Int64?

    /// Makes a progress of `done` out of `total`.
    package init(done: Int64 = 0, total: Int64? = nil) {
        self.done = done
        self.total = total
    }
}

/// The right to end one attempt of a job: every write that ends it must present all of it.
package struct JobClaim: Sendable, Hashable {
    package var jobID: Int64
    package var attempt: Int
    package var epoch: Int64

    /// Names an attempt of a job in an epoch.
    package init(jobID: Int64, attempt: Int, epoch: Int64) {
        self.jobID = jobID
        self.attempt = attempt
        self.epoch = epoch
    }
}

extension Job {
    /// The claim under which the job runs; nil unless it is running.
    package var claim: JobClaim? {
        guard state == .running, let epoch else { return nil }
        return JobClaim(jobID: id, attempt: attempt, epoch: epoch)
    }
}

/// What to enqueue.
package struct NewJob: Sendable {
    package var kind: JobKind
    package var account: String
    package var campaignID: String?
    package var userID: String?
    package var payload: String
    package var priority: Int
    package var maxAttempts: Int
    /// A date on the wall clock; nil means at once.
    package var date: Timestamp?

    /// Makes a job that is ready at once unless `date` is given.
    package init(
        kind: JobKind,
        account: String = "local",
        campaignID: String? = nil,
        userID: String? = nil,
        payload: String = "{}",
        priority: Int = JobPriority.standard,
        maxAttempts: Int = 20,
        date: Timestamp? = nil
    ) {
        self.kind = kind
        self.account = account
        self.campaignID = campaignID
        self.userID = userID
        self.payload = payload
        self.priority = priority
        self.maxAttempts = maxAttempts
        self.date = date
    }
}

/// Priorities: 1 first, 9 last.
package enum JobPriority {
    package static let range = 1...9
    package static let standard = 5
}
