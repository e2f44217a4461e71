/// A job as every reply shows it; fields that do not apply are absent.
package struct JobBody: Codable, Sendable, Equatable {
    package var id: Int64
    /// `create`, `build` or `send`.
    package var kind: String
    package var campaignId: String?
    package var account: String
    package var state: String
    /// Why it is held: `in_doubt`, `paused`, `unknown_kind`, `late`, `restored`.
    package var holdReason: String?
    /// 1 first, 9 last.
    package var priority: Int
    /// Attempts spent, the running one included.
    package var attempt: Int
    package var maxAttempts: Int
    /// Deaths of the daemon while it ran, since its last progress.
    package var crashes: Int
    package var scheduledAt: String
    package var createdAt: String
    package var startedAt: String?
    package var finishedAt: String?
    package var progress: ProgressBody
    /// Of the last error: `permanent`, `transient`, `throttled`, `provider-down`, `crash-loop`.
    package var errorClass: String?
    package var error: String?
    /// Whether the idempotency key had been used for the same request; on enqueue only.
    package var replayed: Bool?
    /// The last step asked for; on enqueue and for one job only.
    package var until: String?
    /// The whole history, oldest first; for one job only.
    package var attempts: [AttemptBody]?
    /// What an operator may do about its hold, as in `resolve`; for one held job only.
    package var verbs: [String]?

    /// The requests to another server and what came of them, oldest first; for one job only.
    package var exchanges: [ExchangeBody]?

    /// Makes a job without the fields that only some replies have.
    package init(
        id: Int64,
        kind: String,
        campaignId: String?,
        account: String,
        state: String,
        holdReason: String?,
        priority: Int,
        attempt: Int,
        maxAttempts: Int,
        crashes: Int,
        scheduledAt: String,
        createdAt: String,
        startedAt: String?,
        finishedAt: String?,
        progress: ProgressBody,
        errorClass: String?,
        error: String?
    ) {
        self.id = id
        self.kind = kind
        self.campaignId = campaignId
        self.account = account
        self.state = state
        self.holdReason = holdReason
        self.priority = priority
        self.attempt = attempt
        self.maxAttempts = maxAttempts
        self.crashes = crashes
        self.scheduledAt = scheduledAt
        self.createdAt = createdAt
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.progress = progress
        self.errorClass = errorClass
        self.error = error
    }
}

/// How far a job got.
package struct ProgressBody: Codable, Sendable, Equatable {
    package var done: Int64
    /// Absent while it is not known.
    package var total: Int64?

    /// Makes a progress.
    package init(done: Int64, total: Int64?) {
        self.done = done
        self.total = total
    }
}

/// One attempt of a job.
package struct AttemptBody: Codable, Sendable, Equatable {
    package var number: Int
    package var startedAt: String
    package var endedAt: String
    /// `completed`, `failed`, `cancelled`, `snoozed`, `held`, `interrupted`, `crashed`, `operated`.
    package var outcome: String
    package var errorClass: String?
    package var message: String?
    /// The run of the daemon that made it.
    package var epoch: Int64
    package var daemonVersion: String

    /// Makes an attempt.
    package init(
        number: Int,
        startedAt: String,
        endedAt: String,
        outcome: String,
        errorClass: String?,
        message: String?,
        epoch: Int64,
        daemonVersion: String
    ) {
        self.number = number
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.outcome = outcome
        self.errorClass = errorClass
        self.message = message
        self.epoch = epoch
        self.daemonVersion = daemonVersion
    }
}

/// Failed jobs that share kind, state and error.
package struct FailureGroupBody: Codable, Sendable, Equatable {
    package var kind: String
    package var state: String
    package var errorClass: String?
    /// The error with numbers and ids blanked.
    package var error: String
    package var count: Int64
    package var exampleJobId: Int64
    package var latestAt: String
    /// The next step to take, in one sentence.
    package var whatToDo: String

    /// Makes a group.
    package init(
        kind: String,
        state: String,
        errorClass: String?,
        error: String,
        count: Int64,
        exampleJobId: Int64,
        latestAt: String,
        whatToDo: String
    ) {
        self.kind = kind
        self.state = state
        self.errorClass = errorClass
        self.error = error
        self.count = count
        self.exampleJobId = exampleJobId
        self.latestAt = latestAt
        self.whatToDo = whatToDo
    }
}
