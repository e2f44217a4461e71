import Dispatch
import JobQueue
import Synchronization
import TestSupport
import Testing

@testable import Campaigns
@testable import SQLiteStore

@Suite("A transport that is not there", .timeLimit(.minutes(10)))
struct BreakerTests {
    @Test("opens the breaker: nothing is spent, and the status says since when and why")
    func opens() throws {
        let email = ScriptedTransport(rule: ScriptedTransport.absent)
        let engine = try Engine(email: email)
        let id = try engine.campaign(of: 20)
        try engine.waitForBreaker("open")

        let status = try required(engine.dispatchers[.email]?.status)
        #expect(status.reason == "connection refused" && status.since == engine.clock.now)
        #expect(status.retryAt == engine.clock.now + .milliseconds(500))
        #expect(status.inflight == 0)
        #expect(try engine.campaign(id).count(.ready) == 20)
        #expect(try engine.campaign(id).status == .sending)
        #expect(try engine.messages(of: id).allSatisfy { $0.attempts == 0 && $0.doubts == 0 })
        try engine.finish()
    }

    @Test("is probed by one message at a time, ever more rarely, and by no other")
    func probes() throws {
        let email = ScriptedTransport(rule: ScriptedTransport.absent)
        let engine = try Engine(email: email)
        try engine.wait(for: engine.campaign(of: 20), .sending)
        try engine.waitForBreaker("open")
        email.follow(ScriptedTransport.hold)

        for delay in [500, 1_000, 2_000] as [Int64] {
            let before = email.handed.elements.count
            let due = engine.clock.now + .milliseconds(delay)
            #expect(engine.dispatchers[.email]?.status.retryAt == due)
            try engine.clock.wait(forDeadline: due)
            engine.clock.advance(by: .milliseconds(delay))
            try email.handed.wait(forCount: before + 1)
            try engine.settle()
            #expect(engine.dispatchers[.email]?.status.breaker == "probing")
            engine.clock.advance(by: .seconds(100))
            try engine.settle()
            #expect(email.held.count == 1 && email.handed.elements.count == before + 1)
            email.answerAll(.failure(.unavailable(reason: "still not", retryAfter: nil)))
            try engine.settle()
        }
        try engine.finish()
    }

    @Test("is back with the first answer: then everything goes")
    func closes() throws {
        let email = ScriptedTransport(rule: ScriptedTransport.absent)
        let engine = try Engine(email: email)
        let id = try engine.campaign(of: 20)
        try engine.waitForBreaker("open")
        email.follow(ScriptedTransport.accept)
        engine.clock.advance(by: .milliseconds(500))

        try engine.wait(for: id, .sent)
        try engine.settle()
        let status = try required(engine.dispatchers[.email]?.status)
        #expect(status.breaker == "closed" && status.reason == nil && status.retryAt == nil)
        try engine.finish()
    }

    @Test("is given the time it asks for")
    func retryAfter() throws {
        let email = ScriptedTransport(rule: { _ in
            .failure(.unavailable(reason: "421 busy", retryAfter: .seconds(300)))
        })
        let engine = try Engine(email: email)
        try engine.wait(for: engine.campaign(of: 1), .sending)
        try engine.waitForBreaker("open")

        let due = engine.dispatchers[.email]?.status.retryAt
        #expect(due == engine.clock.now + .seconds(300))
        try engine.finish()
    }

    @Test("messages that were under way when it opened are no probes and say nothing new")
    func latecomers() throws {
        let email = ScriptedTransport(maxConnections: 4, rule: ScriptedTransport.hold)
        let engine = try Engine(email: email)
        try engine.wait(for: engine.campaign(of: 20), .sending)
        try email.handed.wait(forCount: 4)
        let absence = ScriptedTransport.Answer.failure(
            .unavailable(reason: "connection refused", retryAfter: nil)
        )
        let old = email.held
        email.answer(old[0], absence)
        try engine.waitForBreaker("open")
        engine.clock.advance(by: .milliseconds(500))
        try email.handed.wait(forCount: 5)
        let retryAt = engine.dispatchers[.email]?.status.retryAt
        for id in old.dropFirst() { email.answer(id, absence) }
        try engine.settle()
        engine.clock.advance(by: .seconds(100))
        try engine.settle()

        #expect(email.held.count == 1, "a second probe went out beside the first")
        #expect(engine.dispatchers[.email]?.status.breaker == "probing")
        #expect(engine.dispatchers[.email]?.status.retryAt == retryAt)
        try engine.finish()
    }

