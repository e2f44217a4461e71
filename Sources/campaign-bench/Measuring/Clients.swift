import Foundation
import Synchronization

/// Threads that each do the same, as clients that block.
enum Clients {
    /// Runs `work` on that many threads, each with its index; joins what they answer.
    static func run(
        _ count: Int,
        _ work: @escaping @Sendable (Int) throws -> [Double]
    ) throws -> [Double] {
        let results = Mutex<Result<[Double], any Error>>(.success([]))
        let group = DispatchGroup()
        for index in 0..<count {
            group.enter()
            Thread.detachNewThread {
                let own = Result { try work(index) }
                results.withLock { joined in
                    joined = joined.flatMap { all in own.map { all + $0 } }
                }
                group.leave()
            }
        }
        group.wait()
        return try results.withLock { $0 }.get()
    }
}
