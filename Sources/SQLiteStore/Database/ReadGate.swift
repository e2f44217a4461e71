import Dispatch
import Synchronization

/// Keeps reads and the closing of the file apart: GRDB closes a connection that is being read.
final class ReadGate: Sendable {
    private let isClosed = Mutex(false)
    private let passed = Atomic<Int>(0)
    private let reads = DispatchGroup()

    /// How many reads there have been.
    var count: Int { passed.load(ordering: .relaxed) }

    /// Runs a read; throws ``DatabaseFailure/closed`` once the gate is closed.
    func pass<Value>(_ read: () throws -> Value) throws -> Value {
        let isTooLate = isClosed.withLock { isClosed in
            if !isClosed { reads.enter() }
            return isClosed
        }
        if isTooLate { throw DatabaseFailure.closed }
        defer { reads.leave() }
        passed.add(1, ordering: .relaxed)
        return try read()
    }

    /// Lets no further read in, and waits for those under way.
    func close() {
        isClosed.withLock { $0 = true }
        reads.wait()
    }
}
