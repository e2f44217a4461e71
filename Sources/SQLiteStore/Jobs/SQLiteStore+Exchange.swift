package import JobQueue
import Synchronization

extension SQLiteStore {
    package func attach(_ taker: any JobTaker) {
        self.taker.withLock { $0.taker = taker }
    }

    package func exchange(_ exchange: WorkExchange, completion: @escaping ExchangeCompletion) {
        writer.submit(write(of: exchange, completion))
    }

    /// The exchange that whoever takes jobs wants now; nil if none.
    func exchangeForNewJobs() -> (any PendingWrite)? {
        let taker = taker.withLock { $0.taker }
        return taker?.exchangeForNewJobs().map { write(of: $0, $1) }
    }

    private func write(of exchange: WorkExchange, _ completion: @escaping ExchangeCompletion)
        -> Write<WorkBatch>
    {
        let known = knownKinds.withLock { $0 }
        return Write("exchange") { [self] transaction in
            var ledger = JobLedger(transaction, store: self, now: exchange.now)
            let lost = try ledger.end(exchange.ended)
            try ledger.wakeDue(exchange)
            let lanes = try transaction.openLanes(of: known)
            var probation = try transaction.probation(in: lanes)
            let batch = WorkBatch(
                jobs: try ledger.claim(
                    space.isLow ? 0 : exchange.claimLimit,
                    lanes: lanes,
                    &probation
                ),
                lost: lost,
                nextDelay: try ledger.nextDelay(probation),
                nextDate: try ledger.nextWaiting(isDated: true)
            )
            try ledger.settle()
            return batch
        } completion: {
            completion($0.mapError { StoreError($0) })
        }
    }
}

extension JobLedger {
    /// Writes how attempts ended; returns the claims that no longer held.
    fileprivate mutating func end(_ ended: [EndedAttempt]) throws -> [JobClaim] {
        var lost: [JobClaim] = []
        for attempt in ended {
            let isWritten =
                attempt.ending == .completed
                ? try complete(
                    attempt.claim,
                    startedAt: attempt.startedAt,
                    endedAt: attempt.endedAt
                )
                : try end(attempt)
            if !isWritten { lost.append(attempt.claim) }
        }
        return lost
    }

    /// Writes how one attempt ended; false where its claim no longer holds.
    mutating func end(_ attempt: EndedAttempt) throws -> Bool {
        guard let found = try find(attempt.claim.jobID), found.job.claim == attempt.claim else {
            return false
        }
        let (change, record) = Self.change(for: attempt.ending, of: found.job)
        try move(found, change, record: record, ended: attempt)
        if change.state == .discarded { try followDiscard(of: found.job) }
        return true
    }

    /// What an ending does to the job's row and what its history says.
    private static func change(for ending: AttemptEnding, of job: Job)
        -> (JobChange, AttemptRecord)
    {
        if job.isCancelRequested, ending.isAnotherAttempt {
            return (JobChange(to: .cancelled), AttemptRecord(.cancelled))
        }
        switch ending {
        case .completed:
            return (JobChange(to: .completed), AttemptRecord(.completed))
        case .retry(let at, let failure):
            var change = JobChange(to: .retryable)
            change.scheduledAt = at
            change.error = failure
            return (change, AttemptRecord(.failed, failure: failure))
        case .discarded(let failure):
            var change = JobChange(to: .discarded)
            change.error = failure
            return (change, AttemptRecord(.failed, failure: failure))
        case .cancelled:
            return (JobChange(to: .cancelled), AttemptRecord(.cancelled))
        case .held(let reason, let text):
            var change = JobChange(to: .held)
            change.holdReason = reason
            return (change, AttemptRecord(.held, text))
        case .snoozed(let until):
            var change = JobChange(to: .scheduled)
            change.scheduledAt = until
            change.attempt = job.attempt - 1
            return (change, AttemptRecord(.snoozed))
        case .givenBack:
            var change = JobChange(to: .available)
            change.attempt = job.attempt - 1
            return (change, AttemptRecord(.interrupted))
        }
    }

    /// Has what waited for a time that has come be claimed, or held where it has come long ago.
    fileprivate mutating func wakeDue(_ exchange: WorkExchange) throws {
        // Two looks at an index, where nothing is due, in place of four searches that may write.
        let isDue = try [
            nextWaiting(isDated: false).map { $0 <= exchange.now },
            nextWaiting(isDated: true).map { $0 <= exchange.wall },
        ].contains(true)
        guard isDue else { return }
        if let lateAfter = exchange.lateAfter {
            try holdLate(wall: exchange.wall, after: lateAfter)
        }
        try promote(now: exchange.now, wall: exchange.wall)
    }

