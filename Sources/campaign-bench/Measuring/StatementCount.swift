import GRDBSQLite
import Synchronization

/// Counts the SQL statements that this process runs, on every connection opened from `begin` on.
enum StatementCount {
    fileprivate static let statements = Atomic<Int>(0)

    static var value: Int { statements.load(ordering: .relaxed) }

    /// Has SQLite trace each connection that is opened (sqlite.org/c3ref/auto_extension.html).
    static func begin() {
        let entry: @convention(c) (OpaquePointer?) -> Int32 = { connection in
            sqlite3_trace_v2(
                connection,
                UInt32(SQLITE_TRACE_STMT),
                { _, _, _, _ in
                    StatementCount.statements.add(1, ordering: .relaxed)
                    return 0
                },
                nil
            )
        }
        // SQLite declares the entry point without its parameters, and passes them all the same.
        sqlite3_auto_extension(unsafeBitCast(entry, to: (@convention(c) () -> Void).self))
    }
}
