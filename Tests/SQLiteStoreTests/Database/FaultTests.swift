import CFaultVFS
import GRDBSQLite
import Synchronization
import Testing

@testable import SQLiteStore

/// One way for the disk to fail.
struct DiskFault: Sendable, CustomTestStringConvertible {
    let operation: fault_operation
    let code: Int32
    /// Whether the call does its work before it fails.
    let isLate: Bool
    /// How many calls fail in a row.
    let count: Int32
    /// Whether the turn is the first of a new log, which begins with a header.
    let isLogNew: Bool

    var testDescription: String {
        "\(operation == FAULT_ON_SYNC ? "sync" : "write") \(code)"
            + " x\(count)\(isLate ? " late" : "")\(isLogNew ? " new log" : "")"
    }

    /// A full disk.
    static let full = every([(FAULT_ON_WRITE, SQLITE_FULL)], counts: [1, 2, 4, 1_000_000])
    /// SQLITE_IOERR_FSYNC and SQLITE_IOERR_WRITE, which only COMMIT meets here.
    static let broken = every(
        [(FAULT_ON_SYNC, SQLITE_IOERR | 4 << 8), (FAULT_ON_WRITE, SQLITE_IOERR | 3 << 8)],
        counts: [1, 1_000_000]
    )

    private static func every(_ kinds: [(fault_operation, Int32)], counts: [Int32]) -> [DiskFault] {
        kinds.flatMap { operation, code in
            [false, true].flatMap { isLate in
                counts.flatMap { count in
                    [false, true].map { isLogNew in
                        DiskFault(
                            operation: operation,
                            code: code,
                            isLate: isLate,
                            count: count,
                            isLogNew: isLogNew
                        )
                    }
                }
            }
        }
    }
}

