import GRDB
import JobQueue

/// Brings a database to the newest schema, each step in a transaction of its own.
///
/// The table `schema_migration` keeps the text of every step applied. A text that differs now, or a
/// step this program does not know, is refused before anything is touched.
struct Migrator {
    private let migrations: [Migration]

    init(_ migrations: [Migration]) {
        precondition(
            migrations.enumerated().allSatisfy { $0.element.version == $0.offset + 1 },
            "migrations are numbered from 1 without gaps"
        )
        self.migrations = migrations
    }

    /// Applies what is missing; a database that has a schema already is copied beside itself first.
    func migrate(_ database: Database, at path: String, now: Timestamp) throws {
        let applied = try applied(database)
        try check(applied)
        let missing = migrations.dropFirst(applied.count)
        guard let newest = missing.last else { return }
        if !applied.isEmpty {
            try backUp(database, to: "\(path).before-\(newest.version)", now: now)
        }
        // A step may rebuild a table, which must not delete what refers to it; the step ends with
        // a check of all references (sqlite.org/lang_altertable.html#otheralter).
        try database.execute(sql: "PRAGMA foreign_keys = OFF")
        for migration in missing { try apply(migration, to: database, now: now) }
        try database.execute(sql: "PRAGMA foreign_keys = ON")
    }

    /// Throws where the database has steps that this program does not know, or others than it does.
    func demandKnown(_ database: Database) throws {
        try check(applied(database))
    }

    private func backUp(_ database: Database, to path: String, now: Timestamp) throws {
        do {
            try DatabaseCopy(at: path).make(from: database, now: now)
        } catch {
            throw DatabaseFailure.backupFailed(path: path, reason: "\(error)")
        }
    }

    private func applied(_ database: Database) throws -> [Migration] {
        guard try database.tableExists("schema_migration") else { return [] }
        return try Row.fetchAll(
            database,
            sql: "SELECT version, name, sql FROM schema_migration ORDER BY version"
        ).map { Migration(version: $0[0], name: $0[1], sql: $0[2]) }
    }

    private func check(_ applied: [Migration]) throws {
        if let newest = applied.last, newest.version > migrations.count {
            throw DatabaseFailure.schemaTooNew(
                found: newest.version,
                supported: migrations.count
            )
        }
        for (then, now) in zip(applied, migrations) where then != now {
            throw DatabaseFailure.migrationChanged(version: then.version, name: then.name)
        }
    }

    private func apply(_ migration: Migration, to database: Database, now: Timestamp) throws {
        do {
            try database.inTransaction(.immediate) {
                try database.execute(
                    sql: """
                        CREATE TABLE IF NOT EXISTS schema_migration (
                            version    INTEGER PRIMARY KEY,
                            name       TEXT    NOT NULL,
                            sql        TEXT    NOT NULL,
                            applied_at INTEGER NOT NULL
                        ) STRICT
                        """
                )
                try database.execute(sql: migration.sql)
                try database.checkForeignKeys()
                try database.execute(
                    sql: "INSERT INTO schema_migration VALUES (?, ?, ?, ?)",
                    arguments: [
                        migration.version, migration.name, migration.sql, now.milliseconds,
                    ]
                )
                return .commit
            }
        } catch let error as DatabaseError {
            throw DatabaseFailure.migrationFailed(
                version: migration.version,
                name: migration.name,
                reason: DatabaseFailure(error, operation: "statement").description
            )
        }
    }
}
