import JobQueue
import Testing

@testable import SQLiteStore

private enum Colour: String, SQLValue {
    case red, blue
}

@Suite("Database: statements", .timeLimit(.minutes(10)))
struct StatementTests {
    let database: TemporaryDatabase
    let file: DatabaseFile

    init() throws {
        database = try TemporaryDatabase()
        file = try database.open()
    }

    @Test("every kind of value comes back as it was bound")
    func roundTrip() throws {
        let text = "a\u{0}b – ☃"
        try file.read("round trip") { snapshot in
            let found: Void? = try snapshot.first(
                "SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?",
                Int64.min,
                7,
                true,
                0.5,
                text,
                [1, 0, 255] as [UInt8],
                nil as String?,
                Colour.blue,
                Timestamp(milliseconds: -1)
            ) { row in
                #expect(row.int64(0) == .min)
                #expect(row.int(1) == 7)
                #expect(row.bool(2))
                #expect(row.double(3) == 0.5)
                #expect(row.text(4) == text)
                #expect(row.blob(5) == [1, 0, 255])
                #expect(row.textOrNil(6) == nil)
                #expect(row.intOrNil(6) == nil)
                #expect(Colour(rawValue: row.text(7)) == .blue)
                #expect(row.timestamp(8) == Timestamp(milliseconds: -1))
                #expect(row.timestampOrNil(6) == nil)
            }
            #expect(found != nil)
        }
    }

    @Test("empty text and empty bytes are not NULL")
    func empty() throws {
        let kinds = try file.read("kinds") { snapshot in
            try snapshot.first("SELECT typeof(?), typeof(?)", "", [] as [UInt8]) {
                [$0.text(0), $0.text(1)]
            }
        }
        #expect(kinds == ["text", "blob"])
    }

    @Test("run counts the rows it changed; first returns what RETURNING says")
    func counts() throws {
        let (changed, id) = try file.writer.perform("fill") { transaction in
            try transaction.insertItem("a")
            try transaction.insertItem("b")
            let changed = try transaction.run("UPDATE item SET name = name || ?", "!")
            let id = try transaction.first(
                "INSERT INTO item (name) VALUES (?) RETURNING id",
                "c"
            ) { $0.int(0) }
            return (changed, id)
        }
        #expect(changed == 2)
        #expect(id == 3)
        #expect(try file.items() == ["a!", "b!", "c"])
    }

    @Test("a list of values known at run time is bound in its order")
    func list() throws {
        let values: [any SQLValue] = ["x", 2, nil as Int?]
        let row = try file.read("list") { snapshot in
            try snapshot.all("SELECT ?, ?, ? IS NULL", list: values) {
                "\($0.text(0)) \($0.int(1)) \($0.bool(2))"
            }
        }
        #expect(row == ["x 2 true"])
    }

    @Test("a statement is ready again after its row closure threw")
    func resetAfterThrow() throws {
        struct Stop: Error {}
        try file.writer.perform("fill") { transaction in
            for name in ["a", "b"] { try transaction.insertItem(name) }
        }
        try file.read("twice") { snapshot in
            let sql = "SELECT name FROM item ORDER BY id"
            #expect(throws: Stop.self) {
                try snapshot.query(sql) { _ in throw Stop() }
            }
            let names = try snapshot.all(sql) { $0.text(0) }
            #expect(names == ["a", "b"])
        }
    }

    @Test("a uniqueness fault says so and names the column, not the value")
    func uniqueness() throws {
        let failure = #expect(throws: DatabaseFailure.self) {
            try file.writer.perform("insert twice") { transaction in
                for _ in 1...2 { try transaction.insertItem("secret") }
            }
        }
        guard case .constraint(let fault) = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(fault.isUniqueness)
        #expect(fault.message.contains("item.name"))
        #expect(!"\(fault)".contains("secret"))
        #expect(fault.operation == "insert twice")
    }

    @Test("a foreign key is checked at once, for a statement of which one row is read")
    func foreignKeyInFirst() throws {
        #expect(throws: DatabaseFailure.self) {
            try file.writer.perform("dangling") { transaction in
                try transaction.run("CREATE TABLE strict_part (item INTEGER REFERENCES item)")
                _ = try transaction.first(
                    "INSERT INTO strict_part VALUES (99) RETURNING item"
                ) { $0.int(0) }
            }
        }
        let tables = try file.read("look") { snapshot in
            try snapshot.all("SELECT name FROM sqlite_schema WHERE type = 'table'") { $0.text(0) }
        }
        #expect(!tables.contains("strict_part"))
    }
}
