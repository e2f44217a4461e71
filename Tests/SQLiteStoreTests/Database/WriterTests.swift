import Dispatch
import Foundation
import GRDB
import Synchronization
import Testing

@testable import SQLiteStore

private struct Refusal: Error, Equatable {}

@Suite("Database: writer", .timeLimit(.minutes(10)))
struct WriterTests {
    let database: TemporaryDatabase
    let file: DatabaseFile

    init() throws {
        database = try TemporaryDatabase()
        file = try database.open()
    }

    @Test("perform returns what the work returned, after it was committed")
    func perform() throws {
        let value = try file.writer.perform("insert") { transaction in
            try transaction.insertItem("a")
            return transaction.lastInsertedID
        }
        #expect(value == 1)
        #expect(try file.items() == ["a"])
    }

    @Test("writes that wait together are committed together")
    func groupCommit() throws {
        let before = file.writer.statistics
        let outcomes = OneTurn.run(
            file.writer,
            (1...50).map { number in { try $0.insertItem("item \(number)") } }
        )
        #expect(outcomes.allSatisfy { (try? $0.get()) != nil })
        let after = file.writer.statistics
        #expect(after.writes - before.writes == 51)
        #expect(after.turns - before.turns == 2)
        #expect(after.commits - before.commits == 2)
        #expect(try file.items() == (1...50).map { "item \($0)" })
    }

    @Test("a write that throws undoes itself and leaves its neighbours alone")
    func throwingWrite() throws {
        let outcomes = OneTurn.run(
            file.writer,
            [
                { try $0.insertItem("a") },
                { transaction in
                    try transaction.insertItem("b")
                    throw Refusal()
                },
                { try $0.insertItem("c") },
            ]
        )
        #expect(throws: Never.self) { try outcomes[0].get() }
        #expect(throws: Refusal.self) { try outcomes[1].get() }
        #expect(throws: Never.self) { try outcomes[2].get() }
        #expect(try file.items() == ["a", "c"])
        #expect(file.writer.statistics.turnsRunAgain == 0)
    }

    @Test("what follows a write up shares its commit and sees what it wrote")
    func followUp() throws {
        let before = file.writer.statistics
        let seen = Mutex<[String]>([])
        try file.writer.perform("lead") { transaction in
            try transaction.insertItem("a")
            transaction.followUp {
                Write("follow") { follower in
                    let items = try follower.items()
                    seen.withLock { $0 = items }
                    try follower.insertItem("b")
                } completion: { _ in
                }
            }
        }
        #expect(seen.withLock { $0 } == ["a"])
        #expect(try file.items() == ["a", "b"])
        #expect(file.writer.statistics.commits == before.commits + 1)
        #expect(file.writer.statistics.writes == before.writes + 2)
    }

    @Test("what follows a write up fails alone, and does not run where the write fails")
    func failingFollowUp() throws {
        let ends = Mutex<[Bool]>([])
        let works: [OneTurn.Work] = [false, true].map { fails in
            { transaction in
                try transaction.insertItem(fails ? "b" : "a")
                transaction.followUp {
                    Write("follow") { follower in
                        try follower.insertItem("c")
                        throw Refusal()
                    } completion: { result in
                        ends.withLock { $0.append((try? result.get()) == nil) }
                    }
                }
                if fails { throw Refusal() }
            }
        }
        let outcomes = OneTurn.run(file.writer, works)
        #expect(throws: Never.self) { try outcomes[0].get() }
        #expect(throws: Refusal.self) { try outcomes[1].get() }
        file.writer.queue.sync {}
        #expect(ends.withLock { $0 } == [true])
        #expect(try file.items() == ["a"])
    }

    @Test("a follower that fills the file fails alone, though SQLite drops the whole transaction")
    func fullFollowUp() throws {
        try limitPages(20)
        let offers = Atomic(0)
        let error = Mutex<(any Error)?>(nil)
        try file.writer.perform("lead") { transaction in
            try transaction.insertItem("a")
            transaction.followUp {
                guard offers.add(1, ordering: .relaxed).newValue == 1 else { return nil }
                return Write("follow") { follower in
                    try follower.insertItem(String(repeating: "b", count: 1_000_000))
                } completion: { result in
                    if case .failure(let failure) = result { error.withLock { $0 = failure } }
                }
            }
        }
        file.writer.queue.sync {}
        #expect(error.withLock { $0 } is DatabaseFailure)
        #expect(try file.items() == ["a"])
        #expect(file.writer.statistics.turnsRunAgain == 1)
    }