    /// When the first of the jobs that wait for a date, or for a delay to end, is due.
    fileprivate func nextWaiting(isDated: Bool) throws -> Timestamp? {
        try transaction.first(JobSQL.nextWaiting, isDated) { $0.timestamp(0) }
    }

    /// Holds the sends whose date has passed by so much that somebody should look first.
    private mutating func holdLate(wall: Timestamp, after lateAfter: Duration) throws {
        let late = try transaction.all(
            JobSQL.lateSends,
            wall - lateAfter,
            Self.promotionLimit,
            row: LanedJob.init
        )
        for found in late {
            var change = JobChange(to: .held)
            change.holdReason = .late
            let hours = (wall - found.job.scheduledAt).wholeMilliseconds / 3_600_000
            change.error = JobFailure(
                .transient,
                "its date, \(found.job.scheduledAt), had passed by \(hours) hours"
            )
            try move(found, change, record: AttemptRecord(.held, change.error?.message))
        }
    }

    /// Makes available what is due: delays on engine time, dates on the wall clock.
    private mutating func promote(now: Timestamp, wall: Timestamp) throws {
        for (sql, state, due) in [
            (JobSQL.dueRetryable, JobState.retryable, now), (JobSQL.dueDelayed, .scheduled, now),
            (JobSQL.dueDated, .scheduled, wall),
        ] {
            var lanes: [Int64: Int64] = [:]
            try transaction.query(sql, due, Self.promotionLimit) { row in
                lanes[row.int64(0), default: 0] += 1
                tell(row.int64(1), row.textOrNil(2), .available)
            }
            for (lane, promoted) in lanes {
                count(promoted, lane: lane, from: state, to: .available)
            }
        }
    }

    fileprivate mutating func claim(_ limit: Int, lanes: [Int64], _ probation: inout Probation)
        throws -> [Job]
    {
        guard limit > 0 else { return [] }
        var taken: [LanedJob] = []
        if let suspect = probation.begin(at: now) {
            taken += try transaction.all(
                JobSQL.claimOne,
                store.epoch,
                now,
                suspect,
                row: LanedJob.init
            )
        }
        for (lane, share) in try shares(of: limit - taken.count, lanes: lanes) {
            taken += try transaction.all(
                JobSQL.claim,
                store.epoch,
                now,
                lane,
                share,
                row: LanedJob.init
            )
        }
        for found in taken {
            count(lane: found.lane, from: .available, to: .running)
            tell(found.job.id, found.job.campaignID, .running)
        }
        return taken.map(\.job).sorted(by: Job.runsBefore)
    }

    /// How many to claim from each lane, so that together they are the first `limit` of all.
    private func shares(of limit: Int, lanes: [Int64]) throws -> [(Int64, Int)] {
        guard lanes.count > 1 else { return lanes.map { ($0, limit) } }
        var heads: [(lane: Int64, rank: (Int64, Int64, Int64))] = []
        for lane in lanes {
            try transaction.query(JobSQL.peekReady, lane, limit) { row in
                heads.append((lane, (row.int64(0), row.int64(1), row.int64(2))))
            }
        }
        heads.sort { $0.rank < $1.rank }
        var shares: [Int64: Int] = [:]
        for head in heads.prefix(limit) { shares[head.lane, default: 0] += 1 }
        return shares.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// The next instant of engine time at which there may be something to claim.
    fileprivate func nextDelay(_ probation: Probation) throws -> Timestamp? {
        let next = try nextWaiting(isDated: false)
        return [next, probation.nextStart(after: now)].compactMap { $0 }.min()
    }

    /// Rows one transaction promotes at most; the next deadline then is past and fires at once.
    private static let promotionLimit = 1_000
}

extension Transaction {
    /// The lanes that may be claimed from: those of known kinds that are not paused.
    fileprivate func openLanes(of kinds: Set<JobKind>) throws -> [Int64] {
        try all(JobSQL.openLanes) { row in
            (id: row.int64(0), kind: JobKind(rawValue: row.text(1)))
        }.filter { kinds.contains($0.kind) }.map(\.id)
    }
}

extension Job {
    /// The order in which claimed jobs run.
    fileprivate static func runsBefore(_ left: Job, _ right: Job) -> Bool {
        (left.priority, left.scheduledAt.milliseconds, left.id)
            < (right.priority, right.scheduledAt.milliseconds, right.id)
    }
}

extension AttemptEnding {
    /// Whether the job would be run again by itself.
    fileprivate var isAnotherAttempt: Bool {
        switch self {
        case .retry, .snoozed, .givenBack: true
        case .completed, .discarded, .cancelled, .held: false
        }
    }
}
