import Dispatch
import JobQueue
import TestSupport
import Testing

@testable import Campaigns
@testable import SQLiteStore

@Suite("Sending with quiet hours", .timeLimit(.minutes(10)))
struct QuietHoursTests {
    /// From nine in the evening to eight in the morning.
    private static let night = QuietHours(from: 21 * 60, to: 8 * 60, zone: "America/New_York")
    private static let zones = [
        "Europe/Paris", "America/New_York", "America/Los_Angeles", "Asia/Kolkata",
        "Australia/Lord_Howe", "Pacific/Apia",
    ]

    private static func contact(_ name: String, in zone: String?) -> NewContact {
        var contact = NewContact.mail(name)
        contact.timezone = zone
        return contact
    }

    private func clock(at date: String) throws -> ManualClock {
        ManualClock(at: try required(Timestamp(rfc3339: date)))
    }

    @Test(
        "over a change of the clocks nothing leaves inside them, and everything leaves",
        arguments: ["2026-03-28T12:00:00Z", "2026-10-24T12:00:00Z", "2026-03-07T20:00:00Z"]
    )
    func clockChange(start: String) throws {
        let clock = try clock(at: start)
        let left = Recorder<(zone: String, at: Timestamp)>()
        let email = ScriptedTransport(maxConnections: 2) { message in
            let zone = message.name.split(separator: "+")[0].split(separator: "_", maxSplits: 1)
            left.append((zone.joined(separator: "/"), clock.wall))
            return ScriptedTransport.accept(message)
        }
        let limits = PaceLimits(transport: RateLimit(perSecond: 0.005))
        let engine = try Engine(
            clock: clock,
            email: email,
            pace: [.email: limits],
            quietHours: Self.night
        )
        // Slow enough to be at it for two days, so that it is under way at every edge.
        let contacts = (0..<600).map { number in
            let zone = Self.zones[number % Self.zones.count]
            return Self.contact("\(zone.replacing("/", with: "_"))+\(number)", in: zone)
        }
        let spec = try engine.spec(lists: [engine.list(contacts)])
        let id = try engine.campaign(CampaignOrder(spec: spec))
        try engine.wait(for: id, .sending)
        for _ in 0..<1_000 where try engine.campaign(id).status == .sending {
            try engine.settle()
            clock.advance(by: .seconds(300))
        }
        try engine.wait(for: id, .sent)

        let catalog = ZoneCatalog()
        #expect(left.elements.count == 600)
        for message in left.elements {
            let rules = try required(catalog.rules(of: message.zone))
            let second = message.at.milliseconds / 1_000
            let hour =
                (second + rules.period(at: second).offset).flooredRemainder(by: 86_400) / 3_600
            #expect((8..<21).contains(hour), "\(message.zone) at \(message.at)")
        }
        try engine.finish()
    }

    @Test("a message that has to wait is deferred to their end, spends nothing, and says so")
    func deferred() throws {
        let clock = try clock(at: "2026-07-01T20:00:00Z")
        let email = ScriptedTransport()
        let engine = try Engine(clock: clock, email: email, quietHours: Self.night)
        let contacts = [
            Self.contact("paris", in: "Europe/Paris"), Self.contact("york", in: nil),
            Self.contact("tokyo", in: "Asia/Tokyo"),
        ]
        let id = try engine.campaign(
            CampaignOrder(spec: engine.spec(lists: [engine.list(contacts)]))
        )
        try email.handed.wait(forCount: 1)
        try engine.settle()

        #expect(email.handed.elements.map(\.name) == ["york"])
        let paris = try engine.message(to: "paris", of: id)
        #expect(paris.state == .deferred && paris.attempts == 0)
        #expect(paris.nextAttemptAt == Timestamp(rfc3339: "2026-07-02T06:00:00Z"))
        #expect(paris.lastReply == "quiet hours in Europe/Paris")
        #expect(
            try engine.message(to: "tokyo", of: id).nextAttemptAt
                == Timestamp(rfc3339: "2026-07-01T23:00:00Z")
        )
        let tokyo = clock.now + .seconds(3 * 3_600)
        try clock.wait(forDeadline: tokyo)
        clock.advance(by: .seconds(3 * 3_600))
        try email.handed.wait(forCount: 2)
        try engine.settle()
        clock.advance(by: .seconds(7 * 3_600))
        try engine.wait(for: id, .sent)
        try engine.finish()
    }

    @Test("a campaign that has to wait holds up no other, however many messages it has")
    func others() throws {
        let clock = try clock(at: "2026-07-01T22:00:00Z")
        let email = ScriptedTransport(maxConnections: 2)
        let engine = try Engine(clock: clock, email: email, quietHours: Self.night)
        let sleepers = (1...2_500).map { Self.contact("p\($0)", in: "Europe/Paris") }
        let big = try engine.campaign(
            CampaignOrder(spec: engine.spec(lists: [engine.list(sleepers)]))
        )
        try engine.wait(for: big, .sending)
        let small = try engine.campaign(of: 10)
        try engine.wait(for: small, .sent)
        try engine.settle()

        #expect(email.handed.elements.allSatisfy { $0.campaignID == small })
        #expect(try engine.campaign(big).count(.deferred) == 2_500)
        clock.advance(by: .seconds(8 * 3_600))
        try engine.wait(for: big, .sent)
        try engine.finish()
    }

    @Test("a message that waited for a connection while they began does not leave")
    func waited() throws {
        let clock = try clock(at: "2026-07-01T18:59:00Z")
        let email = ScriptedTransport(maxConnections: 1, rule: ScriptedTransport.hold)
        let engine = try Engine(clock: clock, email: email, quietHours: Self.night)
        let contacts = ["a", "b"].map { Self.contact($0, in: "Europe/Paris") }
        let id = try engine.campaign(
            CampaignOrder(spec: engine.spec(lists: [engine.list(contacts)]))
        )
        try email.handed.wait(forCount: 1)
        try engine.settle()
        #expect(try engine.campaign(id).count(.inflight) == 2)
        clock.advance(by: .seconds(60))
        email.answerAll()
        try engine.settle()

        #expect(email.handed.elements.count == 1)
        let message = try engine.message(to: "b", of: id)
        #expect(message.state == .deferred && message.attempts == 0)
        #expect(message.nextAttemptAt == Timestamp(rfc3339: "2026-07-02T06:00:00Z"))
        try engine.finish()
    }

    @Test("a message that was in flight at a death waits for their end too")
    func suspect() throws {
        let folder = try DataFolder()
        let clock = try clock(at: "2026-07-01T18:59:00Z")
        let first = try Engine(
            in: folder,
            clock: clock,
            email: ScriptedTransport(rule: ScriptedTransport.hold),
            quietHours: Self.night
        )
        let contacts = [Self.contact("a", in: "Europe/Paris")]
        let id = try first.campaign(CampaignOrder(spec: first.spec(lists: [first.list(contacts)])))
        try required(first.transports[.email] as? ScriptedTransport).handed.wait(forCount: 1)
        try first.kill()
        clock.advance(by: .seconds(60))

        let email = ScriptedTransport()
        let second = try Engine(in: folder, clock: clock, email: email, quietHours: Self.night)
        try second.settle()
        let message = try second.message(to: "a", of: id)
        #expect(email.handed.elements.isEmpty && message.state == .deferred)
        let opening = try required(message.nextAttemptAt)
        try clock.wait(forDeadline: opening)
        clock.advance(by: opening - clock.now)
        try second.wait(for: id, .sent)
        #expect(email.handed.elements.count == 1)
        try second.finish()
    }
}
