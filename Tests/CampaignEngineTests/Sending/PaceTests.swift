import Dispatch
import JobQueue
import TestSupport
import Testing

@testable import Campaigns

@Suite("The pace of sending", .timeLimit(.minutes(10)))
struct PaceTests {
    private static let onePerSecond = RateLimit(perSecond: 1)

    @Test("a transport with a rate hands over a burst, then one each time a token is due")
    func transport() throws {
        let email = ScriptedTransport()
        let limit = RateLimit(perSecond: 2, burst: 3)
        let engine = try Engine(email: email, pace: [.email: PaceLimits(transport: limit)])
        let id = try engine.campaign(of: 10)
        try email.handed.wait(forCount: 3)
        try engine.settle()

        for count in 4...10 {
            #expect(email.handed.elements.count == count - 1)
            try engine.nextToken(after: .milliseconds(500))
            try email.handed.wait(forCount: count)
            try engine.settle()
        }
        try engine.wait(for: id, .sent)
        try engine.finish()
    }

    @Test("another rate for a transport holds from the next claim on, also in mid-campaign")
    func otherLimits() throws {
        let email = ScriptedTransport()
        let engine = try Engine(
            email: email,
            pace: [.email: PaceLimits(transport: Self.onePerSecond)]
        )
        let id = try engine.campaign(of: 20)
        try email.handed.wait(forCount: 1)
        try engine.settle()
        #expect(email.handed.elements.count == 1)
        let burst = PaceLimits(transport: RateLimit(perSecond: 10, burst: 5))
        engine.dispatchers[.email]?.change(to: burst)
        // The bucket owes nothing and holds nothing: its tokens come at the new rate.
        try engine.nextToken(after: .milliseconds(100))
        try email.handed.wait(forCount: 2)
        engine.dispatchers[.email]?.change(to: PaceLimits())
        try engine.wait(for: id, .sent)
        try engine.finish()
    }

    @Test("of two campaigns, one with a rate of its own, the other goes as fast as ever")
    func campaign() throws {
        let email = ScriptedTransport(maxConnections: 8)
        let engine = try Engine(email: email, starts: false)
        let slow = try engine.campaign(of: 5)
        let fast = try engine.campaign(of: 2_000)
        try engine.service.setRate(1, ofCampaign: slow.objectID, as: .operator)
        engine.start()
        try engine.wait(for: fast, .sent)
        try engine.settle()

        func sent() -> Int { email.handed.elements.count { $0.campaignID == slow } }
        #expect(sent() == 1, "the clock stands still, so that the slow one has one token")
        for count in 2...5 {
            try engine.nextToken(after: .seconds(1))
            try email.handed.wait(forCount: 2_000 + count)
            try engine.settle()
            #expect(sent() == count)
        }
        try engine.wait(for: slow, .sent)
        try engine.finish()
    }

    @Test("a rate set while a campaign is sent holds at once, and is gone at once when taken away")
    func change() throws {
        let email = ScriptedTransport(maxConnections: 4, rule: ScriptedTransport.hold)
        let engine = try Engine(email: email)
        let id = try engine.campaign(of: 50)
        try email.handed.wait(forCount: 4)
        try engine.service.setRate(0.5, ofCampaign: id.objectID, as: .operator)
        try engine.settle()
        email.follow(ScriptedTransport.accept)
        email.answerAll()
        try engine.settle()
        let handed = email.handed.elements.count
        #expect(handed <= 9, "eight were claimed before, and a new bucket holds one token")
        try engine.nextToken(after: .seconds(2))
        try email.handed.wait(forCount: handed + 1)

        try engine.service.setRate(nil, ofCampaign: id.objectID, as: .operator)
        try engine.wait(for: id, .sent)
        try engine.finish()
    }

    @Test("each sender has a bucket of its own, whichever campaign it sends for")
    func senders() throws {
        let email = ScriptedTransport()
        let limits = PaceLimits(sender: Self.onePerSecond)
        let engine = try Engine(email: email, pace: [.email: limits], starts: false)
        let list = try engine.list(.people(3))
        for sender in ["a@example.org", "a@example.org", "b@example.org"] {
            var spec = try engine.spec(lists: [list])
            spec.settings[.email]?.sender = sender
            try engine.enqueue(CampaignOrder(spec: spec))
        }
        engine.start()
        try email.handed.wait(forCount: 2)
        try engine.settle()

        #expect(email.handed.elements.map(\.sender).sorted() == ["a@example.org", "b@example.org"])
        try engine.nextToken(after: .seconds(1))
        try email.handed.wait(forCount: 4)
        try engine.settle()
        #expect(email.handed.elements.count { $0.sender == "a@example.org" } == 2)
        try engine.finish()
    }

