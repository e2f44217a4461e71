import GRDB
import Glibc
package import JobQueue

/// The open database: one writer, several readers, one file.
///
/// The process that opens it holds the instance lock. No other code of the process may open or
/// close the file or its `-wal` and `-shm`: closing any descriptor of theirs drops SQLite's locks
/// (sqlite.org/howtocorrupt.html, 2.2).
package final class DatabaseFile: Sendable {
    /// Where the database lies.
    package let path: String
    /// The one way to write.
    package let writer: Writer
    private let pool: DatabasePool
    private let log: WriteAheadLog
    let gate = ReadGate()
    private let reservesLog: Bool

    /// Opens the database and brings its schema up to date.
    ///
    /// - Parameters:
    ///   - migrations: every migration ever released, in order; the last is the schema wanted.
    ///   - now: the time to record with migrations.
    ///   - mayCreate: whether a database that does not exist is made, or is `missing`.
    ///   - reservesLog: whether the log keeps its room on the disk, now and when it is closed.
    ///   - checkedBytes: up to which size the whole file is checked before anything is written.
    ///   - space: looked at before each turn of the writer.
    ///   - onFailure: told once when nothing may be written any more; see `Writer`.
    /// - Throws: `DatabaseFailure`.
    package init(
        path: String,
        migrations: [Migration],
        now: Timestamp,
        mayCreate: Bool,
        durability: Durability = .full,
        reservesLog: Bool = false,
        checkedBytes: Int64 = 0,
        space: SpaceGuard? = nil,
        onFailure: @escaping @Sendable (DatabaseFailure) -> Void = { _ in }
    ) throws {
        guard mayCreate || access(path, F_OK) == 0 else {
            throw DatabaseFailure.missing(path: path)
        }
        DatabaseSettings.process
        if reservesLog { WriteAheadLog.reserve(for: path) }
        let log = WriteAheadLog()
        do {
            try Self.check(path, upTo: checkedBytes)
            pool = try DatabasePool(
                path: path,
                configuration: DatabaseSettings.configuration(path: path)
            )
            try pool.writeWithoutTransaction { database in
                try DatabaseSettings.prepareWriter(database, durability: durability)
                try log.watch(database)
                try Migrator(migrations).migrate(database, at: path, now: now)
            }
        } catch let error as DatabaseError {
            throw DatabaseFailure(error, operation: "opening the database")
        }
        self.path = path
        self.log = log
        self.reservesLog = reservesLog
        writer = Writer(pool, log: log, space: space, onFailure: onFailure)
    }

    /// Throws where the file is damaged; a larger one is not read.
    ///
    /// On a connection that cannot write: the last one to close copies the log into the file.
    private static func check(_ path: String, upTo bytes: Int64) throws {
        var status = stat()
        guard stat(path, &status) == 0, (1...max(1, bytes)).contains(Int64(status.st_size)) else {
            return
        }
        var configuration = Configuration()
        configuration.readonly = true
        let file = try DatabaseQueue(path: path, configuration: configuration)
        defer { try? file.close() }
        try file.read { try DatabaseSettings.demandIntegrity($0, "quick_check", of: path) }
    }

    /// Reads in one snapshot of what was committed when the first statement ran.
    ///
    /// Runs on the calling thread, and waits while all readers are taken. Not to be nested, and not
    /// to span anything slow.
    package func read<Value>(
        _ label: StaticString,
        _ work: (Snapshot) throws -> Value
    ) throws -> Value {
        do {
            return try gate.pass {
                try pool.read { database in
                    try work(Snapshot(connection: Connection(database, for: label)))
                }
            }
        } catch let error as DatabaseError {
            throw DatabaseFailure(error, operation: label)
        } catch let failure as DatabaseFailure {
            if case .corrupt = failure { writer.stop(for: failure) }
            throw failure
        }
    }

    /// Makes a stamped and verified copy on a reader's connection; writes go on meanwhile.
    ///
    /// While it lasts, the write-ahead log cannot begin anew.
    func backUp(to path: String, now: Timestamp) throws {
        do {
            // VACUUM refuses a transaction; one statement is one snapshot by itself.
            try pool.unsafeRead { try DatabaseCopy(at: path).make(from: $0, now: now) }
        } catch let error as DatabaseError {
            throw DatabaseFailure(error, operation: "backup")
        }
    }

    /// Ends the waiting writes, checkpoints, and closes every connection.
    ///
    /// Later reads and writes throw. Not to be called from a completion or inside a read.
    package func close() throws {
        writer.close()
        gate.close()
        do {
            try pool.close()
        } catch let error as DatabaseError {
            throw DatabaseFailure(error, operation: "closing the database")
        }
        // The last checkpoint gave the room back.
        if reservesLog { WriteAheadLog.reserve(for: path) }
    }
}

extension DatabaseFile {
    /// The file's size, without opening it.
    static func bytes(at path: String) -> Int64 {
        var information = stat()
        return stat(path, &information) == 0 ? Int64(information.st_size) : 0
    }
}