    @Test("claims that were asked for before it opened do not go to it")
    func claimsUnderWay() throws {
        let email = ScriptedTransport(maxConnections: 4, rule: ScriptedTransport.hold)
        let engine = try Engine(email: email)
        let tap = try required(engine.taps[.email])
        let id = try engine.campaign(of: 20)
        try email.handed.wait(forCount: 4)
        try engine.settle()
        tap.holdResults()
        let held = email.held
        let turns = tap.turns.elements.count
        email.answer(held[0], .success(Delivery(reply: "250")))
        try tap.turns.wait(forCount: turns + 1)
        for id in email.held {
            email.answer(id, .failure(.unavailable(reason: "gone", retryAfter: nil)))
        }
        tap.releaseResults()
        try engine.settle()

        #expect(engine.dispatchers[.email]?.status.breaker == "open")
        #expect(email.held.isEmpty)
        let campaign = try engine.campaign(id)
        #expect(campaign.count(.sent) == 1 && campaign.count(.ready) == 19)
        try engine.finish()
    }

    @Test("costs nothing while there is nothing to probe it with")
    func idle() throws {
        let email = ScriptedTransport(rule: ScriptedTransport.absent)
        let clock = ManualClock()
        let counted = CountedClock(clock)
        let engine = try Engine(clock: clock, email: email, dispatchClock: counted)
        let id = try engine.campaign(of: 3)
        try engine.waitForBreaker("open")
        try engine.service.pause(id.objectID, as: .operator)
        try engine.settle()
        clock.advance(by: .seconds(10))
        let before = counted.firings
        for _ in 0..<1_000 { engine.dispatchers[.email]?.queue.sync {} }

        #expect(counted.firings - before <= 1, "its timer fires without end")
        try engine.finish()
    }

    @Test("holds up no other channel")
    func otherChannels() throws {
        let email = ScriptedTransport(rule: ScriptedTransport.absent)
        let engine = try Engine(email: email)
        let contact = NewContact.named("a", email: "a@example.org", phone: "+19498671001")
        let spec = try engine.spec([.email, .sms], lists: [engine.list([contact])])
        let id = try engine.campaign(CampaignOrder(spec: spec))
        let sms = try required(engine.taps[.sms])
        try sms.turns.wait(for: "an end") { $0.contains { !$0.exchange.ended.isEmpty } }
        try engine.waitForBreaker("open")

        let campaign = try engine.campaign(id)
        #expect(campaign.count(.sent, .sms) == 1)
        // In flight while the breaker's opening, or its probe, is under way.
        let waiting = campaign.count(.ready, .email) + campaign.count(.inflight, .email)
        #expect(waiting == 1)
        #expect(campaign.status == .sending)
        try engine.finish()
    }
}

extension Engine {
    /// Blocks until the email transport was found absent, and returns when that has settled.
    fileprivate func waitForBreaker(_ state: String) throws {
        let tap = try required(taps[.email])
        try tap.turns.wait(for: "a message given back") { turns in
            turns.contains { $0.exchange.ended.contains { $0.ending == .givenBack } }
        }
        try settle()
        #expect(dispatchers[.email]?.status.breaker == state)
    }
}

/// A clock that counts how often its timers fire.
private final class CountedClock: EngineClock {
    private let clock: ManualClock
    private let count = Mutex(0)

    init(_ clock: ManualClock) {
        self.clock = clock
    }

    var firings: Int { count.withLock { $0 } }
    var now: Timestamp { clock.now }
    var wall: Timestamp { clock.wall }

    func makeTimer(
        on queue: DispatchQueue,
        handler: @escaping @Sendable () -> Void
    ) -> any EngineTimer {
        clock.makeTimer(on: queue) { [self] in
            count.withLock { $0 += 1 }
            handler()
        }
    }
}
