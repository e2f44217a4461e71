import Synchronization

/// Raised once, when the pool is told to stop; read by every worker before and during a job.
final class StopFlag: Sendable {
    private let flag = Atomic<Bool>(false)

    var isRaised: Bool { flag.load(ordering: .sequentiallyConsistent) }

    func raise() { flag.store(true, ordering: .sequentiallyConsistent) }
}
