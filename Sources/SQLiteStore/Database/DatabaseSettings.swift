import CSQLite
import GRDB
import GRDBSQLite

/// How a commit reaches the disk.
package enum Durability: Sendable {
    /// Every commit is synced before it is reported: what the product promises.
    case full
    /// Commits survive a crash of the program but not of the machine; for benchmarks.
    case normal

    fileprivate var synchronous: Int { self == .full ? 2 : 1 }
}

/// What every connection is set to, and the proof that it took effect.
enum DatabaseSettings {
    /// "cmpd" in ASCII: marks the file as ours (sqlite.org/pragma.html#pragma_application_id).
    static let applicationID = 0x636D_7064
    /// How long a statement waits for another program's lock before it is `busy`.
    static let busyTimeoutMilliseconds: Int32 = 5_000
    /// Reads that run at once; more of them wait.
    static let readerCount = 4
    /// Faults of a damaged file that are told.
    private static let reportedFaults = 10
    /// The writer's page cache.
    static let writerCacheKiB = 16 * 1_024
    /// The page cache of one reader.
    static let readerCacheKiB = 2 * 1_024

    /// What holds for every connection of the process; told to SQLite once, before its first use.
    ///
    /// Nobody asks how much memory SQLite uses, and counting it was a seventh of draining a queue.
    /// A process that used SQLite before goes on counting.
    static let process: Void = { _ = csqlite_count_no_memory() }()

    static func configuration(path: String) -> Configuration {
        var configuration = Configuration()
        configuration.label = "campaignd.database"
        configuration.busyMode = .timeout(Double(busyTimeoutMilliseconds) / 1_000)
        configuration.maximumReaderCount = readerCount
        configuration.persistentReadOnlyConnections = true
        configuration.prepareDatabase { database in
            try demandOurs(database, path: path)
            try prepare(database)
        }
        return configuration
    }

    /// Sets what GRDB undid while it opened the pool, and what concerns the writer alone.
    ///
    /// GRDB sets `synchronous = NORMAL` after `prepareDatabase` has run. Each setting is read back
    /// on the connection that writes: a durability that is only believed in is none.
    static func prepareWriter(_ database: Database, durability: Durability) throws {
        try database.execute(
            sql: """
                PRAGMA synchronous = \(durability.synchronous);
                PRAGMA wal_autocheckpoint = 0;
                PRAGMA cache_size = -\(writerCacheKiB);
                PRAGMA journal_size_limit = \(WriteAheadLog.reserveBytes);
                """
        )
        let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode") ?? ""
        guard mode == "wal" else {
            throw DatabaseFailure.settingNotInForce(
                name: "journal_mode",
                wanted: "wal",
                found: mode
            )
        }
        try demand("synchronous", durability.synchronous, database)
        try demand("wal_autocheckpoint", 0, database)
        try demand("foreign_keys", 1, database)
        if try value("application_id", database) != applicationID {
            try database.execute(sql: "PRAGMA application_id = \(applicationID)")
        }
    }

    private static func prepare(_ database: Database) throws {
        try database.execute(
            sql: """
                PRAGMA temp_store = MEMORY;
                PRAGMA mmap_size = 0;
                PRAGMA wal_autocheckpoint = 0;
                PRAGMA cache_size = -\(readerCacheKiB);
                """
        )
        // Keeps the -wal file when the last connection closes; SQLite would unlink it.
        var persists: CInt = 1
        sqlite3_file_control(
            database.sqliteConnection,
            "main",
            SQLITE_FCNTL_PERSIST_WAL,
            &persists
        )
    }

    /// Throws where the file bears another program's mark, or none and is not empty.
    static func demandOurs(_ database: Database, path: String) throws {
        guard try isOurs(database) else { throw DatabaseFailure.foreign(path: path) }
    }

    /// Reads the whole file and throws where it is damaged; writes nothing.
    ///
    /// - Parameter check: `integrity_check`, or `quick_check`, which does not compare indexes with
    ///   their tables.
    static func demandIntegrity(_ database: Database, _ check: String, of path: String) throws {
        let report = try String.fetchAll(database, sql: "PRAGMA \(check)(\(reportedFaults))")
        guard report != ["ok"] else { return }
        throw DatabaseFailure.corrupt(
            SQLiteFault(
                operation: "\(check) of \(path)",
                code: SQLITE_CORRUPT,
                message: report.joined(separator: "; ")
            )
        )
    }

    /// Whether the file bears our mark, or is empty still.
    private static func isOurs(_ database: Database) throws -> Bool {
        if try value("application_id", database) == applicationID { return true }
        return try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") == 0
    }

    private static func demand(_ name: String, _ wanted: Int, _ database: Database) throws {
        let found = try value(name, database)
        guard found == wanted else {
            throw DatabaseFailure.settingNotInForce(
                name: name,
                wanted: "\(wanted)",
                found: found.map { "\($0)" } ?? "nothing"
            )
        }
    }

    private static func value(_ name: String, _ database: Database) throws -> Int? {
        try Int.fetchOne(database, sql: "PRAGMA \(name)")
    }
}