    @Test("a lone write that throws leaves nothing behind")
    func loneThrow() throws {
        #expect(throws: Refusal.self) {
            try file.writer.perform("refuse") { transaction in
                try transaction.insertItem("a")
                throw Refusal()
            }
        }
        #expect(try file.items() == [])
    }

    @Test("a constraint that fails at COMMIT fails the write that broke it alone")
    func deferredConstraint() throws {
        let outcomes = OneTurn.run(
            file.writer,
            [
                { try $0.insertItem("a") },
                { _ = try $0.run("INSERT INTO part (item) VALUES (99)") },
                { try $0.insertItem("c") },
            ]
        )
        #expect(throws: DatabaseFailure.self) { try outcomes[1].get() }
        #expect(try file.items() == ["a", "c"])
        #expect(file.writer.statistics.turnsRunAgain == 1)
    }

    @Test("a write that fills the file fails alone, though SQLite drops the whole transaction")
    func fullAtStatement() throws {
        try limitPages(20)
        let outcomes = OneTurn.run(
            file.writer,
            [
                { try $0.insertItem("a") },
                { try $0.insertItem(String(repeating: "b", count: 1_000_000)) },
                { try $0.insertItem("c") },
            ]
        )
        try expectFull(outcomes[1])
        #expect(try file.items() == ["a", "c"])
    }

    @Test("a write that catches such an error can store nothing after it")
    func swallowedFull() throws {
        try limitPages(20)
        let outcomes = OneTurn.run(
            file.writer,
            [
                { try $0.insertItem("a") },
                { transaction in
                    try? transaction.insertItem(String(repeating: "b", count: 1_000_000))
                    try? transaction.insertItem("stray")
                },
                { try $0.insertItem("c") },
            ]
        )
        try expectFull(outcomes[1])
        #expect(try file.items() == ["a", "c"])
    }

    @Test("actions run after the commit, in order, before the caller is told")
    func afterCommit() throws {
        let steps = Mutex<[String]>([])
        let outcomes = OneTurn.run(
            file.writer,
            ["a", "b"].map { name in
                { transaction in
                    try transaction.insertItem(name)
                    transaction.afterCommit { steps.withLock { $0.append("\(name)1") } }
                    transaction.afterCommit { steps.withLock { $0.append("\(name)2") } }
                }
            }
        )
        #expect(outcomes.count == 2)
        #expect(steps.withLock { $0 } == ["a1", "a2", "b1", "b2"])

        try file.writer.perform("told last") { transaction in
            transaction.afterCommit { steps.withLock { $0.append("action") } }
        }
        #expect(steps.withLock { $0.last } == "action")
    }

    @Test("the actions of a write that fails are dropped; run again, they are called once")
    func actionsOfFailures() throws {
        try limitPages(20)
        let steps = Mutex<[String]>([])
        let names = ["a", String(repeating: "b", count: 1_000_000), "c"]
        _ = OneTurn.run(
            file.writer,
            names.map { name in
                { transaction in
                    transaction.afterCommit { steps.withLock { $0.append(name) } }
                    try transaction.insertItem(name)
                }
            }
        )
        #expect(steps.withLock { $0 } == ["a", "c"])
    }

    @Test("completions come in the order of the commits")
    func completions() throws {
        let order = Mutex<[Int]>([])
        let done = DispatchSemaphore(value: 0)
        for number in 1...20 {
            file.writer.submit("number") {
                try $0.insertItem("\(number)")
            } completion: { _ in
                order.withLock { $0.append(number) }
                if number == 20 { done.signal() }
            }
        }
        done.wait()
        #expect(order.withLock { $0 } == Array(1...20))
    }

    @Test("writes from many threads are all stored, each once")
    func manyThreads() throws {
        let failures = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            for number in 0..<50 {
                do {
                    try file.writer.perform("one of many") {
                        try $0.insertItem("\(thread)-\(number)")
                    }
                } catch { failures.withLock { $0 += 1 } }
            }
        }
        #expect(failures.withLock { $0 } == 0)
        #expect(Set(try file.items()).count == 400)
        #expect(file.writer.statistics.writes == 400)
    }

    @Test("after close, writes are refused and what waited is stored")
    func close() throws {
        let turn = OneTurn(file.writer, (1...5).map { n in { try $0.insertItem("\(n)") } })
        turn.begin()
        try file.close()
        #expect(turn.toldCount == 5)
        #expect(throws: DatabaseFailure.closed) {
            try file.writer.perform("late") { try $0.insertItem("late") }
        }
        let again = try database.open()
        #expect(try again.items() == ["1", "2", "3", "4", "5"])
        try again.close()
    }

    @Test("the log is copied when it is long, and begins anew")
    func longLog() throws {
        try file.writer.perform("table") { transaction in
            try transaction.run("CREATE TABLE page (content BLOB NOT NULL) STRICT")
        }
        let bytes = [UInt8](repeating: 7, count: 4_000)
        for _ in 1...3 {
            try file.writer.perform("fill") { transaction in
                for _ in 1...WriteAheadLog.checkpointFrames / 2 {
                    try transaction.run("INSERT INTO page VALUES (?)", bytes)
                }
            }
        }
        try file.writer.perform("last") { try $0.insertItem("last") }
        let statistics = file.writer.statistics
        #expect(statistics.checkpoints == 1)
        #expect(statistics.logBytes < WriteAheadLog.checkpointFrames * 4_120)
    }

    @Test("a log that grew very long is cut to its reserve once all of it was copied")
    func veryLongLog() throws {
        let bytes = [UInt8](repeating: 7, count: 4_000)
        try file.writer.perform("fill") { transaction in
            try transaction.run("CREATE TABLE page (content BLOB NOT NULL) STRICT")
            for _ in 1...WriteAheadLog.restartFrames {
                try transaction.run("INSERT INTO page VALUES (?)", bytes)
            }
        }
        #expect(try logFileBytes() > 60_000_000)
        file.writer.checkpoint()
        try file.writer.perform("later") { try $0.insertItem("later") }
        #expect(try logFileBytes() == WriteAheadLog.reserveBytes)
        #expect(try file.items() == ["later"])
    }

    @Test("while another program holds the file, every writer is told busy")
    func busy() throws {
        try file.writer.perform("be impatient") { transaction in
            try transaction.query("PRAGMA busy_timeout = 1") { _ in }
        }
        let other = try DatabaseQueue(path: database.path)
        let refusals = Mutex(0)
        try other.inDatabase { connection in
            try connection.execute(sql: "BEGIN IMMEDIATE")
            DispatchQueue.concurrentPerform(iterations: 8) { number in
                do {
                    try file.writer.perform("insert") { try $0.insertItem("\(number)") }
                } catch DatabaseFailure.busy {
                    refusals.withLock { $0 += 1 }
                } catch {
                    Issue.record("\(error)")
                }
            }
            try connection.execute(sql: "ROLLBACK")
        }
        #expect(refusals.withLock { $0 } == 8)
        #expect(file.writer.statistics.turnsRunAgain == 0)
        try file.writer.perform("later") { try $0.insertItem("later") }
        #expect(try file.items() == ["later"])
    }

    @Test("when too many writes wait, the next is refused at once")
    func overloaded() throws {
        let turn = OneTurn(file.writer, [])
        let done = DispatchGroup()
        for _ in 1...Writer.waitingLimit {
            done.enter()
            file.writer.submit("nothing", { _ in }, completion: { _ in done.leave() })
        }
        #expect(throws: DatabaseFailure.overloaded(waiting: Writer.waitingLimit)) {
            try file.writer.perform("too many") { try $0.insertItem("a") }
        }
        turn.begin()
        done.wait()
        try file.writer.perform("later") { try $0.insertItem("later") }
        #expect(try file.items() == ["later"])
    }

    /// Asks for the size without opening the file.
    private func logFileBytes() throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: database.path + "-wal")
        return attributes[.size] as? Int ?? -1
    }

    private func limitPages(_ count: Int) throws {
        try file.writer.perform("limit the file") { transaction in
            try transaction.query("PRAGMA max_page_count = \(count)") { _ in }
        }
    }

    private func expectFull(_ outcome: Result<Void, any Error>) throws {
        guard case .failure(let error) = outcome, case DatabaseFailure.full = error else {
            Issue.record("\(outcome)")
            return
        }
    }
}