    @Test("an SMS takes a token for each of its parts, and goes even if it has more than a burst")
    func parts() throws {
        let sms = ScriptedTransport(inDoubt: .hold)
        let limits = PaceLimits(transport: RateLimit(perSecond: 1, burst: 2))
        let engine = try Engine(sms: sms, pace: [.sms: limits])
        let phones = (1...3).map {
            NewContact.named("p\($0)", phone: "+1949867100\($0)", variables: [:])
        }
        let text = String(repeating: "x", count: 400)
        let template = try engine.template(.sms, text)
        let spec = try engine.spec(
            [.sms],
            lists: [engine.list(phones)],
            templates: [.sms: template]
        )
        let id = try engine.campaign(CampaignOrder(spec: spec))
        try sms.handed.wait(forCount: 1)
        try engine.settle(.sms)

        // Three parts leave one owed: the next token comes after two seconds, then after three.
        #expect(sms.handed.elements.count == 1)
        try engine.nextToken(after: .seconds(2))
        try sms.handed.wait(forCount: 2)
        try engine.settle(.sms)
        try engine.nextToken(after: .seconds(3))
        try engine.wait(for: id, .sent)
        try engine.finish()
    }

    @Test("a new daemon goes on with the tokens and the reduced rate that the last one left")
    func restart() throws {
        let folder = try DataFolder()
        let limits: [Channel: PaceLimits] = [.email: PaceLimits(transport: Self.onePerSecond)]
        let first = try Engine(in: folder, email: ScriptedTransport(), pace: limits)
        let id = try first.campaign(of: 5)
        try first.wait(for: id, .sending)
        try first.settle()
        #expect(try first.campaign(id).count(.sent) == 1)
        try first.close()

        let email = ScriptedTransport(rule: ScriptedTransport.throttled)
        let second = try Engine(in: folder, clock: first.clock, email: email, pace: limits)
        try second.settle()
        #expect(email.handed.elements.isEmpty, "the token was spent before the restart")
        try second.nextToken(after: .seconds(1))
        try email.handed.wait(forCount: 1)
        try second.settle()
        try second.close()

        let third = try Engine(in: folder, clock: first.clock, pace: limits)
        try third.settle()
        #expect(third.transportThrottle?.rate(at: third.clock.now) == 0.5)
        #expect(third.transportThrottle?.cut?.reason == "429 slow down")
        try third.finish()
    }

    @Test("a provider that asks for less is given half, silence as long as it asks, and no message")
    func throttled() throws {
        let email = ScriptedTransport(maxConnections: 4, rule: ScriptedTransport.hold)
        let limits = PaceLimits(transport: RateLimit(perSecond: 8, burst: 8))
        let engine = try Engine(email: email, pace: [.email: limits])
        let id = try engine.campaign(of: 40)
        try email.handed.wait(forCount: 4)
        try engine.settle()
        email.answerAll(
            .failure(.throttled(reason: "429 slow down", retryAfter: .seconds(60)))
        )
        try engine.settle()

        let throttle = try required(engine.transportThrottle)
        #expect(throttle.cut?.rate == 4, "four messages under way at once say it once")
        let campaign = try engine.campaign(id)
        #expect(campaign.status == .sending && campaign.count(.deferred) == 4)
        #expect(try engine.messages(of: id).allSatisfy { $0.attempts == 0 })
        engine.clock.advance(by: .milliseconds(59_999))
        try engine.settle()
        #expect(email.handed.elements.count == 4, "nothing leaves before the provider wants it")

        email.follow(ScriptedTransport.accept)
        while try engine.campaign(id).status == .sending {
            engine.clock.advance(by: .milliseconds(250))
            try engine.settle()
        }
        #expect(try engine.campaign(id).count(.sent) == 40)
        try engine.finish()
    }

    @Test("however often a provider throttles, no message fails and none is tried more often")
    func patience() throws {
        let email = ScriptedTransport(rule: ScriptedTransport.throttled)
        let engine = try Engine(email: email)
        let id = try engine.campaign(of: 3)
        try engine.wait(for: id, .sending)
        for _ in 0..<200 {
            try engine.settle()
            engine.clock.advance(by: .seconds(3_600))
        }
        try engine.settle()

        let messages = try engine.messages(of: id)
        #expect(messages.allSatisfy { $0.state.isOpen && $0.attempts == 0 })
        #expect(try engine.campaign(id).status == .sending)
        email.follow(ScriptedTransport.accept)
        while try engine.campaign(id).status == .sending {
            engine.clock.advance(by: .seconds(60))
            try engine.settle()
        }
        #expect(try engine.campaign(id).status == .sent)
        try engine.finish()
    }
}

extension ScriptedTransport {
    fileprivate static let throttled: Rule = { _ in
        .failure(.throttled(reason: "429 slow down", retryAfter: nil))
    }
}

extension Engine {
    /// Moves the clock to the next token, which must be due then to the millisecond.
    fileprivate func nextToken(after span: Duration) throws {
        try clock.wait(forDeadline: clock.now + span)
        clock.advance(by: span)
    }

    fileprivate var transportThrottle: Throttle? {
        guard let dispatcher = dispatchers[.email] else { return nil }
        return dispatcher.queue.sync { dispatcher.pace.throttles[.transport] }
    }
}
