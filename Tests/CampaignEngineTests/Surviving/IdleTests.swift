import TestSupport
import Testing

@testable import Campaigns
@testable import JobQueue
@testable import SQLiteStore

@Suite("An idle engine", .timeLimit(.minutes(10)))
struct IdleTests {
    @Test("reads and writes nothing, however much time passes")
    func silence() throws {
        let engine = try Engine()
        let id = try engine.campaign(of: 20)
        try engine.wait(for: id, .sent)
        try engine.rest()
        let before = engine.statementsRun
        #expect(before.reads > 0 && before.turns > 0, "what is counted is what the work did")
        engine.clock.advance(by: .seconds(7 * 86_400))
        // What a watchdog asks runs no statement either.
        try engine.rest()
        let after = engine.statementsRun
        #expect(after == before)
        try engine.finish()
    }
}

extension Engine {
    /// The reads, and the turns of the writer, that there have been.
    fileprivate var statementsRun: (reads: Int, turns: Int) {
        (store.database.gate.count, store.writer.statistics.turns)
    }

    /// Returns when nothing follows any more from what happened.
    ///
    /// One round takes each consequence a whole way further: to the parts, and back to the writer.
    fileprivate func rest() throws {
        var last: (reads: Int, turns: Int)
        repeat {
            last = statementsRun
            let parts = [pool.answer] + dispatchers.values.map { $0.answer } + [store.answer]
            for part in parts {
                let answer = TestSignal()
                part { answer.fire() }
                try answer.wait(for: "every part")
            }
        } while last != statementsRun
    }
}
