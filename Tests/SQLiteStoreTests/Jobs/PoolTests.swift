import Dispatch
import Logging
import StoreContract
import Synchronization
import TestSupport
import Testing

@testable import JobQueue
@testable import SQLiteStore

/// A handler made of a closure.
private struct ClosureHandler: JobHandler {
    let kind: JobKind
    let body: @Sendable (Job) -> JobOutcome

    func run(_ job: Job, context: JobContext) throws -> JobOutcome { body(job) }
}

@Suite("Worker pool over an SQLite store", .timeLimit(.minutes(10)))
struct PoolTests {
    let site: SQLiteSite
    let clock = ManualClock()
    /// The id of each job as its handler ran.
    let ran = Recorder<Int64>()

    init() throws { site = try SQLiteSite() }

    /// Runs a pool over the store until `count` handlers have run, and stops it drained.
    private func drain(
        _ store: SQLiteStore,
        until count: Int,
        workers: Int = 8,
        _ body: @escaping @Sendable (Job) -> JobOutcome
    ) throws {
        let pool = try pool(over: store, workers: workers, body)
        pool.start()
        try ran.wait(forCount: count)
        #expect(pool.stop(deadline: .seconds(10)))
    }

    private func pool(
        over store: SQLiteStore,
        workers: Int = 1,
        _ body: @escaping @Sendable (Job) -> JobOutcome
    ) throws -> WorkerPool {
        let handlers = [JobKind.create, .build].map { kind in
            ClosureHandler(kind: kind) { [ran] job in
                defer { ran.append(job.id) }
                return body(job)
            }
        }
        try store.reconcileKinds(known: Set(handlers.map(\.kind)), now: clock.now)
        return WorkerPool(
            store: store,
            handlers: handlers,
            workers: workers,
            clock: clock,
            random: SeededRandom(seed: 1),
            retryPolicy: { _ in
                let backoff = Backoff(first: .seconds(1), maximum: .seconds(60))
                return RetryPolicy(backoff: backoff, maxAttempts: 20)
            },
            events: store.events,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    private func open() throws -> SQLiteStore {
        try SQLiteStore.open(site.options, clock: clock).store
    }

    @Test("2,000 jobs on 8 workers end exactly once each, whatever their end")
    func drains() throws {
        let store = try open()
        let new = (0..<2_000).map { number in
            NewJob(
                kind: number.isMultiple(of: 2) ? .create : .build,
                priority: 1 + number % 9
            )
        }
        let ids = try stride(from: 0, to: 2_000, by: 500).flatMap { start in
            try store.enqueue(Array(new[start..<start + 500]), now: clock.now).map(\.id)
        }
        try drain(store, until: 2_000) { job in
            switch job.id % 50 {
            case 0: .failed(JobFailure(.permanent, "refused"))
            case 1: .cancelled
            case 2: .held(.inDoubt, "the reply was lost")
            default: .completed
            }
        }
        #expect(ran.elements.sorted() == ids)
        let books = try Books(of: store)
        books.check()
        #expect(books.jobs.map(\.id) == ids)
        let expected: [Int64: JobState] = [0: .discarded, 1: .cancelled, 2: .held]
        for job in books.jobs {
            #expect(job.state == expected[job.id % 50] ?? .completed)
            #expect(books.attempts[job.id]?.map(\.number) == [1])
        }
        try store.close(now: clock.now)
    }

    @Test("a job stored while the pool is idle is claimed by the commit that stores it")
    func claimedAsStored() throws {
        let store = try open()
        let started = TestSignal()
        let gate = TestSignal()
        let pool = try pool(over: store) { _ in
            started.fire()
            try? gate.wait()
            return .completed
        }
        pool.start()
        while pool.lastTurnAt == nil { store.queue.sync {} }
        let before = store.writer.statistics
        let stored = try store.enqueue([NewJob(kind: .create)], now: clock.now)
        try started.wait()
        #expect(store.writer.statistics.commits == before.commits + 1)
        #expect(try store.job(stored[0].id)?.state == .running)
        gate.fire()
        try ran.wait(forCount: 1)
        #expect(pool.stop(deadline: .seconds(10)))
        #expect(try store.job(stored[0].id)?.state == .completed)
        try Books(of: store).check()
        try store.close(now: clock.now)
    }

    @Test("who watches sees a job become available, run and end, in this order")
    func eventsInOrder() throws {
        let store = try open()
        let seen = Recorder<JobState>()
        let watching = store.events.subscribe(details: true) { event in
            if case .job(_, _, let state) = event { seen.append(state) }
        }
        defer { watching.cancel() }
        let pool = try pool(over: store) { _ in .completed }
        pool.start()
        for round in 1...20 {
            _ = try store.enqueue([NewJob(kind: .create)], now: clock.now)
            let states = try seen.wait(forCount: 3 * round)
            #expect(states.suffix(3) == [.available, .running, .completed])
        }
        #expect(pool.stop(deadline: .seconds(10)))
        try store.close(now: clock.now)
    }

    @Test("a job that asks to be called again at once is called again, not cancelled")
    func snoozesForNoTime() throws {
        let store = try open()
        let calls = Mutex<[Int64: Int]>([:])
        _ = try store.enqueue([NewJob](repeating: NewJob(kind: .create), count: 20), now: clock.now)
        try drain(store, until: 60) { job in
            let count = calls.withLock { calls in
                calls[job.id, default: 0] += 1
                return calls[job.id, default: 0]
            }
            return count < 3 ? .snoozed(for: .zero) : .completed
        }
        let books = try Books(of: store)
        books.check()
        #expect(books.jobs.allSatisfy { $0.state == .completed && $0.attempt == 1 })
        for history in books.attempts.values {
            #expect(history.map(\.outcome) == [.snoozed, .snoozed, .completed])
        }
        try store.close(now: clock.now)
    }

    @Test("suspects follow one another without waiting for their time when each ends")
    func suspects() throws {
        for _ in 1...2 {
            let store = try open()
            if try store.jobCounts().isEmpty {
                let jobs = [NewJob](repeating: NewJob(kind: .create), count: 5)
                _ = try store.enqueue(jobs, now: clock.now)
            }
            try store.reconcileKinds(known: [.create], now: clock.now)
            let claimed = Recorder<Int>()
            let exchange = WorkExchange(
                ended: [],
                claimLimit: 9,
                now: clock.now,
                wall: clock.wall
            )
            store.exchange(exchange) { claimed.append((try? $0.get().jobs.count) ?? 0) }
            #expect(try claimed.wait(forCount: 1) == [5])
            try store.database.close()
        }
        let store = try open()
        let running = Atomic<Int>(0)
        let most = Recorder<Int>()
        try drain(store, until: 5) { _ in
            most.append(running.wrappingAdd(1, ordering: .relaxed).newValue)
            running.wrappingSubtract(1, ordering: .relaxed)
            return .completed
        }
        #expect(most.elements == [1, 1, 1, 1, 1])
        try Books(of: store).check()
        try store.close(now: clock.now)
    }
}
