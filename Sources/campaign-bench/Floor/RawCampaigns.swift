/// The rows of a campaign's order, inserted by nothing but statements, on the product's tables.
final class RawCampaigns {
    private let database: RawDatabase
    private let insertions: [RawStatement]
    private var number: Int64 = 0

    /// Makes empty tables in a folder of the scenario's.
    init(_ bench: Bench) throws {
        let database = try RawDatabase(
            path: "\(try bench.subfolder("floor-campaigns"))/raw.sqlite3",
            sync: bench.sync
        )
        try database.makeTables()
        insertions = try FloorSQL.insertOrder.map { try database.prepare($0) }
        self.database = database
    }

    /// Inserts that many in one transaction.
    func insert(_ count: Int) throws {
        try database.execute("BEGIN IMMEDIATE")
        for _ in 0..<count {
            number += 1
            for insertion in insertions { try insertion.run(number) }
        }
        try database.execute("COMMIT")
    }
}
