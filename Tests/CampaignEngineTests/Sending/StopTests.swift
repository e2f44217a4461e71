import JobQueue
import TestSupport
import Testing

@testable import Campaigns
@testable import SQLiteStore

@Suite("The orderly stop of sending", .timeLimit(.minutes(10)))
struct StopTests {
    @Test("gives back what has not left, unspent, and records what had")
    func givesBackAndDrains() throws {
        let folder = try DataFolder()
        let email = ScriptedTransport(maxConnections: 4, rule: ScriptedTransport.hold)
        let engine = try Engine(in: folder, email: email)
        let id = try engine.campaign(of: 20)
        try email.handed.wait(forCount: 4)
        try engine.settle()
        let left = email.held[0]
        email.letGo(left)
        let stopped = TestSignal()
        engine.dispatchers[.email]?.stop(timeout: .seconds(10)) { isDrained in
            #expect(isDrained)
            stopped.fire()
        }
        try engine.taps[.email]?.turns.wait(for: "seven given back") { turns in
            turns.flatMap(\.exchange.ended).filter { $0.ending == .givenBack }.count == 7
        }
        email.answer(left, .success(Delivery(reply: "250")))
        try stopped.wait(for: "the stop")

        let campaign = try engine.campaign(id)
        #expect(campaign.count(.sent) == 1 && campaign.count(.ready) == 19)
        #expect(campaign.status == .sending)
        let unspent = try engine.messages(of: id, .ready)
        #expect(unspent.allSatisfy { $0.attempts == 0 && $0.doubts == 0 })
        try engine.audit()
        for channel in [Channel.sms, .voice] {
            let signal = TestSignal()
            engine.dispatchers[channel]?.stop(timeout: .seconds(1)) { _ in signal.fire() }
            try signal.wait(for: "the stop of \(channel)")
        }
        #expect(engine.pool.stop(deadline: .seconds(10)))
        try engine.store.close(now: engine.clock.now)

        let second = try Engine(in: folder, clock: engine.clock)
        try second.wait(for: id, .sent)
        try second.finish()
    }

    @Test("a campaign that was sending goes on after the next start, its job unspent")
    func restart() throws {
        let folder = try DataFolder()
        let first = try Engine(in: folder, email: ScriptedTransport(rule: ScriptedTransport.hold))
        let id = try first.campaign(of: 10)
        try first.wait(for: id, .sending)
        try first.finish()

        let email = ScriptedTransport()
        let second = try Engine(in: folder, clock: first.clock, email: email)
        let sent = try second.wait(for: id, .sent)
        #expect(sent.log == [.draft, .build, .sending, .sent])
        #expect(email.handed.elements.count == 10)
        #expect(try second.messages(of: id).allSatisfy { $0.doubts == 0 && $0.attempts == 1 })
        let job = try second.newestJob(of: id)
        try second.wait(forJob: job.id, .completed)
        #expect(try second.job(job.id).crashes == 0)
        try second.finish()
    }

    @Test("claims nothing more once it began")
    func claimsNothing() throws {
        let email = ScriptedTransport(maxConnections: 4, rule: ScriptedTransport.hold)
        let engine = try Engine(email: email)
        let id = try engine.campaign(of: 20)
        try email.handed.wait(forCount: 4)
        try engine.stop()

        #expect(email.handed.elements.count == 4)
        #expect(try engine.campaign(id).count(.ready) == 20)
        try engine.audit()
        try engine.store.close(now: engine.clock.now)
    }
}
