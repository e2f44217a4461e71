import Dispatch
import Foundation

/// Runs blocking work on so many threads at once, and returns when all have ended.
///
/// A thread each, as Dispatch would run no more at once than there are cores.
func atOnce(_ count: Int, _ work: @escaping @Sendable () -> Void) {
    let group = DispatchGroup()
    for _ in 0..<count {
        group.enter()
        Thread.detachNewThread {
            work()
            group.leave()
        }
    }
    group.wait()
}
