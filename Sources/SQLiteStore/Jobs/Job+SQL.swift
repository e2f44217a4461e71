import JobQueue

extension Job {
    /// Reads `JobSQL.columns`.
    init(_ row: SQLRow) {
        self.init(
            id: row.int64(0),
            kind: JobKind(rawValue: row.text(1)),
            account: row.text(2),
            campaignID: row.textOrNil(3),
            userID: row.textOrNil(4),
            payload: row.text(5),
            priority: row.int(6),
            state: JobState(stored: row.text(7)),
            holdReason: row.textOrNil(8).flatMap(HoldReason.init(rawValue:)),
            attempt: row.int(9),
            maxAttempts: row.int(10),
            crashes: row.int(11),
            scheduledAt: row.timestamp(12),
            isDated: row.bool(13),
            epoch: row.int64OrNil(14),
            startedAt: row.timestampOrNil(15),
            finishedAt: row.timestampOrNil(16),
            createdAt: row.timestamp(17),
            progress: JobProgress(done: row.int64(18), total: row.int64OrNil(19)),
            lastError: row.textOrNil(20).flatMap(ErrorClass.init(rawValue:)).map {
                JobFailure($0, row.text(21))
            },
            isCancelRequested: !row.isNull(22)
        )
    }
}

extension JobState {
    /// A state as the CHECK of its column allows it.
    init(stored text: String) {
        guard let state = JobState(rawValue: text) else {
            preconditionFailure("the CHECK on job.state let \(text) through")
        }
        self = state
    }
}

extension Attempt {
    /// Reads the row of `JobSQL.attempts`.
    init(_ row: SQLRow) {
        self.init(
            number: row.int(0),
            startedAt: row.timestamp(1),
            endedAt: row.timestamp(2),
            outcome: AttemptOutcome(rawValue: row.text(3)) ?? .operated,
            errorClass: row.textOrNil(4).flatMap(ErrorClass.init(rawValue:)),
            message: row.textOrNil(5),
            epoch: row.int64(6),
            daemonVersion: row.text(7)
        )
    }
}

extension JobKind: SQLValue {}
extension JobState: SQLValue {}
extension HoldReason: SQLValue {}
extension ErrorClass: SQLValue {}
extension AttemptOutcome: SQLValue {}
