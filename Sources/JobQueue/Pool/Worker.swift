import Dispatch
import Synchronization

/// One worker: a serial queue that runs jobs one after the other, and the shelf of prefetched jobs
/// and ended attempts beside it.
///
/// Each shelf has a lock of its own, contended only while somebody deals, steals or collects: one
/// lock for all workers, taken once a job, was measured to collapse to a sixth of the throughput.
final class Worker: Sendable {
    /// ``frontPriority`` of an empty shelf: less urgent than any job.
    static let nothingWaits = Int.max

    private struct Shelf {
        /// In reverse: the job to run next is the last one, where taking it moves nothing.
        var waiting: [Job] = []
        var ended: [EndedAttempt] = []
    }

    private let shelf = Mutex(Shelf())
    private let front = Atomic<Int>(nothingWaits)
    private let awake = Atomic<Bool>(false)
    /// Serial queues get a thread of their own from libdispatch, so a handler may block it.
    private let queue: DispatchQueue

    init(number: Int) {
        queue = DispatchQueue(label: "campaignd.worker.\(number)")
    }

    // MARK: Jobs

    /// The priority of the job at the front, without taking the lock.
    var frontPriority: Int { front.load(ordering: .acquiring) }

    /// Shelves every `step`-th job, each behind those that are as urgent or more so.
    func shelve(_ jobs: [Job], from first: Int, every step: Int) {
        shelf.withLock { shelf in
            for index in stride(from: first, to: jobs.count, by: step) {
                let job = jobs[index]
                let place = shelf.waiting.firstIndex { $0.priority <= job.priority }
                shelf.waiting.insert(job, at: place ?? shelf.waiting.endIndex)
            }
            publishFront(of: shelf)
        }
    }

    /// Takes the job at the front; nil if somebody was quicker.
    func takeFront() -> Job? {
        shelf.withLock { shelf in
            let job = shelf.waiting.popLast()
            publishFront(of: shelf)
            return job
        }
    }

    /// Takes every waiting job that matches.
    func removeWaiting(where matches: (Job) -> Bool) -> [Job] {
        shelf.withLock { shelf in
            let removed = shelf.waiting.filter(matches)
            if !removed.isEmpty { shelf.waiting.removeAll(where: matches) }
            publishFront(of: shelf)
            return removed
        }
    }

    private func publishFront(of shelf: borrowing Shelf) {
        front.store(shelf.waiting.last?.priority ?? Self.nothingWaits, ordering: .releasing)
    }

    // MARK: Ended attempts

    /// Puts down an ended attempt for the next turn.
    func record(_ attempt: EndedAttempt) {
        shelf.withLock { $0.ended.append(attempt) }
    }

    /// Moves the ended attempts to `ended`; returns how many jobs wait.
    func collect(into ended: inout [EndedAttempt]) -> Int {
        shelf.withLock { shelf in
            ended.append(contentsOf: shelf.ended)
            shelf.ended.removeAll(keepingCapacity: true)
            return shelf.waiting.count
        }
    }

    // MARK: Sleep

    var isAwake: Bool { awake.load(ordering: .sequentiallyConsistent) }

    /// Starts `work` on the worker's queue unless the worker is awake; says whether it did.
    func wake(_ work: @escaping @Sendable () -> Void) -> Bool {
        guard stayAwake() else { return false }
        queue.async(execute: work)
        return true
    }

    /// Lets the next ``wake(_:)`` start work; whoever calls it looks at the shelves once more.
    func fallAsleep() {
        _ = awake.exchange(false, ordering: .sequentiallyConsistent)
    }

    /// Takes a worker that fell asleep back; false if it was awake, or was woken meanwhile.
    func stayAwake() -> Bool {
        !awake.exchange(true, ordering: .sequentiallyConsistent)
    }
}
