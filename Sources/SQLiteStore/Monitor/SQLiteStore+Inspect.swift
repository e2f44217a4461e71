package import Campaigns
import GRDB
package import JobQueue

extension SQLiteStore {
    package func inspect(deathsSince since: Timestamp) throws(StoreError) -> StoreInspection {
        let settings = try write("inspection") { try $0.settingsInForce() }
        let heldBack = writer.framesHeldBack()
        let expected = try read("schema of migrations") { _ in try Self.objectsOfMigrations() }
        return try read("inspection") { snapshot in
            var inspection = StoreInspection()
            inspection.engineVersion = try snapshot.text(MonitorSQL.engineVersion)
            inspection.settings = settings
            inspection.schemaVersion =
                try snapshot.first(MonitorSQL.schemaVersion) { $0.int(0) } ?? 0
            inspection.schemaDifferences = try snapshot.differences(from: expected)
            inspection.damage = try snapshot.damage(
                ifSmallerThan: Self.bytesRead,
                at: database.path
            )
            inspection.framesHeldBack = heldBack
            inspection.deaths = try snapshot.first(MonitorSQL.deaths, since) { $0.int(0) } ?? 0
            inspection.newestStart = try snapshot.first(MonitorSQL.newestStart) { $0.timestamp(0) }
            return inspection
        }
    }

    /// What a fresh database has after all migrations, by type and name.
    private static func objectsOfMigrations() throws -> [String: String] {
        try DatabaseQueue().write { database in
            for migration in migrationList { try database.execute(sql: migration.sql) }
            return try Snapshot(connection: Connection(database, for: "schema")).objects()
        }
    }

    /// The largest file whose pages are all read.
    private static let bytesRead: Int64 = 256 * 1_024 * 1_024
}

extension Transaction {
    /// The settings of the writer's connection that durability and safety rest on.
    fileprivate func settingsInForce() throws -> [StoreInspection.Setting] {
        try [
            ("journal_mode", "wal", MonitorSQL.journalMode),
            ("synchronous", "2", MonitorSQL.synchronous),
            ("wal_autocheckpoint", "0", MonitorSQL.autoCheckpoint),
            ("foreign_keys", "1", MonitorSQL.foreignKeys),
            ("application_id", "\(DatabaseSettings.applicationID)", MonitorSQL.applicationID),
        ].map { name, wanted, sql in
            StoreInspection.Setting(name: name, wanted: wanted, found: try text(sql))
        }
    }
}

extension Queryable {
    fileprivate func text(_ sql: String) throws -> String {
        try first(sql) { $0.text(0) } ?? ""
    }

    /// Tables, indexes and triggers with their definitions.
    fileprivate func objects() throws -> [String: String] {
        var objects: [String: String] = [:]
        try query(MonitorSQL.objects) { objects[$0.text(0)] = $0.text(1) }
        return objects
    }

    fileprivate func differences(from expected: [String: String]) throws -> [String] {
        let found = try objects()
        let missing = expected.keys.filter { found[$0] == nil }.map { "\($0) is missing" }
        let added = found.keys.filter { expected[$0] == nil }.map { "\($0) is not ours" }
        let changed = expected.filter { found[$0.key] ?? $0.value != $0.value }
            .map { "\($0.key) is not as it was made" }
        return (missing + added + changed).sorted()
    }

    fileprivate func damage(ifSmallerThan limit: Int64, at path: String) throws -> [String]? {
        guard DatabaseFile.bytes(at: path) <= limit else { return nil }
        return try all(MonitorSQL.quickCheck) { $0.text(0) }.filter { $0 != "ok" }
    }
}
