import APITypes
import Dispatch
import Foundation
import Synchronization

/// Eight operators who enqueue the same campaign again and again, all at once.
final class Crowd: Sendable {
    static let operators = 8

    private let jobs = Mutex<[JobBody]>([])
    private let fault = Mutex<(any Error)?>(nil)
    private let group = DispatchGroup()

    /// Lets them begin, each on a thread of its own; each stops at its first failure.
    init(_ desk: Operator, enqueueing spec: String, times: Int) {
        for _ in 0..<Self.operators {
            group.enter()
            Thread.detachNewThread { [self] in
                defer { group.leave() }
                do {
                    for _ in 0..<times {
                        let job = try desk.read(JobBody.self, "enqueue", "-", input: spec)
                        jobs.withLock { $0.append(job) }
                    }
                } catch {
                    fault.withLock { $0 = error }
                }
            }
        }
    }

    /// Whether all have ended within so many milliseconds.
    func hasEnded(within milliseconds: Int) -> Bool {
        group.wait(timeout: .now() + .milliseconds(milliseconds)) == .success
    }

    /// Waits for the end and answers what they were told; throws the last failure, if any.
    func enqueued() throws -> [JobBody] {
        group.wait()
        if let fault = fault.withLock({ $0 }) { throw fault }
        return jobs.withLock { $0 }
    }
}
