import JobQueue
import TestSupport
import Testing

@testable import Campaigns
@testable import SQLiteStore

@Suite("Suppressed addresses get nothing", .timeLimit(.minutes(10)))
struct SuppressionTests {
    @Test("at build they are left out, on the channel they are suppressed on, however spelt")
    func build() throws {
        let engine = try Engine()
        try engine.suppress("ANN@example.org", "(949) 867-1002", on: [.email, .sms])
        let list = try engine.list([
            .named("ann", email: "Ann@Example.org", phone: "+19498671001"),
            .named("bob", email: "bob@example.org", phone: "+19498671002"),
        ])
        let spec = try engine.spec([.email, .sms, .voice], lists: [list])
        let id = try engine.campaign(CampaignOrder(spec: spec, until: .build))
        let campaign = try engine.wait(for: id, .build)

        #expect(campaign.count(.skipped, .email, detail: "suppressed") == 1)
        #expect(campaign.count(.skipped, .sms, detail: "suppressed") == 1)
        #expect(campaign.count(.skipped, .voice) == 0)
        #expect(campaign.count(.ready) == 4)
        let left = try engine.messages(of: id, .skipped)
        #expect(left.map(\.recipient) == ["Ann@Example.org", "+19498671002"])
        #expect(left.map(\.exclusion) == [.suppressed, .suppressed])
        try engine.finish()
    }

    @Test("a contact older than the rule its address breaks is left out as invalid-address")
    func invalidAddress() throws {
        let engine = try Engine()
        let list = try engine.list([.mail("ann"), .named("old", email: "old@localhost")])
        let id = try engine.campaign(
            CampaignOrder(spec: engine.spec(lists: [list]), until: .build)
        )
        let campaign = try engine.wait(for: id, .build)
        #expect(campaign.count(.skipped, detail: "invalid-address") == 1)
        try engine.finish()
    }

    @Test("once a suppression is stored no message to it is claimed, whatever was built")
    func claim() throws {
        let email = ScriptedTransport(maxConnections: 2, rule: ScriptedTransport.hold)
        let engine = try Engine(email: email)
        let names = (0..<20).map { "p\($0 + 10)" }
        let id = try engine.campaign(
            CampaignOrder(
                spec: engine.spec(lists: [engine.list(names.map { NewContact.mail($0) })])
            )
        )
        // Two are with the transport and two wait: those four were claimed before.
        try email.handed.wait(forCount: 2)
        try engine.settle()
        let claimed = Set(try engine.messages(of: id, .inflight).map(\.recipient))
        #expect(claimed.count == 4)
        try engine.suppress("p15@example.org", "P28@example.org", on: [.email])

        email.follow(ScriptedTransport.accept)
        email.answerAll()
        let campaign = try engine.wait(for: id, .sent)
        let skipped = try engine.messages(of: id, .skipped)
        #expect(skipped.map(\.recipient) == ["p15@example.org", "p28@example.org"])
        #expect(skipped.map(\.exclusion) == [.suppressed, .suppressed])
        #expect(skipped.allSatisfy { $0.attempts == 0 })
        #expect(campaign.count(.sent) == 18)
        #expect(campaign.count(.skipped) == 2)
        #expect(campaign.counts.filter(\.isBuilt).reduce(0) { $0 + $1.count } == 20)
        #expect(email.handed.elements.count == 18)
        try engine.finish()
    }

    @Test("a campaign whose last open messages are suppressed ends, with its job")
    func lastOpen() throws {
        let engine = try Engine()
        let spec = try engine.spec(lists: [engine.list(.mails("ann", "bob"))])
        let id = try engine.campaign(CampaignOrder(spec: spec, until: .build))
        try engine.wait(for: id, .build)
        try engine.suppress("ann@example.org", "bob@example.org", on: [.email])
        _ = try engine.service.advance(
            id.objectID,
            to: .send,
            date: nil,
            priority: nil,
            maxAttempts: nil,
            key: nil,
            as: .operator
        )
        let campaign = try engine.wait(for: id, .sent)
        #expect(campaign.count(.skipped) == 2)
        #expect(campaign.count(.sent) == 0)
        try engine.wait(forJob: try engine.newestJob(of: id).id, .completed)
        try engine.finish()
    }

