import GRDB
import GRDBSQLite

/// One use of an SQLite connection, by one write or one read: prepares, binds, steps.
///
/// GRDB keeps the connection and the cache of statements; the statements are stepped here directly,
/// which costs a fifth of `execute(sql:)`. Not Sendable: it lives as long as the closure it serves.
final class Connection {
    /// What is being done, for the errors.
    let operation: StaticString
    /// Why SQLite rolled the whole transaction back, once it has.
    ///
    /// A full disk, an I/O error and lack of memory do that, savepoints or not
    /// (sqlite.org/lang_transaction.html). A statement stepped after it would commit by itself, so
    /// none is: each one throws this again. Only a connection made inside a transaction loses one.
    private(set) var lostBy: DatabaseFailure?
    private let hadTransaction: Bool
    private let database: Database
    private let handle: OpaquePointer

    init(_ database: Database, for operation: StaticString) throws(DatabaseFailure) {
        guard let handle = database.sqliteConnection else { throw .closed }
        self.operation = operation
        self.database = database
        self.handle = handle
        hadTransaction = sqlite3_get_autocommit(handle) == 0
    }

    /// Whether a transaction is open on the connection.
    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// The rows that the last INSERT, UPDATE or DELETE changed.
    var changeCount: Int { Int(sqlite3_changes64(handle)) }

    var lastInsertedID: Int64 { sqlite3_last_insert_rowid(handle) }

    /// Finds or prepares the statement, and binds one value to each of its parameters.
    func bound<each Value: SQLValue>(
        _ sql: String,
        _ values: repeat each Value
    ) throws(DatabaseFailure) -> BoundStatement {
        let statement = try prepared(sql)
        var arguments = SQLArguments(of: statement)
        repeat (each values).bind(to: &arguments)
        return try bound(statement, arguments)
    }

    /// The same for a list of values that is only known at run time.
    func bound(
        _ sql: String,
        list values: [any SQLValue]
    ) throws(DatabaseFailure) -> BoundStatement {
        let statement = try prepared(sql)
        var arguments = SQLArguments(of: statement)
        for value in values { value.bind(to: &arguments) }
        return try bound(statement, arguments)
    }

    /// Steps the statement once; false when it is done.
    func step(_ statement: OpaquePointer) throws(DatabaseFailure) -> Bool {
        switch sqlite3_step(statement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw failure(code)
        }
    }

    /// Runs statements that take no values, the first fault ending them.
    func execute(script sql: String) throws(DatabaseFailure) {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        if code != SQLITE_OK { throw failure(code) }
    }

    private func prepared(_ sql: String) throws(DatabaseFailure) -> OpaquePointer {
        if let lostBy { throw lostBy }
        do {
            return try database.cachedStatement(sql: sql).sqliteStatement
        } catch let error as DatabaseError {
            throw failure(error.extendedResultCode.rawValue)
        } catch {
            throw failure(SQLITE_INTERNAL)
        }
    }

    private func bound(
        _ statement: OpaquePointer,
        _ arguments: SQLArguments
    ) throws(DatabaseFailure) -> BoundStatement {
        precondition(
            arguments.count == sqlite3_bind_parameter_count(statement),
            "\(operation): a statement was given \(arguments.count) values"
        )
        let bound = BoundStatement(statement, on: self)
        guard arguments.code == SQLITE_OK else {
            let failure = failure(arguments.code)
            bound.reset()
            throw failure
        }
        return bound
    }

    private func failure(_ code: Int32) -> DatabaseFailure {
        let failure = DatabaseFailure(
            code: code,
            message: String(cString: sqlite3_errmsg(handle)),
            operation: operation
        )
        if hadTransaction, !isInTransaction, lostBy == nil { lostBy = failure }
        return failure
    }
}

/// A cached statement with its values, ready to step; reset after every use, whatever happened.
struct BoundStatement {
    private let statement: OpaquePointer
    private let connection: Connection

    init(_ statement: OpaquePointer, on connection: Connection) {
        self.statement = statement
        self.connection = connection
    }

    func run() throws(DatabaseFailure) {
        defer { reset() }
        while try connection.step(statement) {}
    }

    func forEach(_ body: (SQLRow) throws -> Void) throws {
        defer { reset() }
        while try connection.step(statement) { try body(SQLRow(of: statement)) }
    }

    func first<Value>(_ read: (SQLRow) throws -> Value) throws -> Value? {
        defer { reset() }
        return try connection.step(statement) ? try read(SQLRow(of: statement)) : nil
    }

    func reset() {
        // The result repeats the error of the last step, which has been thrown by then.
        sqlite3_reset(statement)
        sqlite3_clear_bindings(statement)
    }
}
