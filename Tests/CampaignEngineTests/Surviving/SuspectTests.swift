import JobQueue
import TestSupport
import Testing

@testable import Campaigns
@testable import SQLiteStore

@Suite(
    "Suspects: messages that were in flight at a death go one at a time",
    .timeLimit(.minutes(10))
)
struct SuspectTests {
    @Test("the next goes when the one before has its answer, or after five seconds")
    func oneAtATime() throws {
        let death = try Death(.resend, messages: 4)
        let email = ScriptedTransport(maxConnections: 4, rule: ScriptedTransport.hold)
        let engine = try death.reopen(email)
        try email.handed.wait(forCount: 1)
        try engine.settle()
        #expect(email.handed.elements.count == 1)

        email.answerAll()
        try email.handed.wait(forCount: 2)
        try engine.settle()
        #expect(email.held.count == 1)

        try engine.clock.wait(forDeadline: engine.clock.now + .seconds(5))
        engine.clock.advance(by: .milliseconds(4_999))
        try engine.settle()
        #expect(email.held.count == 1)
        engine.clock.advance(by: .milliseconds(1))
        try email.handed.wait(forCount: 3)
        try engine.settle()
        #expect(email.held.count == 2)

        email.answer(email.handed.elements[1].id, .success(Delivery(reply: "250")))
        try engine.settle()
        #expect(email.handed.elements.count == 3, "the one sent last is out still")
        email.follow(ScriptedTransport.accept)
        email.answerAll()
        try engine.wait(for: death.campaign, .sent)
        try engine.finish()
    }

    @Test("messages above suspicion go beside them")
    func others() throws {
        let death = try Death(.resend, messages: 20)
        let email = ScriptedTransport(maxConnections: 4, rule: ScriptedTransport.hold)
        let engine = try death.reopen(email)
        try email.handed.wait(forCount: 4)
        try engine.settle()

        let suspects = Set(death.inflight)
        let inflight = try engine.messages(of: death.campaign, .inflight)
        #expect(inflight.count == 8)
        #expect(inflight.filter { suspects.contains($0.id) }.count == 1)
        email.follow(ScriptedTransport.accept)
        email.answerAll()
        try engine.wait(for: death.campaign, .sent)
        try engine.finish()
    }

    @Test("they take credits like all others")
    func credits() throws {
        let death = try Death(.resend, messages: 4)
        let email = ScriptedTransport(maxConnections: 4, rule: ScriptedTransport.hold)
        let engine = try death.reopen(email)
        let other = try engine.campaign(of: 30)
        try email.handed.wait(forCount: 4)
        try engine.wait(for: other, .sending)
        try engine.settle()
        engine.clock.advance(by: .seconds(5))
        try engine.settle()
        let held = try required(email.held.last)
        email.answer(held, .success(Delivery(reply: "250")))
        try engine.settle()

        #expect(try required(engine.taps[.email]).mostInflight == 8)
        email.follow(ScriptedTransport.accept)
        email.answerAll()
        try engine.wait(for: death.campaign, .sent)
        try engine.wait(for: other, .sent)
        #expect(try required(engine.taps[.email]).mostInflight <= 8)
        try engine.finish()
    }

    @Test("given back, they are suspects still")
    func givenBack() throws {
        let death = try Death(.resend, messages: 4)
        let email = ScriptedTransport(maxConnections: 4, rule: ScriptedTransport.absent)
        let engine = try death.reopen(email)
        try email.handed.wait(forCount: 1)
        try engine.settle()
        #expect(engine.dispatchers[.email]?.status.breaker == "open")

        email.follow(ScriptedTransport.hold)
        engine.clock.advance(by: .milliseconds(500))
        try email.handed.wait(forCount: 2)
        email.answerAll()
        try email.handed.wait(forCount: 3)
        try engine.settle()
        #expect(email.held.count == 1, "they went together once the transport was back")
        email.follow(ScriptedTransport.accept)
        email.answerAll()
        try engine.wait(for: death.campaign, .sent)
        try engine.finish()
    }

    @Test("the one that kills the daemon is put aside by name, all the others are sent")
    func poison() throws {
        let folder = try DataFolder()
        let clock = ManualClock()
        let rule: ScriptedTransport.Rule = { message in
            message.name == "p13" ? nil : ScriptedTransport.accept(message)
        }
        var campaign = ""
        for death in 1...3 {
            let email = ScriptedTransport(maxConnections: 4, inDoubt: .repeatable, rule: rule)
            let engine = try Engine(in: folder, clock: clock, email: email)
            if death == 1 { campaign = try engine.campaign(of: 30) }
            try email.handed.wait(for: "the poison") { $0.contains { $0.name == "p13" } }
            try engine.kill()
        }
        let email = ScriptedTransport(maxConnections: 4, inDoubt: .repeatable, rule: rule)
        let engine = try Engine(in: folder, clock: clock, email: email)
        let partial = try engine.wait(for: campaign, .partial)

        #expect(partial.count(.sent) == 29 && partial.count(.unknown) == 1)
        let poison = try engine.message(to: "p13", of: campaign)
        #expect(poison.state == .unknown)
        #expect(poison.lastReply?.hasPrefix("crash-loop: the daemon died 3 times") == true)
        #expect(!email.handed.elements.contains { $0.name == "p13" })
        try engine.finish()
    }
}
