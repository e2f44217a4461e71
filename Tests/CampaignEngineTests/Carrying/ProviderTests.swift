import Dispatch
import JobQueue
import SQLiteStore
import TestSupport
import Testing
import Transports

@testable import Campaigns

@Suite("Campaigns delivered by a provider over HTTP", .timeLimit(.minutes(10)))
struct ProviderTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var answer: ScriptedHTTPServer.Action
        var isListed = false
        var state: MessageState
        var fault: MessageFault?
        var attempts: Int
        var breaker = "closed"
        var suppression: SuppressionReason?

        var testDescription: String { name }
    }

    private static func refusal(_ status: Int, _ code: Int) -> ScriptedHTTPServer.Action {
        .reply(status, body: "{\"code\":\(code),\"message\":\"no\",\"status\":\(status)}")
    }

    static let cases = [
        Case(
            name: "taken over",
            answer: .reply(201, body: "{\"sid\":\"SM1\",\"status\":\"queued\"}"),
            state: .sent,
            attempts: 1
        ),
        Case(
            name: "too fast",
            answer: .reply(429, headers: [("Retry-After", "7")], body: "{\"code\":20429}"),
            state: .deferred,
            attempts: 0,
            breaker: "open"
        ),
        Case(
            name: "no such number",
            answer: refusal(400, 21211),
            state: .failed,
            fault: .recipient,
            attempts: 1,
            suppression: .invalidAddress
        ),
        Case(
            name: "opted out",
            answer: refusal(400, 21610),
            state: .failed,
            fault: .recipient,
            attempts: 1,
            suppression: .stop
        ),
        Case(
            name: "an unknown refusal",
            answer: refusal(400, 1),
            state: .failed,
            fault: .content,
            attempts: 1
        ),
        Case(
            name: "a wrong token",
            answer: refusal(401, 20003),
            state: .ready,
            attempts: 0,
            breaker: "open"
        ),
        Case(
            name: "500 after it was taken over",
            answer: .reply(500),
            isListed: true,
            state: .sent,
            attempts: 1
        ),
        Case(
            name: "500, and it is not in the list",
            answer: .reply(500),
            state: .unknown,
            attempts: 1
        ),
        Case(
            name: "201 lost",
            answer: .hangUp,
            isListed: true,
            state: .sent,
            attempts: 1
        ),
        Case(
            name: "lost, and it is not in the list",
            answer: .hangUp,
            state: .unknown,
            attempts: 1
        ),
        Case(
            name: "201 without an id",
            answer: .reply(201, body: "<html>"),
            state: .unknown,
            attempts: 1
        ),
    ]

    @Test("each answer has its meaning, and nobody gets a second message", arguments: cases)
    func answers(_ expected: Case) throws {
        let site = try Provider { request in
            request.method == "GET"
                ? .reply(200, body: Provider.list(expected.isListed)) : expected.answer
        }
        let id = try site.campaign()
        try site.waitForEnd(in: id)

        let message = try site.message(of: id)
        #expect(message.state == expected.state, "\(message.lastReply ?? "")")
        #expect(message.fault == expected.fault)
        #expect(message.attempts == expected.attempts)
        #expect(site.engine.dispatchers[.sms]?.status.breaker == expected.breaker)
        #expect(site.posts == 1)
        if let reason = expected.suppression {
            let key = RecipientKey(channel: .sms, normalised: Provider.number)
            try site.suppressions.wait(forCount: 1)
            #expect(try site.engine.store.suppression(of: key)?.reason == reason)
        }
        try site.finish()
    }

    @Test("reports move a message forward only, in whatever order and however often they come")
    func forwardOnly() throws {
        let site = try Provider()
        let id = try site.campaign()
        try site.engine.wait(for: id, .sent)
        let message = try site.message(of: id)
        for report in [ReceiptReport.sent, .delivered, .sent, .bounced, .delivered] {
            try site.report(report, about: message.id)
        }
        #expect(try site.message(of: id).state == .delivered)
        #expect(try site.engine.campaign(id).count(.delivered) == 1)
        try site.report(.delivered, about: message.id + 1)
        try site.finish()
    }

    @Test("a report that comes before the answer counts once the answer is recorded")
    func early() throws {
        let (arrived, goOn) = (TestSignal(), TestSignal())
        let site = try Provider { _ in
            arrived.fire()
            try? goOn.wait(for: "the report")
            return Provider.accepted
        }
        let id = try site.campaign()
        try arrived.wait(for: "the request")
        let message = try site.message(of: id)
        #expect(message.state == .inflight)
        try site.report(.delivered, about: message.id)
        try site.report(.sent, about: message.id)
        #expect(try site.message(of: id).state == .inflight)
        goOn.fire()
        try site.engine.wait(for: id, .sent)
        #expect(try site.message(of: id).state == .delivered)
        try site.finish()
    }

    @Test("a report settles a message whose answer was lost, before and after it became unknown")
    func lost() throws {
        let (arrived, goOn) = (TestSignal(), TestSignal())
        let site = try Provider { request in
            guard request.method == "POST" else { return .reply(200, body: Provider.list(false)) }
            arrived.fire()
            try? goOn.wait(for: "the report")
            return .hangUp
        }
        let first = try site.campaign()
        try arrived.wait(for: "the request")
        try site.report(.delivered, about: site.message(of: first).id)
        goOn.fire()
        try site.engine.wait(for: first, .sent)
        #expect(try site.message(of: first).state == .delivered)

        let second = try site.campaign()
        try arrived.wait(for: "the request")
        goOn.fire()
        try site.engine.wait(for: second, .partial)
        try site.report(.delivered, about: site.message(of: second).id)
        try site.engine.wait(for: second, .sent)
        #expect(try site.message(of: second).state == .delivered)
        #expect(site.posts == 2)
        try site.finish()
    }

    @Test("a message that was reported on is not in doubt after a death, nor sent again")
    func death() throws {
        let arrived = TestSignal()
        let folder = try DataFolder()
        let site = try Provider(in: folder) { _ in
            arrived.fire()
            return .stall
        }
        let id = try site.campaign()
        try arrived.wait(for: "the request")
        try site.report(.sent, about: site.message(of: id).id)
        try site.engine.kill()
        site.server.stop()

        let next = try Provider(in: folder)
        try next.engine.wait(for: id, .sent)
        #expect(try next.message(of: id).state == .sent)
        #expect(next.posts == 0)
        try next.finish()
    }

    @Test("a busy line is called again after its time, so often, and then no more")
    func busy() throws {
        let number = Recorder<Int>()
        let site = try Provider(channel: .voice) { _ in
            number.append(0)
            return .reply(
                201,
                body: "{\"sid\":\"CA\(number.elements.count)\",\"status\":\"queued\"}"
            )
        }
        let id = try site.campaign()
        let busy = ReceiptReport.again(after: .seconds(600), times: 1)
        try site.engine.wait(for: id, .sent)
        let message = try site.message(of: id)

        try site.report(busy, about: message.id, as: "CA1")
        #expect(try site.message(of: id).state == .deferred)
        try site.report(busy, about: message.id, as: "CA1")
        try site.engine.wait(for: id, .sending)
        site.engine.clock.advance(by: .seconds(600))
        try site.engine.wait(for: id, .sent)
        #expect(site.posts == 2)

        // What is said of the first call once more is no news about the second.
        try site.report(busy, about: message.id, as: "CA1")
        #expect(try site.message(of: id).state == .sent)
        try site.report(busy, about: message.id, as: "CA2")
        #expect(try site.message(of: id).state == .bounced)
        #expect(site.posts == 2)
        try site.finish()
    }
}

