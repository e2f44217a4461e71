import GRDBSQLite
import SQLiteStore

/// SQLite by its C API, with nothing between: the floor.
///
/// The tables and indexes are the product's, and so are journal, page cache and durability.
final class RawDatabase {
    private let handle: OpaquePointer

    /// Makes the product's tables in a new file, or opens one that has them.
    init(path: String, sync: Sync) throws {
        var opened: OpaquePointer?
        let code = sqlite3_open(path, &opened)
        guard code == SQLITE_OK, let opened else { throw BenchFailure("opening \(path): \(code)") }
        handle = opened
        try execute(
            """
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = \(sync == .full ? "FULL" : "NORMAL");
            PRAGMA temp_store = MEMORY;
            PRAGMA cache_size = -16384;
            PRAGMA wal_autocheckpoint = 4000;
            """
        )
    }

    deinit { sqlite3_close_v2(handle) }

    /// Makes the product's tables.
    func makeTables() throws {
        for migration in SQLiteStore.migrationList { try execute(migration.sql) }
    }

    /// Runs statements without values.
    func execute(_ sql: String) throws {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw failure(sql) }
    }

    /// Prepares a statement for many uses.
    func prepare(_ sql: String) throws -> RawStatement {
        var statement: OpaquePointer?
        guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK, let statement
        else { throw failure(sql) }
        return RawStatement(statement)
    }

    private func failure(_ sql: String) -> BenchFailure {
        BenchFailure("\(String(cString: sqlite3_errmsg(handle))): \(sql.prefix(200))")
    }
}

/// A prepared statement whose values are all whole numbers.
final class RawStatement {
    private let statement: OpaquePointer

    init(_ statement: OpaquePointer) {
        self.statement = statement
    }

    deinit { sqlite3_finalize(statement) }

    /// Runs it to its end; answers the first column of every row.
    @discardableResult
    func run(_ values: Int64...) throws -> [Int64] {
        for (index, value) in values.enumerated() {
            sqlite3_bind_int64(statement, Int32(index + 1), value)
        }
        var numbers: [Int64] = []
        defer { sqlite3_reset(statement) }
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: numbers.append(sqlite3_column_int64(statement, 0))
            case SQLITE_DONE: return numbers
            case let code: throw BenchFailure("a statement of the floor failed: \(code)")
            }
        }
    }
}
