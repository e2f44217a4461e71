import Foundation
import JobQueue

@testable import SQLiteStore

/// A database in a folder of its own, deleted with the value.
final class TemporaryDatabase: Sendable {
    static let schema = [
        Migration(
            version: 1,
            name: "items",
            sql: """
                CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
                CREATE TABLE part (
                    item INTEGER NOT NULL REFERENCES item DEFERRABLE INITIALLY DEFERRED
                ) STRICT;
                """
        )
    ]

    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory
            .appending(path: "campaignd-database-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    var path: String { folder.appending(path: "test.sqlite3").path }

    func open(
        _ migrations: [Migration] = schema,
        checkedBytes: Int64 = 0,
        reservesLog: Bool = false,
        onFailure: @escaping @Sendable (DatabaseFailure) -> Void = { _ in }
    ) throws -> DatabaseFile {
        try DatabaseFile(
            path: path,
            migrations: migrations,
            now: Timestamp(milliseconds: 1_000),
            mayCreate: true,
            reservesLog: reservesLog,
            checkedBytes: checkedBytes,
            onFailure: onFailure
        )
    }

    /// Opens the database, gives it to `body`, and closes it.
    func with<Value>(_ body: (DatabaseFile) throws -> Value) throws -> Value {
        let file = try open()
        do {
            let value = try body(file)
            try file.close()
            return value
        } catch {
            try? file.close()
            throw error
        }
    }
}

extension DatabaseFile {
    /// The names of the items stored, in the order of their ids.
    func items() throws -> [String] {
        try read("list items") { try $0.items() }
    }
}

extension Queryable {
    func items() throws -> [String] {
        try all("SELECT name FROM item ORDER BY id") { $0.text(0) }
    }
}

extension Transaction {
    func insertItem(_ name: String) throws {
        try run("INSERT INTO item (name) VALUES (?)", name)
    }
}
