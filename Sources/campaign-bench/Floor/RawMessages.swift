/// Messages inserted by nothing but a statement, on the product's table.
final class RawMessages {
    private let database: RawDatabase
    private let insertion: RawStatement

    /// Makes an empty table in a folder of the scenario's.
    init(_ bench: Bench) throws {
        database = try RawDatabase(
            path: "\(try bench.subfolder("floor"))/raw.sqlite3",
            sync: bench.sync
        )
        try database.makeTables()
        insertion = try database.prepare(FloorSQL.insertMessage)
    }

    /// Inserts that many, a build's chunk in each transaction.
    func insert(_ count: Int) throws -> [Double] {
        var inserted = 0
        while inserted < count {
            try database.execute("BEGIN IMMEDIATE")
            for _ in 0..<min(500, count - inserted) {
                inserted += 1
                try insertion.run(Int64(inserted))
            }
            try database.execute("COMMIT")
        }
        return []
    }
}
