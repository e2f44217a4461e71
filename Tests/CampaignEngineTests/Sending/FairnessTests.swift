import Dispatch
import JobQueue
import TestSupport
import Testing

@testable import Campaigns

@Suite("Campaigns on one transport", .timeLimit(.minutes(10)))
struct FairnessTests {
    @Test("ten messages behind twenty thousand are handed over within the first few exchanges")
    func smallBehindBig() throws {
        let email = ScriptedTransport(maxConnections: 8, rule: ScriptedTransport.hold)
        let engine = try Engine(email: email)
        let big = try engine.campaign(of: 20_000)
        try email.handed.wait(forCount: 8)
        try engine.settle()
        let small = try engine.campaign(of: 10)
        try engine.wait(for: small, .sending)
        try engine.settle()
        let tap = try required(engine.taps[.email])
        let turns = tap.turns.elements.count
        let handed = email.handed.elements.count
        email.follow(ScriptedTransport.accept)
        email.answerAll()

        try engine.wait(for: small, .sent)
        let rest = tap.turns.elements.dropFirst(turns)
        let place = rest.lastIndex { $0.claimed.contains { $0.campaign == 2 } }
        #expect(try required(place) - turns <= 8)
        let places = email.handed.elements.dropFirst(handed).enumerated()
            .filter { $0.element.campaignID == small }.map(\.offset)
        #expect(places.count == 10)
        #expect(try required(places.last) <= 60)
        try engine.wait(for: big, .sent)
        #expect(Set(email.handed.elements.map(\.id)).count == 20_010)
        try engine.finish()
    }

    @Test("of two big ones, each gets its share by priority")
    func priorities() throws {
        let email = ScriptedTransport(maxConnections: 10, rule: ScriptedTransport.hold)
        let engine = try Engine(email: email)
        let urgent = try engine.campaign(of: 2_000, priority: 1)
        let idle = try engine.campaign(of: 2_000, priority: 9)
        for id in [urgent, idle] { try engine.wait(for: id, .sending) }
        try engine.settle()
        email.follow(ScriptedTransport.accept)
        email.answerAll()
        try engine.wait(for: urgent, .sent)

        let first = email.handed.elements.dropFirst(40).prefix(1_000)
        let share = first.filter { $0.campaignID == urgent }.count
        #expect((850...950).contains(share), "nine to one, was \(share) of 1,000")
        try engine.wait(for: idle, .sent)
        try engine.finish()
    }

    @Test("never more than twice the connections are in flight, whatever is answered")
    func credits() throws {
        let random = SeededRandom(seed: 1)
        let email = ScriptedTransport(
            maxConnections: 4,
            rule: { message in
                switch random.next() {
                case ..<0.5: ScriptedTransport.accept(message)
                case ..<0.6: .failure(.deferred(reply: "451", retryAfter: nil))
                case ..<0.7: .failure(.outcomeUnknown(evidence: "no reply"))
                case ..<0.8: .failure(.interrupted(reason: "cut"))
                case ..<0.85: .failure(.unavailable(reason: "421", retryAfter: nil))
                case ..<0.9: .failure(.rejected(.recipient, reply: "550"))
                default: .failure(.rejected(.content, reply: "554"))
                }
            }
        )
        let engine = try Engine(email: email)
        let ids = try (1...3).map { _ in try engine.campaign(of: 200) }
        for id in ids { try engine.wait(for: id, .sending) }
        while try ids.contains(where: { try engine.campaign($0).status == .sending }) {
            try engine.settle()
            engine.clock.advance(by: .seconds(30))
        }

        #expect(try required(engine.taps[.email]).mostInflight <= 8)
        for id in ids {
            let campaign = try engine.campaign(id)
            #expect(campaign.status == .partial)
            #expect(campaign.counts.reduce(0) { $0 + $1.count } == 200)
        }
        try engine.finish()
    }

    @Test("no more are with the transport than it has connections, the others wait in flight")
    func connections() throws {
        let email = ScriptedTransport(maxConnections: 4, rule: ScriptedTransport.hold)
        let engine = try Engine(email: email)
        let id = try engine.campaign(of: 20)
        try email.handed.wait(forCount: 4)
        try engine.settle()
        #expect(email.held.count == 4)
        #expect(try engine.campaign(id).count(.inflight) == 8)

        email.answer(email.held[0], .success(Delivery(reply: "250")))
        try email.handed.wait(forCount: 5)
        try engine.settle()
        #expect(email.mostHeld == 4)
        #expect(try engine.campaign(id).count(.inflight) == 8)
        email.follow(ScriptedTransport.accept)
        email.answerAll()
        try engine.wait(for: id, .sent)
        try engine.finish()
    }

    @Test("outcomes that come close together share a commit, which claims in their place")
    func gathering() throws {
        let email = ScriptedTransport(maxConnections: 8, rule: ScriptedTransport.hold)
        let engine = try Engine(email: email)
        let id = try engine.campaign(of: 40)
        try email.handed.wait(forCount: 8)
        try engine.settle()
        let tap = try required(engine.taps[.email])
        let turns = tap.turns.elements.count
        // While its queue is kept the dispatcher hears of none, then of all three.
        try required(engine.dispatchers[.email]).queue.sync {
            for message in email.held.prefix(3) {
                email.answer(message, .success(Delivery(reply: "250")))
            }
        }
        try engine.settle()

        let turn = try required(tap.turns.elements.dropFirst(turns).first)
        #expect(turn.exchange.ended.count == 3)
        #expect(turn.claimed.count == 3)
        #expect(try engine.campaign(id).count(.inflight) == 16)
        email.follow(ScriptedTransport.accept)
        email.answerAll()
        try engine.wait(for: id, .sent)
        try engine.finish()
    }

    @Test("a campaign that is not being sent wakes no dispatcher")
    func undisturbed() throws {
        let engine = try Engine()
        let id = try engine.campaign(of: 3, until: .build)
        try engine.wait(for: id, .build)
        #expect(!engine.events.elements.contains(.dispatchChanged))
        try engine.finish()
    }

    @Test("a message that waits for its answer delays no other")
    func tarpit() throws {
        let email = ScriptedTransport(
            maxConnections: 4,
            rule: { message in
                message.name == "slow" ? nil : ScriptedTransport.accept(message)
            }
        )
        let engine = try Engine(email: email)
        let list = try engine.list([.mail("slow")] + .people(500))
        let id = try engine.campaign(CampaignOrder(spec: engine.spec(lists: [list])))
        try email.handed.wait(forCount: 501)
        try engine.settle()

        #expect(try engine.campaign(id).count(.sent) == 500)
        email.answerAll()
        try engine.wait(for: id, .sent)
        try engine.finish()
    }
}
