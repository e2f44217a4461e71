import Dispatch
import JobQueue
import Synchronization
import TestSupport

/// Jobs in memory, for the mechanics of the pool alone: it commits an exchange as it arrives and
/// replies by way of a queue that a test can hold back.
final class StubJobStore: JobStore {
    fileprivate struct State {
        var jobs: [Int64: Job] = [:]
        var paused: [JobKind: Timestamp] = [:]
        var failures: [StoreError] = []
        var lost: Set<Int64> = []
    }

    let events = EventHub()
    let queue = DispatchQueue(label: "stub-store")
    /// Every exchange as it arrived, and every end as it was committed.
    let exchanges = Recorder<WorkExchange>()
    let ended = Recorder<EndedAttempt>()

    private let state = Mutex(State())
    private let taker = Mutex(AttachedTaker())
    private let replies = DispatchQueue(label: "stub-store.replies")

    // MARK: What a test does

    /// Adds jobs with the ids given, without telling anyone.
    func add(
        _ ids: some Sequence<Int64>,
        kind: JobKind = .create,
        priority: Int = JobPriority.standard,
        maxAttempts: Int = 20,
        dueAt: Timestamp? = nil,
        isDated: Bool = false
    ) {
        state.withLock { state in
            for id in ids {
                var job = Job.sample(id: id, kind: kind, priority: priority)
                job.maxAttempts = maxAttempts
                job.state = dueAt == nil ? .available : .scheduled
                job.scheduledAt = dueAt ?? job.scheduledAt
                job.isDated = isDated
                state.jobs[id] = job
            }
        }
    }

    /// Asks for the job to be cancelled; the event follows in the order of replies.
    func requestCancel(ofJob id: Int64) {
        state.withLock { $0.jobs[id]?.isCancelRequested = true }
        tell(.cancelRequested(jobID: id))
    }

    func tell(_ event: StoreEvent) { replies.async { [events] in events.publish(event) } }

    /// Keeps replies and events back until ``releaseReplies()``.
    func holdReplies() { replies.suspend() }

    func releaseReplies() { replies.resume() }

    /// Makes the next exchanges fail, one for each error.
    func fail(_ errors: [StoreError]) { state.withLock { $0.failures = errors } }

    /// Makes the claims of a job not hold any more.
    func loseClaims(ofJob id: Int64) { state.withLock { _ = $0.lost.insert(id) } }

    func setPaused(_ kinds: Set<JobKind>) {
        let at = Timestamp(milliseconds: 0)
        state.withLock { $0.paused = Dictionary(uniqueKeysWithValues: kinds.map { ($0, at) }) }
        tell(.lanesChanged)
    }

    /// Asks the pool for an exchange as a write does that stores jobs; says whether it wanted one.
    func offerNewJobs() -> Bool {
        queue.sync {
            let taker = taker.withLock { $0.taker }
            guard let (exchange, completion) = taker?.exchangeForNewJobs() else { return false }
            self.exchange(exchange, completion: completion)
            return true
        }
    }

    /// Returns once everything told or replied so far has been delivered.
    func flushReplies() { replies.sync {} }

    // MARK: JobStore

    func attach(_ taker: any JobTaker) { self.taker.withLock { $0.taker = taker } }

    func exchange(_ exchange: WorkExchange, completion: @escaping ExchangeCompletion) {
        let result = state.withLock { $0.commit(exchange) }
        exchanges.append(exchange)
        if case .success = result { for attempt in exchange.ended { ended.append(attempt) } }
        replies.async { [queue] in queue.async { completion(result) } }
    }

    func pausedKinds() throws(StoreError) -> [JobKind: Timestamp] {
        state.withLock { $0.paused }
    }

    func job(_ id: Int64) throws(StoreError) -> Job? { state.withLock { $0.jobs[id] } }
}

