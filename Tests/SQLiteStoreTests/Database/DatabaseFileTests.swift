import Foundation
import GRDB
import JobQueue
import Testing

@testable import SQLiteStore

@Suite("Database: opening", .timeLimit(.minutes(10)))
struct DatabaseFileTests {
    let database: TemporaryDatabase

    init() throws { database = try TemporaryDatabase() }

    @Test(
        "the settings are in force on the connection that writes",
        arguments: [
            ("synchronous", "2"), ("wal_autocheckpoint", "0"), ("journal_mode", "wal"),
            ("foreign_keys", "1"), ("temp_store", "2"), ("mmap_size", "0"),
            ("cache_size", "-16384"), ("busy_timeout", "5000"), ("application_id", "1668116580"),
        ]
    )
    func writerSettings(name: String, wanted: String) throws {
        try database.with { file in
            let found = try file.writer.perform("read a setting") { transaction in
                try transaction.first("PRAGMA \(name)") { $0.text(0) }
            }
            #expect(found == wanted)
        }
    }

    @Test("the weaker durability is set only where it is asked for")
    func durability() throws {
        let file = try DatabaseFile(
            path: database.path,
            migrations: [],
            now: .init(milliseconds: 0),
            mayCreate: true,
            durability: .normal
        )
        let found = try file.writer.perform("read a setting") { transaction in
            try transaction.first("PRAGMA synchronous") { $0.int(0) }
        }
        #expect(found == 1)
        try file.close()
    }

    @Test("a snapshot cannot write")
    func snapshotsRead() throws {
        try database.with { file in
            let failure = #expect(throws: DatabaseFailure.self) {
                try file.read("delete") { try $0.query("DELETE FROM item") { _ in } }
            }
            guard case .notPermitted = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
        }
    }

    @Test("a snapshot does not see what is committed while it reads")
    func snapshotsStandStill() throws {
        try database.with { file in
            let counts = try file.read("count twice") { snapshot in
                try ["a", "b"].map { name in
                    let count = try snapshot.first("SELECT count(*) FROM item") { $0.int(0) }
                    try file.writer.perform("insert") { try $0.insertItem(name) }
                    return count
                }
            }
            #expect(counts == [0, 0])
            #expect(try file.items().count == 2)
        }
    }

    @Test("the log stays when the database is closed, and all of it has been copied")
    func persistentLog() throws {
        try database.with { file in
            try file.writer.perform("insert") { try $0.insertItem("a") }
        }
        #expect(FileManager.default.fileExists(atPath: database.path + "-wal"))
        try FileManager.default.removeItem(atPath: database.path + "-wal")
        #expect(try database.with { try $0.items() } == ["a"])
    }

    @Test("a database that may not be created is missing, and no file appears")
    func missing() throws {
        #expect(throws: DatabaseFailure.missing(path: database.path)) {
            try DatabaseFile(
                path: database.path,
                migrations: TemporaryDatabase.schema,
                now: .init(milliseconds: 0),
                mayCreate: false
            )
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: database.folder.path) == [])
    }

    @Test("a database of another program is refused and left as it was")
    func foreign() throws {
        let other = try DatabaseQueue(path: database.path)
        try other.write { try $0.execute(sql: "CREATE TABLE theirs (id)") }
        try other.close()
        let before = try Data(contentsOf: URL(filePath: database.path))
        #expect(throws: DatabaseFailure.foreign(path: database.path)) { try database.open() }
        #expect(try Data(contentsOf: URL(filePath: database.path)) == before)
    }

    @Test("a file that is no database is corrupt")
    func garbage() throws {
        try Data("no database, but long enough to look at".utf8)
            .write(to: URL(filePath: database.path))
        let failure = #expect(throws: DatabaseFailure.self) { try database.open() }
        guard case .corrupt = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
    }

    @Test("a folder that does not exist is an error that names the operation")
    func noFolder() throws {
        let failure = #expect(throws: DatabaseFailure.self) {
            try DatabaseFile(
                path: database.path + "/none/x",
                migrations: [],
                now: .init(milliseconds: 0),
                mayCreate: true
            )
        }
        #expect(failure?.description.hasPrefix("opening the database: ") == true)
    }

    @Test("reading and writing after close fail, closing twice does not")
    func closed() throws {
        let file = try database.open()
        try file.close()
        try file.close()
        #expect(throws: DatabaseFailure.closed) { try file.items() }
        #expect(throws: DatabaseFailure.closed) {
            try file.writer.perform("late") { try $0.insertItem("late") }
        }
    }
}
