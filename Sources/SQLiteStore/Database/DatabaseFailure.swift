import GRDB
import GRDBSQLite

/// Why the database refused or failed; each case says what to do next.
package enum DatabaseFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// The disk, or the room given to the database, is full. Nothing of the write was stored.
    case full(SQLiteFault)
    /// The operating system failed to read, write or lock. Nothing of the write was stored.
    case io(SQLiteFault)
    /// Memory ran out. Nothing of the write was stored.
    case outOfMemory(SQLiteFault)
    /// Another program kept the file locked for longer than the busy timeout.
    case busy(SQLiteFault)
    /// The file is damaged, or it is no database.
    case corrupt(SQLiteFault)
    /// The file or its folder may not be opened or written by this user.
    case notPermitted(SQLiteFault)
    /// A constraint refused the values; the rest of the transaction stands.
    case constraint(SQLiteFault)
    /// SQLite refused the statement itself: a fault of this program.
    case statement(SQLiteFault)
    /// COMMIT failed and could not be taken back: the write may appear after a restart.
    case outcomeUnknown(SQLiteFault)
    /// The writer has this many writes waiting and takes no more.
    case overloaded(waiting: Int)
    /// The database was closed.
    case closed
    /// There is no database at this path, and none may be created.
    case missing(path: String)
    /// The file at this path is a database of another program.
    case foreign(path: String)
    /// A setting that durability rests on did not take effect.
    case settingNotInForce(name: String, wanted: String, found: String)
    /// The file was written by a newer version of this program.
    case schemaTooNew(found: Int, supported: Int)
    /// A migration that was applied earlier reads differently now, or is no longer listed.
    case migrationChanged(version: Int, name: String)
    /// A migration failed and was rolled back; the database has the schema it had before it.
    case migrationFailed(version: Int, name: String, reason: String)
    /// The copy made before a migration failed; the database was left as it was.
    case backupFailed(path: String, reason: String)

    package var description: String {
        switch self {
        case .full(let fault):
            "\(fault); nothing was stored: free disk space and try again"
        case .io(let fault):
            "\(fault); nothing was stored: look at the disk and the kernel log, then try again"
        case .outOfMemory(let fault):
            "\(fault); nothing was stored: free memory and try again"
        case .busy(let fault):
            "\(fault): end the other program that holds the database, then try again"
        case .corrupt(let fault):
            "\(fault): stop, keep the files, and restore a backup"
        case .notPermitted(let fault):
            "\(fault): check the owner and mode of the data folder and its files"
        case .constraint(let fault), .statement(let fault):
            "\(fault): report this with the version"
        case .outcomeUnknown(let fault):
            "\(fault); the write may or may not be stored: repeat it under the same idempotency key, "
                + "which is safe; the daemon ends, and its next start finds out"
        case .overloaded(let waiting):
            "\(waiting) writes are waiting for the disk: try again in a moment"
        case .closed:
            "the database is closed: start the program again"
        case .missing(let path):
            "there is no database at \(path): start campaignd, which creates it"
        case .foreign(let path):
            "\(path) belongs to another program: choose another data folder"
        case .settingNotInForce(let name, let wanted, let found):
            "SQLite has \(name) = \(found) where \(wanted) was set: report this with the version"
        case .schemaTooNew(let found, let supported):
            "the database has schema \(found), this program knows \(supported): "
                + "install the newer version again"
        case .migrationChanged(let version, let name):
            "migration \(version) (\(name)) is not the one that was applied: "
                + "install the version that wrote the database, or a later release"
        case .migrationFailed(let version, let name, let reason):
            "migration \(version) (\(name)) failed: \(reason); it was rolled back"
        case .backupFailed(let path, let reason):
            "no backup at \(path) before the migration: \(reason); the database is as it was"
        }
    }
}

/// What SQLite said: the operation that failed, the extended result code, the message.
///
/// Never holds a bound value.
package struct SQLiteFault: Sendable, Equatable, CustomStringConvertible {
    /// What was being done: the label of the write or read.
    package let operation: String
    /// The extended result code (sqlite.org/rescode.html).
    package let code: Int32
    /// SQLite's own words.
    package let message: String

    package var description: String { "\(operation): \(message) (SQLite \(code))" }

    /// Whether a UNIQUE or PRIMARY KEY constraint refused.
    package var isUniqueness: Bool {
        switch ResultCode(rawValue: code) {
        case .SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY, .SQLITE_CONSTRAINT_ROWID:
            true
        default: false
        }
    }
}

extension DatabaseFailure {
    /// Classes an extended result code.
    init(code: Int32, message: String, operation: StaticString) {
        let fault = SQLiteFault(
            operation: "\(operation)",
            code: code,
            message: message
        )
        self =
            switch code & 0xFF {
            case SQLITE_FULL: .full(fault)
            case SQLITE_IOERR, SQLITE_PROTOCOL: .io(fault)
            case SQLITE_NOMEM: .outOfMemory(fault)
            case SQLITE_BUSY, SQLITE_LOCKED: .busy(fault)
            case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt(fault)
            case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_READONLY, SQLITE_AUTH: .notPermitted(fault)
            case SQLITE_CONSTRAINT: .constraint(fault)
            default: .statement(fault)
            }
    }

    init(_ error: DatabaseError, operation: StaticString) {
        // GRDB's own word for a pool that was closed.
        if error.resultCode == .SQLITE_MISUSE {
            self = .closed
        } else {
            self.init(
                code: error.extendedResultCode.rawValue,
                message: error.message ?? error.resultCode.description,
                operation: operation
            )
        }
    }

    /// What later writes get where this one was the last.
    var afterwards: DatabaseFailure {
        if case .outcomeUnknown(let fault) = self { .io(fault) } else { self }
    }

    /// The fault, where the disk or memory failed rather than the statement.
    var resourceFault: SQLiteFault? {
        switch self {
        case .full(let fault), .io(let fault), .outOfMemory(let fault): fault
        default: nil
        }
    }
}