extension StubJobStore.State {
    fileprivate mutating func commit(_ exchange: WorkExchange) -> Result<WorkBatch, StoreError> {
        if !failures.isEmpty { return .failure(failures.removeFirst()) }
        var gone: [JobClaim] = []
        for attempt in exchange.ended {
            if lost.contains(attempt.claim.jobID) {
                gone.append(attempt.claim)
            } else {
                end(attempt)
            }
        }
        promote(now: exchange.now, wall: exchange.wall)
        let claimed = claim(exchange.claimLimit)
        let waiting = jobs.values.filter { $0.state == .scheduled || $0.state == .retryable }
        return .success(
            WorkBatch(
                jobs: claimed,
                lost: gone,
                nextDelay: waiting.filter { !$0.isDated }.map(\.scheduledAt).min(),
                nextDate: waiting.filter(\.isDated).map(\.scheduledAt).min()
            )
        )
    }

    private mutating func end(_ attempt: EndedAttempt) {
        let id = attempt.claim.jobID
        switch attempt.ending {
        case .completed: jobs[id]?.state = .completed
        case .discarded: jobs[id]?.state = .discarded
        case .cancelled: jobs[id]?.state = .cancelled
        case .held: jobs[id]?.state = .held
        case .retry(let time, _):
            jobs[id]?.state = .retryable
            jobs[id]?.scheduledAt = time
        case .snoozed(let time):
            jobs[id]?.state = .scheduled
            jobs[id]?.scheduledAt = time
        case .givenBack where jobs[id]?.isCancelRequested == true:
            jobs[id]?.state = .cancelled
        case .givenBack:
            jobs[id]?.state = .available
            jobs[id]?.attempt -= 1
        }
    }

    private mutating func promote(now: Timestamp, wall: Timestamp) {
        for (id, job) in jobs where job.state == .scheduled || job.state == .retryable {
            if job.scheduledAt <= (job.isDated ? wall : now) { jobs[id]?.state = .available }
        }
    }

    private mutating func claim(_ limit: Int) -> [Job] {
        let ready = jobs.values.filter { $0.state == .available && paused[$0.kind] == nil }
        let chosen = ready.sorted { ($0.priority, $0.id) < ($1.priority, $1.id) }.prefix(limit)
        return chosen.map { job in
            var job = job
            job.state = .running
            job.epoch = 1
            job.attempt += 1
            jobs[job.id] = job
            return job
        }
    }
}

/// What the pool never calls.
extension StubJobStore {
    func enqueue(_ jobs: [NewJob], now: Timestamp) throws(StoreError) -> [Job] { [] }
    func recordProgress(_ progress: JobProgress, of claim: JobClaim) throws(StoreError) {}
    func reconcileKinds(known: Set<JobKind>, now: Timestamp) throws(StoreError) {}
    func attempts(ofJob id: Int64) throws(StoreError) -> [Attempt] { [] }
    func jobs(
        matching filter: JobFilter,
        before: Int64?,
        limit: Int
    ) throws(StoreError) -> [Job] { [] }
    func operate(
        _ action: JobAction,
        on ids: [Int64],
        now: Timestamp
    ) throws(StoreError) -> [JobActionResult] { [] }
    func setPaused(_ isPaused: Bool, kind: JobKind, now: Timestamp) throws(StoreError) {}
    func jobCounts() throws(StoreError) -> [JobCount] { [] }
    func failureGroups(limit: Int) throws(StoreError) -> [FailureGroup] { [] }
}

extension Job {
    /// An available job that was never attempted.
    static func sample(
        id: Int64,
        kind: JobKind = .create,
        priority: Int = JobPriority.standard
    ) -> Job {
        let time = Timestamp(milliseconds: 1_750_000_000_000)
        return Job(
            id: id,
            kind: kind,
            account: "local",
            campaignID: nil,
            userID: nil,
            payload: "{}",
            priority: priority,
            state: .available,
            holdReason: nil,
            attempt: 0,
            maxAttempts: 20,
            crashes: 0,
            scheduledAt: time,
            isDated: false,
            epoch: nil,
            startedAt: nil,
            finishedAt: nil,
            createdAt: time,
            progress: JobProgress(),
            lastError: nil,
            isCancelRequested: false
        )
    }
}