    @Test("a deferred message is skipped when its next attempt comes")
    func deferred() throws {
        let email = ScriptedTransport(rule: { _ in
            .failure(.deferred(reply: "451 later", retryAfter: nil))
        })
        let engine = try Engine(email: email)
        let id = try engine.campaign(
            CampaignOrder(spec: engine.spec(lists: [engine.list(.mails("ann"))]))
        )
        let tap = try required(engine.taps[.email])
        let message = try required(email.handed.wait(forCount: 1).first)
        try tap.wait(forEndOf: message.id)
        try engine.suppress("ann@example.org", on: [.email])
        try engine.settle()
        engine.clock.advance(by: .seconds(60))
        try engine.wait(for: id, .sent)
        let ann = try engine.message(to: "ann", of: id)
        #expect(ann.state == .skipped && ann.exclusion == .suppressed && ann.attempts == 1)
        try engine.finish()
    }

    @Test("one that is there keeps its reason and time; lifting some reasons leaves the others")
    func keepsTheFirst() throws {
        let engine = try Engine()
        let ann = RecipientKey(channel: .email, normalised: "ann@example.org")
        let first = Suppression(
            recipient: ann,
            reason: .complaint,
            note: "by report",
            at: engine.clock.wall
        )
        #expect(try engine.store.suppress([first]) == 1)
        #expect(try engine.suppress("ann@example.org", on: [.email]) == 0)
        #expect(try engine.store.suppression(of: ann) == first)
        #expect(try engine.store.liftSuppressions(of: [ann], for: [.stop]) == 0)
        #expect(try engine.store.liftSuppressions(of: [ann], for: nil) == 1)
        #expect(try engine.store.suppression(of: ann) == nil)
        try engine.finish()
    }
}

extension Engine {
    /// Suppresses each address on those of the channels that it can be of; returns how many are new.
    @discardableResult
    fileprivate func suppress(_ addresses: String..., on channels: [Channel]) throws -> Int {
        try addresses.reduce(0) { sum, address in
            try channels.filter { ($0 == .email) == address.contains("@") }.reduce(sum) {
                let result = try service.suppress(address, on: $1, reason: .manual, note: nil)
                return $0 + result.added
            }
        }
    }
}

@Suite("What recipients write back", .timeLimit(.minutes(10)))
struct InboundTests {
    @Test("a stop word suppresses texts and calls; a start word lifts that, and no other reason")
    func words() throws {
        let engine = try Engine(starts: false)
        let keys = [Channel.sms, .voice].map {
            RecipientKey(channel: $0, normalised: "+19498671145")
        }
        let reasons = { try keys.map { try engine.store.suppression(of: $0)?.reason } }
        #expect(try engine.service.receive("bus stop", from: "+19498671145") == nil)
        #expect(try reasons() == [nil, nil])
        #expect(try engine.service.receive("Stop!", from: "9498671145") == .stop)
        #expect(try reasons() == [.stop, .stop])
        #expect(try engine.service.receive("START", from: "+19498671145") == .start)
        #expect(try reasons() == [nil, nil])

        try engine.suppress("+19498671145", on: [.sms])
        #expect(try engine.service.receive("STOP", from: "+19498671145") == .stop)
        #expect(try reasons() == [.manual, .stop])
        #expect(try engine.service.receive("UNSTOP", from: "+19498671145") == .start)
        #expect(try reasons() == [.manual, nil])
        try engine.close()
    }

    @Test("a sender that is no number is refused, once the text means something")
    func sender() throws {
        let engine = try Engine(starts: false)
        #expect(try engine.service.receive("hello", from: "ACME") == nil)
        #expect(throws: ServiceError.self) { try engine.service.receive("STOP", from: "ACME") }
        try engine.close()
    }
}
