import JobQueue
import TestSupport
import Testing

@testable import Campaigns
@testable import SQLiteStore

@Suite("Messages that were in flight when the daemon died", .timeLimit(.minutes(10)))
struct MessageDeathTests {
    @Test("resend: they are in doubt and sent once more, the others once in all")
    func resend() throws {
        let death = try Death(.resend, messages: 20)
        let email = ScriptedTransport(maxConnections: 4)
        let engine = try death.reopen(email, starts: false)
        let ready = try engine.messages(of: death.campaign, .ready)
        #expect(ready.count == 20)
        #expect(ready.filter { $0.doubts == 1 }.map(\.id) == death.inflight)
        #expect(death.inflight.count == 8, "twice the connections at most")
        let recovered = try required(engine.store.recovered)
        #expect(recovered.messages == [.ready: 8])
        #expect(recovered.description.contains("messages in flight: 8, of which 8 are sent again"))
        try engine.audit()

        engine.start()
        let sent = try engine.wait(for: death.campaign, .sent)
        #expect(sent.count(.sent) == 20)
        #expect(email.handed.elements.map(\.id).sorted() == ready.map(\.id))
        #expect(try engine.messages(of: death.campaign).map(\.doubts).reduce(0, +) == 8)
        try engine.finish()
    }

    @Test("resend: in flight at a second death, they are unknown and the campaign PARTIAL")
    func resendTwice() throws {
        let death = try Death(.resend, messages: 4)
        let held = ScriptedTransport(maxConnections: 4, rule: ScriptedTransport.hold)
        let second = try death.reopen(held)
        try held.handed.wait(forCount: 1)
        try second.settle()
        try second.kill()

        let email = ScriptedTransport(maxConnections: 4)
        let third = try death.reopen(email)
        let partial = try third.wait(for: death.campaign, .partial)
        #expect(partial.count(.unknown) == 1 && partial.count(.sent) == 3)
        let unknown = try required(third.messages(of: death.campaign, .unknown).first)
        #expect(unknown.id == held.handed.elements[0].id && unknown.doubts == 2)
        #expect(unknown.lastReply?.contains("the daemon died while it was in flight") == true)
        try third.finish()
    }

    @Test("hold: they are unknown at once, before anything else is done")
    func hold() throws {
        let death = try Death(.hold, messages: 20)
        let email = ScriptedTransport(maxConnections: 4, inDoubt: .hold)
        let engine = try death.reopen(email, starts: false)
        let unknown = try engine.messages(of: death.campaign, .unknown)
        #expect(unknown.map(\.id) == death.inflight)
        #expect(engine.store.recovered?.messages == [.unknown: 8])
        #expect(try engine.campaign(death.campaign).status == .sending)
        try engine.audit()

        engine.start()
        let partial = try engine.wait(for: death.campaign, .partial)
        #expect(partial.count(.unknown) == 8 && partial.count(.sent) == 12)
        #expect(Set(email.handed.elements.map(\.id)).isDisjoint(with: death.inflight))
        try engine.finish()
    }

    @Test("hold: where all were in flight, the campaign is PARTIAL before anything else is done")
    func holdAll() throws {
        let death = try Death(.hold, messages: 3)
        let engine = try death.reopen(ScriptedTransport(inDoubt: .hold), starts: false)
        #expect(try engine.campaign(death.campaign).status == .partial)

        engine.start()
        let job = try engine.newestJob(of: death.campaign)
        try engine.wait(forJob: job.id, .completed)
        #expect(try engine.campaign(death.campaign).status == .partial)
        try engine.finish()
    }

    @Test("repeatable: they are never in doubt")
    func repeatable() throws {
        let death = try Death(.repeatable, messages: 20)
        let engine = try death.reopen(ScriptedTransport(inDoubt: .repeatable))
        try engine.wait(for: death.campaign, .sent)

        #expect(try engine.messages(of: death.campaign).allSatisfy { $0.doubts == 0 })
        #expect(try engine.messages(of: death.campaign).allSatisfy { $0.attempts == 1 })
        try engine.finish()
    }

    @Test("of a cancelled campaign, they are not sent again")
    func cancelled() throws {
        for (policy, state) in [(InDoubtPolicy.resend, MessageState.cancelled), (.hold, .unknown)] {
            let death = try Death(policy, messages: 3) { engine, id in
                try engine.service.cancel(id.objectID, as: .operator)
            }
            let email = ScriptedTransport(inDoubt: policy)
            let engine = try death.reopen(email)
            #expect(try engine.campaign(death.campaign).count(state) == 3)
            try engine.wait(for: engine.campaign(of: 1), .sent)
            #expect(email.handed.elements.count == 1)
            try engine.finish()
        }
    }

    @Test("of a paused campaign, they wait for it to be resumed")
    func paused() throws {
        let death = try Death(.resend, messages: 3) { engine, id in
            try engine.service.pause(id.objectID, as: .operator)
            try engine.settle()
        }
        let email = ScriptedTransport()
        let engine = try death.reopen(email)
        try engine.wait(for: engine.campaign(of: 1), .sent)
        #expect(email.handed.elements.count == 1)
        #expect(try engine.campaign(death.campaign).status == .paused)

        try engine.service.resume(death.campaign.objectID, as: .operator)
        try engine.wait(for: death.campaign, .sent)
        #expect(email.handed.elements.count == 4)
        try engine.finish()
    }

    @Test("an outcome that was not committed is lost with the daemon: the message is in doubt")
    func uncommitted() throws {
        let folder = try DataFolder()
        let email = ScriptedTransport(rule: ScriptedTransport.hold)
        let first = try Engine(in: folder, email: email)
        let id = try first.campaign(of: 1)
        try email.handed.wait(forCount: 1)
        first.taps[.email]?.fail(with: .unavailable("the disk is gone"))
        email.answerAll()
        try first.settleFailing()
        try first.kill()

        let second = try Engine(in: folder, clock: first.clock, starts: false)
        let message = try required(second.messages(of: id).first)
        #expect(message.state == .ready && message.doubts == 1)
        second.start()
        try second.wait(for: id, .sent)
        try second.finish()
    }
}

/// A campaign of emails whose daemon died while some were in flight, four of them with the transport.
struct Death {
    let folder: DataFolder
    let clock: ManualClock
    let campaign: String
    /// The messages that were in flight, ascending.
    let inflight: [Int64]

    init(
        _ policy: InDoubtPolicy,
        messages count: Int,
        before: (Engine, String) throws -> Void = { _, _ in }
    ) throws {
        folder = try DataFolder()
        let email = ScriptedTransport(
            maxConnections: 4,
            inDoubt: policy,
            rule: ScriptedTransport.hold
        )
        let engine = try Engine(in: folder, email: email)
        clock = engine.clock
        campaign = try engine.campaign(of: count)
        try email.handed.wait(forCount: min(count, 4))
        try engine.settle()
        try before(engine, campaign)
        inflight = try engine.messages(of: campaign, .inflight).map(\.id)
        try engine.kill()
    }

    /// The next daemon on the folder.
    func reopen(_ email: ScriptedTransport, starts: Bool = true) throws -> Engine {
        try Engine(in: folder, clock: clock, email: email, starts: starts)
    }
}