/// An engine whose messages go to a scripted provider that speaks Twilio's API.
private struct Provider {
    static let number = "+12025550101"
    static let accepted = ScriptedHTTPServer.Action.reply(201, body: "{\"sid\":\"SM1\"}")

    let channel: Channel
    let server: ScriptedHTTPServer
    let engine: Engine
    let suppressions = Recorder<SuppressionReason>()

    init(
        channel: Channel = .sms,
        in folder: DataFolder? = nil,
        _ answer: @escaping @Sendable (ScriptedHTTPServer.Request) -> ScriptedHTTPServer.Action = {
            _ in accepted
        }
    ) throws {
        self.channel = channel
        server = try ScriptedHTTPServer { stage, request in
            stage == .request ? answer(request) : .proceed
        }
        let settings = TwilioSettings(
            baseURL: server.url,
            accountSID: "AC1",
            authToken: "token",
            callbackURL: nil
        )
        let sink = Recorder<@Sendable (Channel, String, SuppressionReason, String) -> Void>()
        let options = HTTPTransportOptions(
            maxConnections: 2,
            inDoubt: .hold,
            suppress: { sink.elements.first?($0, $1, $2, $3) }
        )
        let transport = HTTPTransport.twilio(settings, options)
        engine =
            channel == .voice
            ? try Engine(in: folder, voice: transport) : try Engine(in: folder, sms: transport)
        sink.append { [service = engine.service, suppressions] channel, recipient, reason, note in
            _ = try? service.suppress(recipient, on: channel, reason: reason, note: note)
            suppressions.append(reason)
        }
    }

    /// What the provider lists: the same text of years ago and, if it has it, the message.
    static func list(_ isListed: Bool) -> String {
        func entry(_ date: String) -> String {
            """
            {"sid":"SM9","to":"\(number)","body":"Hello ann","status":"queued",\
            "date_created":"\(date)"}
            """
        }
        let old = entry("Fri, 24 May 2013 17:18:27 +0000")
        let new = entry("Fri, 01 Jan 2100 00:00:00 +0000")
        return "{\"messages\":[\(isListed ? "\(old),\(new)" : old)]}"
    }

    /// How many requests made a message.
    var posts: Int { server.begun.elements.count { $0.method == "POST" } }

    func campaign() throws -> String {
        let contact = NewContact.named("ann", phone: Self.number)
        let spec = try engine.spec([channel], lists: [engine.list([contact])])
        return try engine.campaign(CampaignOrder(spec: spec, until: .send))
    }

    func message(of campaign: String) throws -> Message {
        try required(engine.messages(of: campaign).first)
    }

    func report(_ report: ReceiptReport, about message: Int64, as id: String = "SM1") throws {
        try engine.store.receive(
            Receipt(message: message, providerID: id, report: report, reply: "\(report)"),
            suppressing: nil,
            of: message,
            now: engine.clock.now,
            wall: engine.clock.wall
        )
    }

    /// Blocks until the end of the first flight is committed and shown.
    func waitForEnd(in campaign: String) throws {
        try engine.events.wait(for: "the campaign to send") { events in
            events.contains(.campaign(id: campaign, status: CampaignStatus.sending.rawValue))
        }
        try engine.taps[channel]?.wait(forEndOf: message(of: campaign).id)
        try required(engine.dispatchers[channel]).queue.sync {}
    }

    func finish() throws {
        try engine.finish()
        server.stop()
    }
}
