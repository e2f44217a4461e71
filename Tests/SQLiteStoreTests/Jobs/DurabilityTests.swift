import Testing

@testable import SQLiteStore

@Suite("SQLite store: what its writer is set to", .timeLimit(.minutes(10)))
struct DurabilityTests {
    private func setting(_ name: String, _ store: SQLiteStore) throws -> Int? {
        try store.write("pragma") { transaction in
            try transaction.first("PRAGMA \(name)") { $0.int(0) }
        }
    }

    @Test("the living writer syncs every commit and leaves checkpoints to us")
    func writer() throws {
        try SQLiteSite().with { store in
            let (synchronous, autocheckpoint, foreignKeys) = (
                try setting("synchronous", store), try setting("wal_autocheckpoint", store),
                try setting("foreign_keys", store)
            )
            // 2 is FULL (sqlite.org/pragma.html#pragma_synchronous).
            #expect(synchronous == 2)
            #expect(autocheckpoint == 0)
            #expect(foreignKeys == 1)
        }
    }
}
