import JobQueue
import Synchronization

/// The jobs of one write: every change of a job's state goes through here, so that counters,
/// history, the campaign and the events move with it.
///
/// Lives inside one transaction; ``settle()`` writes what was counted.
struct JobLedger {
    let transaction: Transaction
    let store: SQLiteStore
    let now: Timestamp
    private var tally: [LaneState: Int64] = [:]
    private var hasReadyJobs = false
    private var moves: [StoreEvent] = []
    /// The lanes seen, by kind and account: a bulk has few of them.
    private var lanes: [LaneName: Int64] = [:]

    private struct LaneName: Hashable {
        var kind: JobKind
        var account: String
    }

    private struct LaneState: Hashable {
        var lane: Int64
        var state: JobState
    }

    init(_ transaction: Transaction, store: SQLiteStore, now: Timestamp) {
        self.transaction = transaction
        self.store = store
        self.now = now
    }

    /// Writes the counters and asks for the pool to be woken once this is committed.
    func settle() throws {
        for (key, change) in tally where change != 0 {
            try transaction.run(JobSQL.count, key.lane, key.state, change)
        }
        if hasReadyJobs { offerJobs() }
        guard !moves.isEmpty else { return }
        // Whether anybody listens is asked behind the commit: who began before it, and read the
        // old state, is told.
        transaction.afterCommit { [events = store.events, moves] in
            if events.wantsDetails { moves.forEach(events.publish) }
        }
    }

    /// Has the jobs claimed in this transaction, or the pool woken once it is committed.
    private func offerJobs() {
        let offer = JobOffer(store)
        transaction.followUp { offer.exchange() }
        transaction.afterCommit { offer.tell() }
    }

    /// Counts `count` jobs of a lane that went from one state to another; nil: were not there.
    mutating func count(_ count: Int64 = 1, lane: Int64, from: JobState?, to: JobState) {
        if let from { tally[LaneState(lane: lane, state: from), default: 0] -= count }
        tally[LaneState(lane: lane, state: to), default: 0] += count
        if to == .available || to == .scheduled || to == .retryable { hasReadyJobs = true }
    }

    // MARK: Reading

    /// The job with its lane, or nil.
    func find(_ id: Int64) throws -> LanedJob? {
        try transaction.first(JobSQL.job, id, row: LanedJob.init)
    }

    /// The unfinished job of a campaign, of which there is at most one.
    func unfinished(ofCampaign id: String) throws -> LanedJob? {
        try transaction.first(JobSQL.unfinishedOfCampaign, id, row: LanedJob.init)
    }

    /// The job the claim is on; throws where it no longer holds.
    func claimed(_ claim: JobClaim) throws -> LanedJob {
        guard let found = try find(claim.jobID), found.job.claim == claim else {
            throw StoreError.claimLost(claim)
        }
        return found
    }

    // MARK: Writing

    /// Stores a new job; it is available at once unless it has a date.
    mutating func insert(_ new: NewJob) throws -> Job {
        let lane = try lane(kind: new.kind, account: new.account)
        let state: JobState = new.date == nil ? .available : .scheduled
        try transaction.run(
            JobSQL.insert,
            lane,
            new.kind,
            new.account,
            new.campaignID,
            new.userID,
            new.payload,
            new.priority,
            state,
            new.maxAttempts,
            new.date ?? now,
            new.date != nil,
            now
        )
        count(lane: lane, from: nil, to: state)
        let job = Job(
            id: transaction.lastInsertedID,
            kind: new.kind,
            account: new.account,
            campaignID: new.campaignID,
            userID: new.userID,
            payload: new.payload,
            priority: new.priority,
            state: state,
            holdReason: nil,
            attempt: 0,
            maxAttempts: new.maxAttempts,
            crashes: 0,
            scheduledAt: new.date ?? now,
            isDated: new.date != nil,
            epoch: nil,
            startedAt: nil,
            finishedAt: nil,
            createdAt: now,
            progress: JobProgress(),
            lastError: nil,
            isCancelRequested: false
        )
        tell(job.id, job.campaignID, state)
        return job
    }

    /// Ends a running attempt as completed; false where the claim no longer holds.
    mutating func complete(_ claim: JobClaim, startedAt: Timestamp, endedAt: Timestamp) throws
        -> Bool
    {
        let changes = try transaction.run(
            JobSQL.complete,
            endedAt,
            claim.jobID,
            claim.attempt,
            claim.epoch
        )
        guard changes == 1,
            let done = try transaction.first(
                JobSQL.completed,
                claim.jobID,
                row: { (lane: $0.int64(0), campaign: $0.textOrNil(1)) }
            )
        else { return false }
        count(lane: done.lane, from: .running, to: .completed)
        try addAttempt(
            claim,
            AttemptRecord(.completed),
            startedAt: startedAt,
            endedAt: endedAt
        )
        tell(claim.jobID, done.campaign, .completed)
        return true
    }

