import Foundation
import Synchronization
import Testing

@testable import SQLiteStore

@Suite("Database: a damaged file, and the log's reserve", .timeLimit(.minutes(10)))
struct DamageTests {
    let database: TemporaryDatabase

    init() throws { database = try TemporaryDatabase() }

    @Test("a damaged file is found at the start and not written, nor is its log copied into it")
    func damaged() throws {
        let file = try database.open()
        try file.writer.perform("fill") { transaction in
            for number in 1...2_000 { try transaction.insertItem("item \(number)") }
        }
        file.writer.checkpoint()
        try file.writer.perform("in the log") { try $0.insertItem("later") }
        // What a process that died now would leave.
        let copy = try TemporaryDatabase()
        for suffix in ["", "-wal"] {
            let bytes = try Data(contentsOf: URL(filePath: database.path + suffix))
            try bytes.write(to: URL(filePath: copy.path + suffix))
        }
        try file.close()
        try Damage.overwriteMiddle(of: copy.path)
        let before = try Data(contentsOf: URL(filePath: copy.path))
        let failure = #expect(throws: DatabaseFailure.self) {
            try copy.open(checkedBytes: 1_000_000_000)
        }
        guard case .corrupt = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(try Data(contentsOf: URL(filePath: copy.path)) == before)
    }

    @Test("damage that is read later ends all writing")
    func damagedLater() throws {
        let told = TestSignalCount()
        let file = try database.open(onFailure: { _ in told.add() })
        try file.writer.perform("fill") { transaction in
            for number in 1...2_000 { try transaction.insertItem("item \(number)") }
        }
        try file.close()
        try Damage.overwriteEnd(of: database.path, pages: 8)
        let again = try database.open(onFailure: { _ in told.add() })
        #expect(throws: DatabaseFailure.self) { try again.items() }
        #expect(told.count == 1)
        #expect(throws: DatabaseFailure.self) {
            try again.writer.perform("insert") { try $0.insertItem("new") }
        }
    }

    @Test("the log's room is taken before it is needed, and again when the file is closed")
    func reserve() throws {
        let file = try database.open(reservesLog: true)
        try file.writer.perform("insert") { try $0.insertItem("a") }
        #expect(try blocks() * 512 >= WriteAheadLog.reserveBytes)
        try file.close()
        #expect(try blocks() * 512 >= WriteAheadLog.reserveBytes)
        let size = try FileManager.default.attributesOfItem(atPath: database.path + "-wal")[.size]
        #expect(size as? Int == 0)
    }

    private func blocks() throws -> Int {
        var status = stat()
        try #require(stat(database.path + "-wal", &status) == 0)
        return Int(status.st_blocks)
    }
}

/// Counts calls from any thread.
private final class TestSignalCount: Sendable {
    private let state = Mutex(0)

    func add() { state.withLock { $0 += 1 } }

    var count: Int { state.withLock { $0 } }
}
