/// How an attempt ended.
package enum AttemptOutcome: String, CaseIterable, Sendable {
    case completed
    case failed
    case cancelled
    /// The handler asked to be called again later; nothing was spent.
    case snoozed
    /// Put aside for someone.
    case held
    /// The daemon stopped in an orderly way; the attempt was given back.
    case interrupted
    /// The daemon died; the attempt was given back and the job's crash count raised.
    case crashed
    /// An operator moved the job by hand (retry, resolve, discard).
    case operated
}

/// One line of a job's history: rows are only ever added.
package struct Attempt: Sendable, Equatable {
    /// The attempt's number as counted at its claim; a number given back appears again.
    package var number: Int
    package var startedAt: Timestamp
    package var endedAt: Timestamp
    package var outcome: AttemptOutcome
    package var errorClass: ErrorClass?
    package var message: String?
    /// The epoch and the version of the daemon that made the attempt.
    package var epoch: Int64
    package var daemonVersion: String

    /// Makes a line of history.
    package init(
        number: Int,
        startedAt: Timestamp,
        endedAt: Timestamp,
        outcome: AttemptOutcome,
        errorClass: ErrorClass?,
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
