import Campaigns
import JobQueue
import TestSupport
import Testing

/// A store under test with a clock in hand, and the verbs that the behaviours are written in.
final class JobBench {
    static let kinds: Set<JobKind> = [.create, .build, .send]
    static let firstBoot = "boot-1"

    let clock = ManualClock()
    /// Everything the store told, details included.
    let told = Recorder<StoreEvent>()
    private let site: any StoreSite
    private let events = EventHub()
    private let subscription: EventSubscription
    private var current: OpenStore

    init(at site: any StoreSite) throws {
        self.site = site
        subscription = events.subscribe(details: true) { [told] in told.append($0) }
        current = try site.open(boot: Self.firstBoot, clock: clock, events: events)
        try store.reconcileKinds(known: Self.kinds, now: now)
    }

    var store: any CampaignStore { current.store }
    var epoch: Int64 { current.epoch }
    var version: String { current.version }
    var now: Timestamp { clock.now }

    // MARK: Processes

    func close() throws { try current.close(now) }

    /// Ends the process and starts the next one, which has recovered when this returns.
    func restart(after ending: ProcessEnding, boot: String = firstBoot) throws {
        switch ending {
        case .death: try current.die()
        case .close: try current.close(now)
        }
        current = try site.open(boot: boot, clock: clock, events: events)
        try store.reconcileKinds(known: Self.kinds, now: now)
        try books().check()
    }

    enum ProcessEnding {
        case death, close
    }

    // MARK: Jobs

    @discardableResult
    func add(
        _ kind: JobKind = .create,
        account: String = "local",
        campaign: String? = nil,
        priority: Int = JobPriority.standard,
        date: Timestamp? = nil
    ) throws -> Job {
        let new = NewJob(
            kind: kind,
            account: account,
            campaignID: campaign,
            priority: priority,
            date: date
        )
        return try #require(try store.enqueue([new], now: now).first)
    }

    func exchange(_ ended: [EndedAttempt] = [], claim limit: Int = 0) throws -> WorkBatch {
        let reply = Recorder<Result<WorkBatch, StoreError>>()
        let exchange = WorkExchange(ended: ended, claimLimit: limit, now: now, wall: clock.wall)
        store.exchange(exchange) { reply.append($0) }
        return try reply.wait(forCount: 1)[0].get()
    }

    func claim(_ limit: Int = 1_000) throws -> [Job] { try exchange(claim: limit).jobs }

    /// Expects that there is nothing to claim, and that looking for it writes nothing.
    func claimNothing(limit: Int = 1_000) throws {
        try unchanged {
            let jobs = try claim(limit)
            #expect(jobs.isEmpty)
        }
    }

    /// Enqueues a job that is more urgent than all others, and claims it.
    func run(_ kind: JobKind = .create, campaign: String? = nil) throws -> Job {
        let job = try add(kind, campaign: campaign, priority: 1)
        let claimed = try #require(try claim(1).first)
        #expect(claimed.id == job.id)
        return claimed
    }

    /// Ends a running attempt and expects that the claim held.
    func end(_ job: Job, _ ending: AttemptEnding) throws {
        let batch = try exchange([ended(job, ending)])
        #expect(batch.lost.isEmpty)
    }

    func ended(_ job: Job, _ ending: AttemptEnding) throws -> EndedAttempt {
        EndedAttempt(
            claim: try #require(job.claim),
            startedAt: now,
            endedAt: now,
            ending: ending
        )
    }

    /// Does an action to one job and expects that it is not refused.
    func operate(_ action: JobAction, _ job: Job) throws {
        let results = try store.operate(action, on: [job.id], now: now)
        #expect(results.map(\.refusal) == [nil])
    }

    /// Takes a waiting job out of the way of later claims.
    func putAway(_ job: Job) throws {
        if [.available, .scheduled, .retryable].contains(job.state) { try operate(.discard, job) }
    }

    func job(_ id: Int64) throws -> Job { try #require(try store.job(id)) }

    func history(_ job: Job) throws -> [Attempt] { try store.attempts(ofJob: job.id) }

    func books() throws -> Books { try Books(of: store) }

    /// Does something that must write nothing.
    func unchanged(_ body: () throws -> Void) throws {
        let before = try books()
        try body()
        #expect(try books() == before)
    }
}

extension JobFailure {
    /// A failure like any other.
    static let sample = JobFailure(.transient, "the server was busy")
}

extension StoreEvent {
    /// The job that a `.cancelRequested` is about.
    var cancelledJob: Int64? {
        if case .cancelRequested(let id) = self { id } else { nil }
    }
}
