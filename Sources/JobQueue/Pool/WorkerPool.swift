import Dispatch
package import Logging
import Synchronization

/// Claims jobs from a store, runs their handlers on its workers, and reports how they ended.
///
/// On the store's queue, between its commits, it takes *turns*: a turn is one
/// ``JobStore/exchange(_:completion:)`` that reports every attempt ended so far and claims as many jobs
/// as fit on the workers' shelves. One exchange is under way at a time, and none while there is nothing
/// to report or claim: events of the store, ended attempts and an exact timer bring the next turn
/// about; nothing polls. An idle pool claims jobs in the transaction that stores them.
///
/// A pool is started once and stopped once.
package final class WorkerPool: Sendable {
    /// Each worker keeps a thread of libdispatch's, which allows about twice as many.
    package static let workerRange = 1...128
    /// How many claimed jobs wait per worker, so that a turn pays one commit for many jobs.
    static let prefetchPerWorker = 32
    /// An exchange due or under way for so long while workers are free means that the pool hangs.
    static let wedgedAfter: Duration = .seconds(30)

    let store: any JobStore
    let clock: any EngineClock
    let logger: Logger
    /// How late a dated send may begin; see ``WorkExchange/lateAfter``.
    let lateAfter: Duration?
    let runner: JobRunner
    let crew: Crew
    let stopFlag: StopFlag
    let liveness = Liveness()

    /// The store's: turns change with commits, so a thread of their own would only be woken for each.
    let queue: DispatchQueue
    /// Asks for paused kinds; a read of the store may block.
    let laneQueue = DispatchQueue(label: "campaignd.pool.lanes")
    /// Whether a turn is queued, or an exchange or the backoff after a failure will end in one.
    let turnIsDue = Atomic<Bool>(false)
    /// Whether the store told of ready jobs since the last turn.
    let hasNews = Atomic<Bool>(false)
    nonisolated(unsafe) var turns = TurnState()
    // Protected by `queue`: every method that touches it checks that it runs there.

    private let events: EventHub

    /// Makes a pool that does nothing before ``start()``.
    ///
    /// - Parameters:
    ///   - handlers: one for each kind; a job of any other kind is held.
    ///   - workers: how many handlers run at once, within ``workerRange``.
    ///   - retryPolicy: asked at each failure that is worth another attempt.
    ///   - events: where `store` publishes what it committed.
    package init(
        store: any JobStore,
        handlers: [any JobHandler],
        workers: Int,
        clock: any EngineClock,
        random: any RandomSource,
        retryPolicy: @escaping @Sendable (JobKind) -> RetryPolicy,
        lateAfter: Duration? = nil,
        events: EventHub,
        logger: Logger
    ) {
        precondition(Self.workerRange.contains(workers), "workers must be in \(Self.workerRange)")
        self.store = store
        queue = store.queue
        self.clock = clock
        self.logger = logger
        self.events = events
        self.lateAfter = lateAfter
        stopFlag = StopFlag()
        crew = Crew(size: workers)
        runner = JobRunner(
            handlers: handlers,
            clock: clock,
            random: random,
            retryPolicy: retryPolicy,
            stopFlag: stopFlag,
            logger: logger
        )
    }

    /// Begins to claim and run jobs; does nothing once the pool was told to stop.
    package func start() {
        queue.sync {
            guard !stopFlag.isRaised else { return }
            precondition(turns.phase == .new, "a pool starts once")
            turns.phase = .running
            turns.timer = clock.makeTimer(on: queue) { [weak self] in self?.timerFired() }
            // Subscribed before the first turn reads the store, so that no job slips in between.
            turns.subscription = events.subscribe { [weak self] in self?.handle($0) }
            store.attach(self)
            announceWork()
        }
    }

    /// When an exchange with the store last came back; nil before the first.
    package var lastTurnAt: Timestamp? { liveness.lastTurnAt }

    /// Whether an exchange has been due or under way for 30 s while workers are free.
    package func isWedged(now: Timestamp) -> Bool {
        crew.hasSleeper && liveness.owed(now: now) >= Self.wedgedAfter
    }

    /// Calls back from the claim loop; for a watchdog.
    package func answer(_ completion: @escaping @Sendable () -> Void) {
        queue.async(execute: completion)
    }

    // MARK: Workers

    func work(as index: Int) {
        let worker = crew[index]
        repeat {
            while let job = crew.next(for: index) {
                let ended =
                    stopFlag.isRaised ? runner.end(job, as: .givenBack) : runner.run(job)
                if let ended { worker.record(ended) }
                ring()
            }
            worker.fallAsleep()
            // A job shelved before the worker fell asleep woke nobody: look once more.
        } while crew.hasWaiting && worker.stayAwake()
        if stopFlag.isRaised { ring() }
    }
}
