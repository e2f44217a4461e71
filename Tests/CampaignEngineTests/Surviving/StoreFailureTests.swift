import Dispatch
import JobQueue
import TestSupport
import Testing

@testable import Campaigns
@testable import SQLiteStore

@Suite("A store that fails while messages are sent", .timeLimit(.minutes(10)))
struct StoreFailureTests {
    @Test("outcomes are kept until they can be stored: nothing is lost, nothing sent twice")
    func outcomes() throws {
        let email = ScriptedTransport(maxConnections: 4, rule: ScriptedTransport.hold)
        let engine = try Engine(email: email)
        let tap = try required(engine.taps[.email])
        let id = try engine.campaign(of: 20)
        try email.handed.wait(forCount: 4)
        try engine.settle()
        tap.fail(with: .full("no room"))
        email.follow(ScriptedTransport.accept)
        email.answerAll()
        try engine.settleFailing()
        for _ in 1...5 { engine.clock.advance(by: .seconds(5)) }
        try engine.settleFailing()
        #expect(try engine.campaign(id).count(.inflight) == 8)
        #expect(email.handed.elements.count == 8)
        try engine.audit()

        tap.fail(with: nil)
        engine.clock.advance(by: .seconds(5))
        let sent = try engine.wait(for: id, .sent)
        #expect(sent.count(.sent) == 20)
        #expect(email.handed.elements.count == 20)
        #expect(Set(email.handed.elements.map(\.id)).count == 20)
        #expect(tap.lost.isEmpty)
        try engine.finish()
    }

    @Test("where the campaigns cannot be read, they are read later")
    func reading() throws {
        let email = ScriptedTransport()
        let engine = try Engine(email: email)
        let tap = try required(engine.taps[.email])
        tap.fail(with: .unavailable("the disk is gone"))
        let id = try engine.campaign(of: 3)
        try engine.wait(for: id, .sending)
        try engine.settleFailing()
        #expect(email.handed.elements.isEmpty)

        tap.fail(with: nil)
        engine.clock.advance(by: .seconds(5))
        try engine.wait(for: id, .sent)
        try engine.finish()
    }

    @Test("a stop waits for what ended while it failed")
    func stopping() throws {
        let email = ScriptedTransport(maxConnections: 4, rule: ScriptedTransport.hold)
        let engine = try Engine(email: email)
        let tap = try required(engine.taps[.email])
        let id = try engine.campaign(of: 20)
        try email.handed.wait(forCount: 4)
        try engine.settle()
        tap.fail(with: .full("no room"))
        email.answerAll()
        try engine.settleFailing()
        let stopped = TestSignal()
        engine.dispatchers[.email]?.stop(timeout: .seconds(1)) { _ in stopped.fire() }
        try engine.settleFailing()
        #expect(try engine.campaign(id).count(.inflight) == 8)

        tap.fail(with: nil)
        engine.clock.advance(by: .seconds(5))
        try stopped.wait(for: "the stop")
        let campaign = try engine.campaign(id)
        #expect(campaign.count(.sent) == 4 && campaign.count(.ready) == 16)
        try engine.audit()
        try engine.kill()
    }

    @Test("what falls due while an exchange is under way is not forgotten")
    func dueMeanwhile() throws {
        let email = ScriptedTransport(maxConnections: 2, rule: ScriptedTransport.hold)
        let engine = try Engine(email: email)
        let tap = try required(engine.taps[.email])
        let id = try engine.campaign(of: 3)
        try email.handed.wait(forCount: 2)
        try engine.settle()
        tap.holdResults()
        let held = email.held
        let turns = tap.turns.elements.count
        email.follow(ScriptedTransport.accept)
        email.answer(held[0], .success(Delivery(reply: "250")))
        try tap.turns.wait(forCount: turns + 1)
        email.answer(held[1], .failure(.outcomeUnknown(evidence: "no reply")))
        try engine.flushDispatcher()
        tap.releaseResults()

        #expect(try engine.wait(for: id, .sent).count(.sent) == 3)
        try engine.finish()
    }
}

extension Engine {
    /// Returns when the email dispatcher has taken in what happened, though its store fails.
    func settleFailing() throws {
        try flush()
        let transport = try required(transports[.email] as? ScriptedTransport)
        let dispatcher = try required(dispatchers[.email])
        while dispatcher.queue.sync(execute: {
            dispatcher.isExchanging || dispatcher.sending != transport.held.count
        }) { try flush() }
    }

    /// Returns when the email dispatcher has taken in what happened so far.
    func flushDispatcher() throws {
        try required(dispatchers[.email]).queue.sync {}
    }
}

extension DispatchTap {
    /// Messages whose claim no longer held when their end was reported.
    fileprivate var lost: [Int64] {
        turns.elements.flatMap { (try? $0.result.get().lost) ?? [] }
    }
}