    /// Moves a job as `change` says, with a line of history; the caller read it in this transaction.
    ///
    /// `ended` is the end that the job's own runner reported. Without it, the runner of a running
    /// job is told that the job was taken from it.
    mutating func move(
        _ found: LanedJob,
        _ change: JobChange,
        record: AttemptRecord?,
        ended: EndedAttempt? = nil
    ) throws {
        let job = found.job
        let endedAt = ended?.endedAt ?? now
        precondition(
            job.state.successors.contains(change.state),
            "a job never goes from \(job.state) to \(change.state)"
        )
        let error = change.error ?? job.lastError
        let changes = try transaction.run(
            JobSQL.move,
            change.state,
            change.holdReason,
            change.attempt ?? job.attempt,
            change.crashes ?? job.crashes,
            change.isOnProbation,
            change.scheduledAt ?? job.scheduledAt,
            change.scheduledAt == nil ? job.isDated : change.isDated,
            change.state.isFinal ? endedAt : nil as Timestamp?,
            error?.errorClass,
            error.map { $0.message.cut(toBytes: JobFailure.maximumMessageBytes) },
            job.id,
            job.state,
            job.attempt
        )
        precondition(changes == 1, "job \(job.id) changed inside its own transaction")
        count(lane: found.lane, from: job.state, to: change.state)
        if let record {
            try addAttempt(
                JobClaim(jobID: job.id, attempt: job.attempt, epoch: job.epoch ?? store.epoch),
                record,
                startedAt: ended?.startedAt ?? (job.state == .running ? job.startedAt : nil) ?? now,
                endedAt: endedAt
            )
        }
        tell(job.id, job.campaignID, change.state)
        if job.state == .running, ended == nil {
            transaction.afterCommit { [events = store.events] in
                events.publish(.cancelRequested(jobID: job.id))
            }
        }
    }

    private func addAttempt(
        _ claim: JobClaim,
        _ record: AttemptRecord,
        startedAt: Timestamp,
        endedAt: Timestamp
    ) throws {
        try transaction.run(
            JobSQL.addAttempt,
            claim.jobID,
            claim.attempt,
            startedAt,
            endedAt,
            record.outcome,
            record.failure?.errorClass,
            record.message?.cut(toBytes: JobFailure.maximumMessageBytes),
            claim.epoch
        )
    }

    private mutating func lane(kind: JobKind, account: String) throws -> Int64 {
        let name = LaneName(kind: kind, account: account)
        if let known = lanes[name] { return known }
        let id = try storedLane(name)
        lanes[name] = id
        return id
    }

    private func storedLane(_ name: LaneName) throws -> Int64 {
        let found = try transaction.first(JobSQL.lane, name.kind, name.account) { $0.int64(0) }
        if let found { return found }
        try transaction.run(JobSQL.addLane, name.kind, name.account)
        return transaction.lastInsertedID
    }

    /// Tells those who listen for details where a job went.
    mutating func tell(_ id: Int64, _ campaignID: String?, _ state: JobState) {
        moves.append(.job(id: id, campaignID: campaignID, state: state))
    }
}

/// Jobs that one write made ready: claimed in its transaction or, if not, told of behind its commit.
private final class JobOffer: Sendable {
    private let store: SQLiteStore
    private let isTaken = Atomic(false)

    init(_ store: SQLiteStore) {
        self.store = store
    }

    func exchange() -> (any PendingWrite)? {
        let exchange = store.exchangeForNewJobs()
        if exchange != nil { isTaken.store(true, ordering: .relaxed) }
        return exchange
    }

    func tell() {
        if !isTaken.load(ordering: .relaxed) { store.events.publish(.jobsReady) }
    }
}

/// A job and the lane its row is in.
struct LanedJob {
    var job: Job
    var lane: Int64

    init(_ row: SQLRow) {
        job = Job(row)
        lane = row.int64(23)
    }
}

/// What a move changes; nil keeps what the row has.
struct JobChange {
    var state: JobState
    var holdReason: HoldReason?
    var attempt: Int?
    var crashes: Int?
    var isOnProbation = false
    var scheduledAt: Timestamp?
    /// Meant only where `scheduledAt` is set.
    var isDated = false
    var error: JobFailure?

    init(to state: JobState) {
        self.state = state
    }
}

/// What the history says of an attempt's end.
struct AttemptRecord {
    var outcome: AttemptOutcome
    var failure: JobFailure?
    var message: String?

    init(_ outcome: AttemptOutcome, _ message: String? = nil) {
        self.outcome = outcome
        self.message = message
    }

    init(_ outcome: AttemptOutcome, failure: JobFailure) {
        self.outcome = outcome
        self.failure = failure
        message = failure.message
    }
}

extension String {
    /// The longest prefix of whole characters that fits `limit` bytes.
    func cut(toBytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var end = utf8.index(startIndex, offsetBy: limit)
        while end.samePosition(in: self) == nil { end = utf8.index(before: end) }
        return String(self[..<end])
    }
}
