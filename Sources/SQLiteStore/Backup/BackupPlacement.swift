import GRDB
import Glibc
package import JobQueue

/// Puts a copy of a backup in the place of a data folder's database.
///
/// The process holds the instance lock and has nothing open there.
package struct BackupPlacement {
    /// When the backup was taken.
    package let takenAt: Timestamp
    /// The folder that has the old database now; nil where there was none.
    package let setAside: String?

    /// Where the copy has to lie, and a log of its own behind it with `-wal`, to be placed.
    package static func arrival(in folder: String) -> String {
        "\(folder)/\(StoreOptions.fileName).restoring"
    }

    /// Verifies the copy, stamps it, moves the old database aside, and gives the copy its name.
    ///
    /// Nothing is moved before the copy is known to be good. Throws `DatabaseFailure`.
    package init(in folder: String, now: Timestamp) throws {
        let arrival = Self.arrival(in: folder)
        do {
            try Self.demandKnownSchema(of: arrival)
            takenAt = try DatabaseCopy.stampAndVerify(arrival, stamp: BackupStamp(takenAt: now))
                .takenAt
            let database = "\(folder)/\(StoreOptions.fileName)"
            try SystemFile.sync(arrival)
            setAside = try Self.moveAside(database, in: folder, now: now)
            try SystemFile.publish(arrival, as: database)
        } catch let error as DatabaseError {
            throw DatabaseFailure(error, operation: "restoring")
        }
    }

    private static func demandKnownSchema(of path: String) throws {
        let copy = try DatabaseQueue(path: path)
        defer { try? copy.close() }
        try copy.writeWithoutTransaction { database in
            try DatabaseSettings.demandOurs(database, path: path)
            try Migrator(SQLiteStore.migrationList).demandKnown(database)
        }
    }

    /// Moves the log first: left beside the new database, SQLite would take it for its own.
    ///
    /// The database keeps its name as well, until the new one takes it.
    private static func moveAside(_ database: String, in folder: String, now: Timestamp) throws
        -> String?
    {
        guard access(database, F_OK) == 0 else { return nil }
        let time = "\(now)".filter { $0 != ":" }
        let aside = "\(folder)/before-restore-\(time)"
        guard mkdir(aside, 0o750) == 0 else { throw SystemFile.failure("making \(aside)") }
        let kept = "\(aside)/\(StoreOptions.fileName)"
        guard link(database, kept) == 0 else { throw SystemFile.failure("linking \(kept)") }
        for suffix in ["-wal", "-shm"] {
            guard rename(database + suffix, kept + suffix) == 0 || errno == ENOENT else {
                throw SystemFile.failure("moving \(database)\(suffix)")
            }
        }
        try SystemFile.sync(aside)
        return aside
    }
}
