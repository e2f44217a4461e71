import Dispatch
import JobQueue
import Logging
import SQLiteStore
import Synchronization

/// Jobs that do nothing, from claim to finished by eight workers, with their whole history.
///
/// The floor claims and finishes a hundred in each transaction, on one connection, without history.
enum Drain: Scenario {
    static let name = "drain"
    static let standardSize = 100_000
    private static let rounds = 5

    static func run(_ bench: Bench) throws -> [Figure] {
        let open = try bench.openStore()
        defer { try? open.close() }
        try open.store.reconcileKinds(known: [.bench], now: open.clock.now)
        let floor = try bench.openFloor()
        let count = bench.size(in: rounds)
        let comparison = try Comparison(rounds: rounds) {
            try floor.insert(count)
            return try Lap.measure(count) {
                guard try floor.drain(batch: 100) == count else { throw BenchFailure("lost jobs") }
                return []
            }
        } product: {
            try open.enqueue(count)
            return try drain(count, open)
        }
        let figure = Figure(name, "8 workers", comparison)
        return [
            figure.toReach(
                "ratio 0.6 to raw batches of 100, and 30,000/s",
                comparison.ratio >= 0.6 && comparison.product.rate >= 30_000
            )
        ]
    }

    /// From the pool's start until the last end is stored.
    private static func drain(_ count: Int, _ open: OpenStore) throws -> Lap {
        let handler = CountingHandler(kind: .bench, until: count)
        let pool = WorkerPool(
            store: open.store,
            handlers: [handler],
            workers: 8,
            clock: open.clock,
            random: SystemRandom(),
            retryPolicy: { _ in .bench },
            events: open.store.events,
            logger: .bench
        )
        return try Lap.measure(count) {
            pool.start()
            handler.wait()
            guard pool.stop(deadline: .seconds(60)) else { throw BenchFailure("not drained") }
            return []
        }
    }
}

/// Does nothing, and tells when it has done so often enough.
final class CountingHandler: JobHandler {
    let kind: JobKind
    private let wanted: Int
    private let runs = Atomic<Int>(0)
    private let done = DispatchSemaphore(value: 0)

    init(kind: JobKind, until wanted: Int) {
        self.kind = kind
        self.wanted = wanted
    }

    func run(_ job: Job, context: JobContext) -> JobOutcome {
        if runs.add(1, ordering: .relaxed).newValue == wanted { done.signal() }
        return .completed
    }

    func wait() { done.wait() }
}
