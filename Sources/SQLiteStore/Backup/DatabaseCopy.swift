import GRDB
import JobQueue

/// A copy of the database under a name of its own: stamped, verified and synced.
struct DatabaseCopy {
    /// Where the finished copy lies.
    let path: String
    /// Where it grows until it has been verified.
    private var partialPath: String { path + ".partial" }

    init(at path: String) {
        self.path = path
    }

    /// Makes the copy as of the moment the first page is read, in place of what lies at the path.
    ///
    /// Holds one read transaction and no lock that a writer waits for. Needs as much disk space as
    /// the database holds data. Throws `DatabaseFailure`; then there is nothing at the path that was
    /// not there before.
    func make(from database: Database, now: Timestamp) throws {
        SystemFile.removeDatabase(partialPath)
        do {
            try database.execute(sql: "VACUUM INTO ?", arguments: [partialPath])
            try Self.stampAndVerify(partialPath, stamp: BackupStamp(takenAt: now))
            try SystemFile.publish(partialPath, as: path)
        } catch {
            SystemFile.removeDatabase(partialPath)
            throw (error as? DatabaseError).map { DatabaseFailure($0, operation: "backup") }
                ?? error
        }
    }

    /// Checks the whole of a copy and writes a stamp into it, unless it has one.
    ///
    /// Takes in a log that lies beside it, and leaves a single file. Returns the stamp.
    @discardableResult
    static func stampAndVerify(_ path: String, stamp: BackupStamp) throws -> BackupStamp {
        let copy = try DatabaseQueue(path: path)
        defer { try? copy.close() }
        return try copy.writeWithoutTransaction { database in
            try DatabaseSettings.demandOurs(database, path: path)
            try DatabaseSettings.demandIntegrity(database, "integrity_check", of: path)
            // Nobody reads the copy beside us, so it needs no log; this folds one in and removes it.
            try database.execute(sql: "PRAGMA journal_mode = DELETE")
            return try stamp.write(to: database)
        }
    }
}
