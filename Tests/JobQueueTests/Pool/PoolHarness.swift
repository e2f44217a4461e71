import Dispatch
import Logging
import TestSupport

@testable import JobQueue

/// A handler made of a closure.
struct ClosureHandler: JobHandler {
    var kind = JobKind.create
    var body: @Sendable (Job, JobContext) throws -> JobOutcome

    func run(_ job: Job, context: JobContext) throws -> JobOutcome { try body(job, context) }
}

/// A pool over a stub store, with what a test watches.
struct PoolHarness {
    let store = StubJobStore()
    let clock = ManualClock()
    let log = Recorder<String>()
    let pool: WorkerPool

    init(workers: Int, handlers: [any JobHandler]) {
        let sink = log
        let logger = Logger(label: "test") { _ in RecordingLogHandler(sink: sink) }
        pool = WorkerPool(
            store: store,
            handlers: handlers,
            workers: workers,
            clock: clock,
            random: FixedRandom(0),
            retryPolicy: { _ in
                RetryPolicy(
                    backoff: Backoff(first: .seconds(10), maximum: .seconds(60)),
                    maxAttempts: 20
                )
            },
            events: store.events,
            logger: logger
        )
    }

    init(workers: Int, _ body: @escaping @Sendable (Job, JobContext) throws -> JobOutcome) {
        self.init(workers: workers, handlers: [ClosureHandler(body: body)])
    }

    /// Returns once the pool has taken every turn that is due, given that no handler is running.
    func settle() {
        repeat {
            store.flushReplies()
            pool.laneQueue.sync {}
            pool.queue.sync {}
        } while pool.queue.sync { pool.turns.exchange != nil }
    }

    /// The ids of the jobs that ended so, in the order of their commits.
    func ended(as ending: AttemptEnding) -> [Int64] {
        store.ended.elements.filter { $0.ending == ending }.map(\.claim.jobID)
    }
}

/// Keeps each line as `level: message`.
struct RecordingLogHandler: LogHandler {
    let sink: Recorder<String>
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    init(sink: Recorder<String>) { self.sink = sink }

    func log(event: LogEvent) { sink.append("\(event.level): \(event.message)") }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }
}
