import GRDBSQLite
import JobQueue

/// The row a statement stands on; valid only inside the closure it was given to.
///
/// Columns count from 0. A value of another type is converted by SQLite's rules, so NULL reads as
/// 0 or "" where the accessor is not an `OrNil` one (sqlite.org/c3ref/column_blob.html): the
/// tables are STRICT and NOT NULL, and a statement reads what its table declares.
struct SQLRow {
    private let statement: OpaquePointer

    init(of statement: OpaquePointer) {
        self.statement = statement
    }

    func isNull(_ column: Int) -> Bool {
        sqlite3_column_type(statement, Int32(column)) == SQLITE_NULL
    }

    func int64(_ column: Int) -> Int64 {
        sqlite3_column_int64(statement, Int32(column))
    }

    func int64OrNil(_ column: Int) -> Int64? {
        isNull(column) ? nil : int64(column)
    }

    func int(_ column: Int) -> Int {
        Int(int64(column))
    }

    func intOrNil(_ column: Int) -> Int? {
        isNull(column) ? nil : int(column)
    }

    func bool(_ column: Int) -> Bool {
        int64(column) != 0
    }

    func double(_ column: Int) -> Double {
        sqlite3_column_double(statement, Int32(column))
    }

    func doubleOrNil(_ column: Int) -> Double? {
        isNull(column) ? nil : double(column)
    }

    func text(_ column: Int) -> String {
        // The text is asked for before its length, as SQLite demands: it may convert.
        guard let characters = sqlite3_column_text(statement, Int32(column)) else { return "" }
        let count = Int(sqlite3_column_bytes(statement, Int32(column)))
        return String(
            decoding: UnsafeBufferPointer(start: characters, count: count),
            as: UTF8.self
        )
    }

    func textOrNil(_ column: Int) -> String? {
        isNull(column) ? nil : text(column)
    }

    func blob(_ column: Int) -> [UInt8] {
        guard let bytes = sqlite3_column_blob(statement, Int32(column)) else { return [] }
        let count = Int(sqlite3_column_bytes(statement, Int32(column)))
        return [UInt8](UnsafeRawBufferPointer(start: bytes, count: count))
    }

    func blobOrNil(_ column: Int) -> [UInt8]? {
        isNull(column) ? nil : blob(column)
    }

    func timestamp(_ column: Int) -> Timestamp {
        Timestamp(milliseconds: int64(column))
    }

    func timestampOrNil(_ column: Int) -> Timestamp? {
        isNull(column) ? nil : timestamp(column)
    }
}
