import Dispatch
import JobQueue
import SQLiteStore
import Synchronization

/// Claims and finishes through the store's own exchange, one after another, without a pool.
struct Exchanger {
    let open: OpenStore
    private var ended: [EndedAttempt] = []

    init(_ open: OpenStore) {
        self.open = open
    }

    /// Claims `count` jobs in batches, each of which reports the one before; answers the
    /// milliseconds of each exchange.
    mutating func claim(_ count: Int, batch: Int) throws -> [Double] {
        var claimed = 0
        var milliseconds: [Double] = []
        while claimed < count {
            let start = ContinuousClock.now
            let jobs = try exchange(claiming: min(batch, count - claimed))
            milliseconds.append(start.milliseconds)
            guard !jobs.isEmpty else { throw BenchFailure("nothing left to claim") }
            claimed += jobs.count
        }
        return milliseconds
    }

    private mutating func exchange(claiming limit: Int) throws -> [Job] {
        let now = open.clock.now
        let reply = Mutex<Result<WorkBatch, StoreError>?>(nil)
        let done = DispatchSemaphore(value: 0)
        open.store.exchange(
            WorkExchange(ended: ended, claimLimit: limit, now: now, wall: open.clock.wall)
        ) { result in
            reply.withLock { $0 = result }
            done.signal()
        }
        done.wait()
        guard let result = reply.withLock({ $0 }) else {
            preconditionFailure("an exchange that called back has a result")
        }
        let jobs = try result.get().jobs
        ended = jobs.compactMap { job in
            job.claim.map {
                EndedAttempt(claim: $0, startedAt: now, endedAt: now, ending: .completed)
            }
        }
        return jobs
    }
}
