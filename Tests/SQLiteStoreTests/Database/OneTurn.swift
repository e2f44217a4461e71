import Dispatch
import Synchronization

@testable import SQLiteStore

/// Writes that are made to share one turn of the writer.
final class OneTurn: Sendable {
    typealias Work = @Sendable (Transaction) throws -> Void

    private let gate = DispatchSemaphore(value: 0)
    private let group = DispatchGroup()
    private let results: Mutex<[Result<Void, any Error>?]>

    /// Hands all of `works` to the writer while a turn that writes nothing keeps it busy.
    init(_ writer: Writer, _ works: [Work]) {
        results = Mutex(Array(repeating: nil, count: works.count))
        let entered = DispatchSemaphore(value: 0)
        writer.submit("gate") { [gate] _ in
            entered.signal()
            gate.wait()
        } completion: { _ in
        }
        entered.wait()
        for (index, work) in works.enumerated() {
            group.enter()
            writer.submit("write", work) { [self] result in
                results.withLock { $0[index] = result }
                group.leave()
            }
        }
    }

    /// Lets the turn begin.
    func begin() { gate.signal() }

    /// How many of the callers have been told something.
    var toldCount: Int { results.withLock { $0.count { $0 != nil } } }

    /// Waits until every caller has been told; the outcomes in the order of the works.
    func outcomes() -> [Result<Void, any Error>] {
        group.wait()
        return results.withLock { $0.compactMap(\.self) }
    }

    /// Runs `works` in one turn.
    static func run(_ writer: Writer, _ works: [Work]) -> [Result<Void, any Error>] {
        let turn = OneTurn(writer, works)
        turn.begin()
        return turn.outcomes()
    }
}
