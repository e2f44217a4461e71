import Foundation
import GRDB
import JobQueue
import Testing

@testable import SQLiteStore

@Suite("Database: backup and restore", .timeLimit(.minutes(10)))
struct BackupTests {
    let database: TemporaryDatabase

    init() throws { database = try TemporaryDatabase() }

    @Test("a backup holds what was committed when it began, and nothing waits for it")
    func consistent() throws {
        try database.with { file in
            try file.writer.perform("before") { try $0.insertItem("before") }
            try file.backUp(to: copyPath, now: Timestamp(milliseconds: 5_000))
            try file.writer.perform("after") { try $0.insertItem("after") }
        }
        let copy = try DatabaseQueue(path: copyPath)
        #expect(
            try copy.read { try String.fetchAll($0, sql: "SELECT name FROM item") } == ["before"]
        )
        #expect(try files().filter { $0.hasPrefix("copy") } == ["copy.sqlite3"])
    }

    @Test("a backup that cannot be made leaves the one before it, and nothing else")
    func unwritable() throws {
        try database.with { file in
            try file.backUp(to: copyPath, now: Timestamp(milliseconds: 5_000))
            let before = try Data(contentsOf: URL(filePath: copyPath))
            let blocked = database.folder.appending(path: "none/copy.sqlite3").path
            #expect(throws: DatabaseFailure.self) {
                try file.backUp(to: blocked, now: Timestamp(milliseconds: 6_000))
            }
            #expect(try Data(contentsOf: URL(filePath: copyPath)) == before)
        }
    }

    @Test("a placed backup takes the database's place, which is kept with its log")
    func placement() throws {
        let folder = try makeFolder(campaignDatabase: true)
        try arrive(in: folder)
        let placement = try BackupPlacement(in: folder, now: Timestamp(milliseconds: 9_000))
        let aside = try #require(placement.setAside)
        let kept = try FileManager.default.contentsOfDirectory(atPath: aside)
        #expect(kept.contains(StoreOptions.fileName))
        #expect(kept.contains(StoreOptions.fileName + "-wal"))
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        #expect(!names.contains { $0.hasSuffix("-wal") || $0.contains("restoring") })
        let queue = try DatabaseQueue(path: "\(folder)/\(StoreOptions.fileName)")
        let stamp = try queue.read {
            try String.fetchOne($0, sql: BackupSQL.setting, arguments: [FileIdentity.stampName])
        }
        // Not stamped when it came: it bears the time at which it was restored.
        #expect(stamp?.hasSuffix(" 1970-01-01T00:00:09.000Z") == true)
    }

    @Test(
        "what is no good as a backup is refused before anything is moved",
        arguments: ["text", "damaged", "foreign", "newer"]
    )
    func refused(kind: String) throws {
        let folder = try makeFolder(campaignDatabase: true)
        try arrive(in: folder)
        let arrival = BackupPlacement.arrival(in: folder)
        switch kind {
        case "text": try Data("no database at all".utf8).write(to: URL(filePath: arrival))
        case "damaged": try Damage.overwriteMiddle(of: arrival)
        case "foreign":
            try DatabaseQueue(path: arrival).write {
                try $0.execute(sql: "PRAGMA application_id = 7")
            }
        default:
            try DatabaseQueue(path: arrival).write {
                try $0.execute(
                    sql: "INSERT INTO schema_migration VALUES (9999, 'later', '', 0)"
                )
            }
        }
        #expect(throws: DatabaseFailure.self) {
            try BackupPlacement(in: folder, now: Timestamp(milliseconds: 9_000))
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(names.contains(StoreOptions.fileName))
        #expect(!names.contains { $0.hasPrefix("before-restore") })
    }

    private var copyPath: String { database.folder.appending(path: "copy.sqlite3").path }

    private func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: database.folder.path).sorted()
    }

    private func makeFolder(campaignDatabase: Bool) throws -> String {
        let folder = database.folder.appending(path: "data").path
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true
        )
        try SQLiteStore.open(
            StoreOptions(folder: folder, version: "1", mayCreate: true, runsJobs: false)
        ).store.database.close()
        return folder
    }

    /// Lays a copy of the folder's own database where a backup arrives.
    private func arrive(in folder: String) throws {
        try FileManager.default.copyItem(
            atPath: "\(folder)/\(StoreOptions.fileName)",
            toPath: BackupPlacement.arrival(in: folder)
        )
    }
}

/// Ways to damage a database file.
enum Damage {
    /// Overwrites all pages but the first, so that the file opens and is no good.
    static func overwriteMiddle(of path: String) throws {
        try overwrite(path) { _ in 4_096 + 2 }
    }

    /// Overwrites the last pages, which are read late.
    static func overwriteEnd(of path: String, pages: UInt64) throws {
        try overwrite(path) { $0 - pages * 4_096 }
    }

    private static func overwrite(_ path: String, from start: (UInt64) -> UInt64) throws {
        let handle = try FileHandle(forUpdating: URL(filePath: path))
        let end = try handle.seekToEnd()
        try handle.seek(toOffset: start(end))
        try handle.write(contentsOf: Data(repeating: 0x5A, count: Int(end - start(end))))
        try handle.close()
    }
}
