import Foundation
import Testing
import migrations

@testable import SQLiteStore

@Suite("SQLite store: schema", .timeLimit(.minutes(10)))
struct SchemaTests {
    private static let tests = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let snapshot = tests.appending(path: "schema.sql")
    private static let migrations = tests.deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "migrations")
    private static let refresh = "UPDATE_SCHEMA=1 swift test --filter SchemaTests"

    private func schema() throws -> String {
        try SQLiteSite().with { store in
            let statements = try store.read("schema") { snapshot in
                try snapshot.all(
                    "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name"
                ) { $0.text(0) }
            }
            return statements.map { $0 + ";\n" }.joined(separator: "\n")
        }
    }

    @Test("the migrated schema is the one in schema.sql")
    func isSnapshot() throws {
        let schema = try schema()
        if ProcessInfo.processInfo.environment["UPDATE_SCHEMA"] == "1" {
            try schema.write(to: Self.snapshot, atomically: true, encoding: .utf8)
        }
        #expect(
            try String(contentsOf: Self.snapshot, encoding: .utf8) == schema,
            "refresh it with \(Self.refresh), and review the difference"
        )
    }

    /// SQLite drops a table's triggers and indexes with it: a migration that rebuilds a table has to
    /// make them again, or to say that they go.
    @Test("no trigger and no index has gone but by a DROP")
    func kept() throws {
        let script = ReleasedMigrations.all.map(\.sql).joined(separator: "\n")
            .replacing(/--[^\n]*/, with: "")
        let made = script.matches(of: /CREATE\s+(?:UNIQUE\s+)?(?:TRIGGER|INDEX)\s+(\w+)/)
        let dropped = script.matches(of: /DROP\s+(?:TRIGGER|INDEX)\s+(\w+)/).map(\.1)
        let schema = try schema()
        #expect(made.contains { $0.1 == "notice_job" })
        for name in Set(made.map(\.1)).subtracting(dropped) {
            let isThere = ["TRIGGER", "INDEX"].contains { schema.contains("\($0) \(name) ") }
            #expect(isThere, "\(name) went with its table")
        }
    }

    @Test("every file of migrations/ is released, in the order of its number")
    func released() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.migrations.path)
            .filter { $0.hasSuffix(".sql") }.sorted()
        #expect(ReleasedMigrations.all.map { $0.name + ".sql" } == files)
        for (index, step) in ReleasedMigrations.all.enumerated() {
            let number = String(index + 1)
            let digits = String(repeating: "0", count: 4 - number.count) + number
            #expect(step.name.hasPrefix("m\(digits)_"))
            let file = Self.migrations.appending(path: step.name + ".sql")
            #expect(try String(contentsOf: file, encoding: .utf8) == step.sql)
        }
    }
}
