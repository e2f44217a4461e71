/// A queue of nothing but statements, on the product's tables.
final class RawQueue {
    private let database: RawDatabase
    private let insertion: RawStatement
    private let claim: RawStatement
    private let finish: RawStatement
    private var time: Int64 = 1_000_000

    /// Makes the queue in a new file.
    init(path: String, sync: Sync) throws {
        database = try RawDatabase(path: path, sync: sync)
        try database.makeTables()
        insertion = try database.prepare(FloorSQL.insert)
        claim = try database.prepare(FloorSQL.claim)
        finish = try database.prepare(FloorSQL.finish)
    }

    /// Inserts that many jobs in one transaction.
    func insert(_ count: Int = 1) throws {
        try transaction {
            for _ in 0..<count {
                time += 1
                try insertion.run(time)
            }
        }
    }

    /// Claims and finishes everything, batch by batch, each in one transaction; answers how many.
    func drain(batch: Int) throws -> Int {
        var drained = 0
        var claimed: [Int64] = []
        repeat {
            drained += claimed.count
            try transaction {
                time += 1
                for id in claimed { try finish.run(time, id) }
                claimed = try claim.run(time, Int64(batch))
            }
        } while !claimed.isEmpty
        return drained
    }

    private func transaction(_ body: () throws -> Void) throws {
        try database.execute("BEGIN IMMEDIATE")
        try body()
        try database.execute("COMMIT")
    }
}