@Suite("Database: a disk that fails", .timeLimit(.minutes(10)))
struct FaultTests {
    @Test("who was told stored is stored, who was told failed is not", arguments: DiskFault.full)
    func everyPosition(fault: DiskFault) throws {
        let faulty = try FaultyDatabase()
        var failed = 0
        for position in 1...Int32.max {
            let round = try failAt(position, fault, faulty, names: ["a", "b", "c"])
            failed += round.failed
            if !round.hasFired { break }
            try #require(position < 100, "the fault never stops firing")
        }
        // One fault alone is survived by running again; a disk that stays bad fails everybody.
        if fault.count == 1 { #expect(failed == 0) }
        if fault.count > 1_000 { #expect(failed > 0) }
        let stored = try faulty.file.items()
        #expect(try faulty.closeAndReopen() == stored)
    }

    @Test("the same holds for a write that is alone in its turn", arguments: DiskFault.full)
    func everyPositionAlone(fault: DiskFault) throws {
        let faulty = try FaultyDatabase()
        for position in 1...Int32.max {
            if try !failAt(position, fault, faulty, names: ["a"]).hasFired { break }
            try #require(position < 100, "the fault never stops firing")
        }
    }

    @Test(
        "a COMMIT or an fsync that failed is unknown, and nothing is written after it",
        arguments: DiskFault.broken
    )
    func broken(fault: DiskFault) throws {
        let failures = Mutex<[DatabaseFailure]>([])
        let faulty = try FaultyDatabase { failure in failures.withLock { $0.append(failure) } }
        try faulty.file.writer.perform("before") { try $0.insertItem("before") }
        if fault.isLogNew { faulty.file.writer.checkpoint() }
        fault_plan_arm(
            faulty.plan,
            fault.operation,
            FAULT_IN_LOG,
            1,
            fault.count,
            fault.code,
            fault.isLate
        )
        let outcomes = OneTurn.run(
            faulty.file.writer,
            ["a", "b", "c"].map { name in { try $0.insertItem(name) } }
        )
        for outcome in outcomes {
            guard case .failure(DatabaseFailure.outcomeUnknown) = outcome else {
                Issue.record("\(outcome)")
                continue
            }
        }
        #expect(failures.withLock { $0.count } == 1)
        let writes = fault_plan_calls(faulty.plan, FAULT_ON_WRITE, FAULT_IN_LOG)
        let later = #expect(throws: DatabaseFailure.self) {
            try faulty.file.writer.perform("later") { try $0.insertItem("later") }
        }
        guard case .io = later else {
            Issue.record("\(String(describing: later))")
            return
        }
        #expect(fault_plan_calls(faulty.plan, FAULT_ON_WRITE, FAULT_IN_LOG) == writes)
        fault_plan_disarm(faulty.plan)
        let found = try faulty.itemsAfterCrash()
        #expect(found == ["before"] || found == ["before", "a", "b", "c"])
    }

    @Test("one fsync for a turn of many writes")
    func oneSync() throws {
        let faulty = try FaultyDatabase()
        fault_plan_disarm(faulty.plan)
        let outcomes = OneTurn.run(
            faulty.file.writer,
            (1...100).map { number in { try $0.insertItem("\(number)") } }
        )
        #expect(outcomes.allSatisfy { (try? $0.get()) != nil })
        #expect(fault_plan_calls(faulty.plan, FAULT_ON_SYNC, FAULT_IN_LOG) == 1)
        #expect(fault_plan_calls(faulty.plan, FAULT_ON_SYNC, FAULT_IN_DATABASE) == 0)
        #expect(fault_plan_calls(faulty.plan, FAULT_ON_WRITE, FAULT_IN_DATABASE) == 0)
    }

    @Test("nobody is told anything, and nothing is seen, before COMMIT returns")
    func nobodyBeforeCommit() throws {
        let faulty = try FaultyDatabase()
        fault_plan_hold_sync(faulty.plan)
        let turn = OneTurn(
            faulty.file.writer,
            (1...10).map { number in { try $0.insertItem("\(number)") } }
        )
        turn.begin()
        fault_plan_wait_for_held_sync(faulty.plan)
        #expect(turn.toldCount == 0)
        #expect(try faulty.file.items() == [])
        fault_plan_release_sync(faulty.plan)
        #expect(turn.outcomes().allSatisfy { (try? $0.get()) != nil })
        #expect(try faulty.file.items().count == 10)
    }

    @Test("a checkpoint that fails loses nothing")
    func failingCheckpoint() throws {
        let faulty = try FaultyDatabase()
        for operation in [FAULT_ON_WRITE, FAULT_ON_SYNC] {
            fault_plan_arm(
                faulty.plan,
                operation,
                FAULT_IN_DATABASE,
                1,
                .max,
                SQLITE_IOERR | 3 << 8,
                false
            )
            try faulty.file.writer.perform("insert") { try $0.insertItem("\(operation)") }
            faulty.file.writer.checkpoint()
            #expect(fault_plan_failures(faulty.plan) > 0)
            #expect(try faulty.itemsAfterCrash() == faulty.file.items())
        }
        #expect(try faulty.closeAndReopen().count == 2)
    }

    @Test("once nothing has been written for a while, the log is copied by itself")
    func idleCheckpoint() throws {
        let faulty = try FaultyDatabase()
        try faulty.file.writer.perform("insert") { try $0.insertItem("a") }
        fault_plan_disarm(faulty.plan)
        fault_plan_hold_sync(faulty.plan)
        // The next sync of the log can only be the checkpoint's, which syncs it before it copies.
        fault_plan_wait_for_held_sync(faulty.plan)
        #expect(fault_plan_calls(faulty.plan, FAULT_ON_WRITE, FAULT_IN_LOG) == 0)
        fault_plan_release_sync(faulty.plan)
        try faulty.file.writer.perform("later") { try $0.insertItem("later") }
        #expect(fault_plan_calls(faulty.plan, FAULT_ON_WRITE, FAULT_IN_DATABASE) > 0)
    }

    /// Runs one turn on a disk that fails at `position`, and checks every promise made.
    private func failAt(
        _ position: Int32,
        _ fault: DiskFault,
        _ faulty: FaultyDatabase,
        names: [String]
    ) throws -> (hasFired: Bool, failed: Int) {
        let names = names.map { "\(position)\($0)" }
        if fault.isLogNew { faulty.file.writer.checkpoint() }
        let before = try faulty.file.items()
        fault_plan_arm(
            faulty.plan,
            fault.operation,
            FAULT_IN_LOG,
            position,
            fault.count,
            fault.code,
            fault.isLate
        )
        let outcomes = OneTurn.run(
            faulty.file.writer,
            names.map { name in { try $0.insertItem(name) } }
        )
        let hasFired = fault_plan_failures(faulty.plan) > 0
        fault_plan_disarm(faulty.plan)

        let stored = select(names, outcomes) { $0 == nil }
        let unknown = select(names, outcomes) { error in
            if case .outcomeUnknown = error as? DatabaseFailure { true } else { false }
        }
        #expect(try faulty.file.items() == before + stored, "living, \(position)")
        let afterCrash = try faulty.itemsAfterCrash()
        #expect(
            afterCrash.filter { !unknown.contains($0) } == before + stored,
            "crash, \(position)"
        )
        if fault.count == 1 { #expect(unknown.isEmpty, "one fault is taken back, \(position)") }

        try faulty.file.writer.perform("later") { try $0.insertItem("\(position) later") }
        let settled = before + stored + ["\(position) later"]
        #expect(try faulty.file.items() == settled, "later, \(position)")
        #expect(try faulty.itemsAfterCrash() == settled, "crash later, \(position)")
        return (hasFired, names.count - stored.count)
    }

    private func select(
        _ names: [String],
        _ outcomes: [Result<Void, any Error>],
        where isWanted: ((any Error)?) -> Bool
    ) -> [String] {
        zip(names, outcomes).filter { _, outcome in
            if case .failure(let error) = outcome { isWanted(error) } else { isWanted(nil) }
        }.map(\.0)
    }
}
