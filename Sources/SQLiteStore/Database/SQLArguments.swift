import GRDBSQLite

/// Binds the values of one execution to a statement, from the first `?` to the last.
struct SQLArguments {
    /// How many values have been bound.
    private(set) var count: Int32 = 0
    /// The first result code that was not SQLITE_OK.
    private(set) var code = SQLITE_OK
    private let statement: OpaquePointer

    init(of statement: OpaquePointer) {
        self.statement = statement
    }

    mutating func append(_ value: Int64) {
        note(sqlite3_bind_int64(statement, count + 1, value))
    }

    mutating func append(_ value: Double) {
        note(sqlite3_bind_double(statement, count + 1, value))
    }

    mutating func append(_ text: String) {
        note(
            text.withCString { characters in
                sqlite3_bind_text64(
                    statement,
                    count + 1,
                    characters,
                    UInt64(text.utf8.count),
                    Self.copiedBySQLite,
                    UInt8(SQLITE_UTF8)
                )
            }
        )
    }

    mutating func append(_ bytes: [UInt8]) {
        note(
            bytes.withUnsafeBytes { buffer in
                // An empty array has no address, which SQLite would take for NULL.
                buffer.isEmpty
                    ? sqlite3_bind_zeroblob(statement, count + 1, 0)
                    : sqlite3_bind_blob64(
                        statement,
                        count + 1,
                        buffer.baseAddress,
                        UInt64(buffer.count),
                        Self.copiedBySQLite
                    )
            }
        )
    }

    mutating func appendNull() {
        note(sqlite3_bind_null(statement, count + 1))
    }

    private mutating func note(_ code: Int32) {
        count += 1
        if self.code == SQLITE_OK { self.code = code }
    }

    /// SQLITE_TRANSIENT, a macro Swift does not import: a Swift value has no address that would
    /// last until the step.
    private static var copiedBySQLite: sqlite3_destructor_type {
        unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    }
}
