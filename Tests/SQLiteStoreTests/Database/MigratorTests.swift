import Foundation
import JobQueue
import Testing

@testable import SQLiteStore

@Suite("Database: migrations", .timeLimit(.minutes(10)))
struct MigratorTests {
    let database: TemporaryDatabase
    let first = Migration(
        version: 1,
        name: "parents",
        sql: """
            CREATE TABLE parent (id INTEGER PRIMARY KEY) STRICT;
            CREATE TABLE child (parent INTEGER NOT NULL REFERENCES parent ON DELETE CASCADE) STRICT;
            INSERT INTO parent VALUES (1), (2);
            INSERT INTO child VALUES (1), (2);
            """
    )
    let rebuild = Migration(
        version: 2,
        name: "rebuild",
        sql: """
            CREATE TABLE new_parent (id INTEGER PRIMARY KEY, name TEXT) STRICT;
            INSERT INTO new_parent SELECT id, NULL FROM parent;
            DROP TABLE parent;
            ALTER TABLE new_parent RENAME TO parent;
            """
    )

    init() throws { database = try TemporaryDatabase() }

    @Test("a new database gets every step once, with its time, and no backup")
    func fresh() throws {
        for _ in 1...2 { try database.open([first, rebuild]).close() }
        let steps = try read([first, rebuild]) { snapshot in
            try snapshot.all("SELECT version, name, applied_at FROM schema_migration") {
                "\($0.int(0)) \($0.text(1)) \($0.int(2))"
            }
        }
        #expect(steps == ["1 parents 1000", "2 rebuild 1000"])
        #expect(try backups() == [])
    }

    @Test("an older database is copied beside itself, then brought up to date")
    func backup() throws {
        try database.open([first]).close()
        try database.open([first, rebuild]).close()
        #expect(try backups() == ["test.sqlite3.before-2"])
        let copy = try TemporaryDatabase()
        try FileManager.default.moveItem(atPath: database.path + ".before-2", toPath: copy.path)
        let file = try copy.open([first])
        #expect(
            try file.read("old") { try $0.all("SELECT id FROM parent") { $0.int(0) } } == [1, 2]
        )
        try file.close()
    }

    @Test("rebuilding a table deletes nothing that refers to it")
    func rebuildKeepsChildren() throws {
        try database.open([first]).close()
        let children = try read([first, rebuild]) { snapshot in
            try snapshot.all("SELECT parent FROM child") { $0.int(0) }
        }
        #expect(children == [1, 2])
    }

    @Test("foreign keys are enforced again after a migration")
    func foreignKeysAfterwards() throws {
        let file = try database.open([first])
        #expect(throws: DatabaseFailure.self) {
            try file.writer.perform("dangling") { try $0.run("INSERT INTO child VALUES (99)") }
        }
        try file.close()
    }

    @Test(
        "a step that fails is rolled back whole and named",
        arguments: [
            "CREATE TABLE half (id); CREATE TABLE child (id)", "DELETE FROM parent WHERE id = 1",
        ]
    )
    func failingStep(sql: String) throws {
        try database.open([first]).close()
        let failure = #expect(throws: DatabaseFailure.self) {
            try database.open([first, Migration(version: 2, name: "bad", sql: sql)])
        }
        guard case .migrationFailed(2, "bad", _) = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        let tables = try read([first]) { snapshot in
            try snapshot.all("SELECT name FROM sqlite_schema WHERE name = 'half'") { $0.text(0) }
        }
        #expect(tables == [])
        #expect(
            try read([first]) { try $0.first("SELECT count(*) FROM parent") { $0.int(0) } } == 2
        )
    }

    @Test("a database of a newer version is refused")
    func newer() throws {
        try database.open([first, rebuild]).close()
        #expect(throws: DatabaseFailure.schemaTooNew(found: 2, supported: 1)) {
            try database.open([first])
        }
    }

    @Test("a step that was changed after it was applied is refused by name")
    func changed() throws {
        try database.open([first]).close()
        let edited = Migration(version: 1, name: first.name, sql: first.sql + "-- edited")
        #expect(throws: DatabaseFailure.migrationChanged(version: 1, name: "parents")) {
            try database.open([edited, rebuild])
        }
        #expect(try backups() == [])
    }

    @Test("without a backup there is no migration")
    func noBackup() throws {
        try database.open([first]).close()
        let taken = database.path + ".before-2"
        try FileManager.default.createDirectory(
            atPath: taken + "/full",
            withIntermediateDirectories: true
        )
        let failure = #expect(throws: DatabaseFailure.self) { try database.open([first, rebuild]) }
        guard case .backupFailed(path: taken, _) = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(try backups() == ["test.sqlite3.before-2"])
        #expect(throws: Never.self) { try database.open([first]).close() }
    }

    @Test("a backup left by an earlier attempt is replaced")
    func staleBackup() throws {
        try database.open([first]).close()
        try Data("stale".utf8).write(to: URL(filePath: database.path + ".before-2"))
        try database.open([first, rebuild]).close()
        let header = try Data(contentsOf: URL(filePath: database.path + ".before-2")).prefix(6)
        #expect(header == Data("SQLite".utf8))
    }

    private func read<Value>(
        _ migrations: [Migration],
        _ work: (Snapshot) throws -> Value
    ) throws -> Value {
        let file = try database.open(migrations)
        defer { try? file.close() }
        return try file.read("look", work)
    }

    private func backups() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: database.folder.path)
            .filter { $0.contains(".before-") }
    }
}
