import Dispatch
import JobQueue
import TestSupport
import Testing
import Transports

@testable import Campaigns
@testable import SQLiteStore

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

    @Test("after a death the provider is asked: what it shows is sent, and reports of it count")
    func askedAfterDeath() throws {
        let scene = try ProviderDeath(.hold)
        let next = try scene.reopen { _ in .reply(200, body: Provider.list(true)) }
        #expect(try next.message(of: scene.campaign).state == .unknown)
        #expect(try next.engine.campaign(scene.campaign).status == .partial)

        next.engine.start()
        try next.engine.wait(for: scene.campaign, .sent)
        let message = try next.message(of: scene.campaign)
        #expect(message.state == .sent)
        #expect(message.lastReply == "the provider's list shows SM9 queued")
        #expect(message.attempts == 1 && message.doubts == 1)
        try next.report(.bounced, about: message.id, as: "SM8")
        #expect(try next.message(of: scene.campaign).state == .sent, "that is no report of it")
        try next.report(.bounced, about: message.id, as: "SM9")
        #expect(try next.message(of: scene.campaign).state == .bounced)
        #expect(next.posts == 0)
        try next.finish()
    }

    @Test(
        "what the provider's list says became of a message counts as its report",
        arguments: [InDoubtPolicy.hold, .resend],
        [("delivered", MessageState.delivered), ("undelivered", .bounced), ("sending", .sent)]
    )
    func listed(_ inDoubt: InDoubtPolicy, _ entry: (status: String, state: MessageState)) throws {
        let scene = try ProviderDeath(inDoubt)
        let next = try scene.reopen { _ in .reply(200, body: Provider.list(true, entry.status)) }
        next.engine.start()
        if inDoubt == .resend {
            try next.engine.clock.wait(forDeadline: next.engine.clock.now + .seconds(30))
            next.engine.clock.advance(by: .seconds(30))
        }
        try next.engine.wait(for: scene.campaign, .sent)
        #expect(try next.message(of: scene.campaign).state == entry.state)
        #expect(next.posts == 0)
        try next.finish()
    }

    @Test("hold: what the provider does not show stays unknown; it is asked again, not for ever")
    func askedInVain() throws {
        let scene = try ProviderDeath(.hold)
        let next = try scene.reopen { _ in .reply(200, body: Provider.list(false)) }
        next.engine.start()
        for (count, seconds) in zip(1..., [60, 600, 3_600, 6 * 3_600, 24 * 3_600]) {
            try next.server.requests.wait(forCount: count)
            try next.engine.clock.wait(forDeadline: next.engine.clock.now + .seconds(seconds))
            next.engine.clock.advance(by: .seconds(seconds))
        }
        try next.server.requests.wait(forCount: 6)
        try next.waitUntilForgotten()
        next.engine.clock.advance(by: .seconds(30 * 86_400))
        let message = try next.message(of: scene.campaign)
        #expect(message.state == .unknown)
        let reply = try required(message.lastReply)
        #expect(reply.hasPrefix("the daemon died while it was in flight"))
        #expect(reply.hasSuffix("; the provider, asked, does not show it"))
        #expect(next.server.requests.elements.count == 6)
        #expect(next.posts == 0)
        try next.finish()
    }

    @Test("hold: a provider that is away, or shows it late, is asked again later")
    func askedLate() throws {
        let scene = try ProviderDeath(.hold)
        let answers = Recorder<Int>()
        let next = try scene.reopen { _ in
            answers.append(0)
            switch answers.elements.count {
            case 1: return .reply(503)
            case 2: return .reply(200, body: Provider.list(false))
            default: return .reply(200, body: Provider.list(true))
            }
        }
        next.engine.start()
        for seconds in [60, 600] {
            try next.engine.clock.wait(forDeadline: next.engine.clock.now + .seconds(seconds))
            #expect(try next.message(of: scene.campaign).state == .unknown)
            next.engine.clock.advance(by: .seconds(seconds))
        }
        try next.engine.wait(for: scene.campaign, .sent)
        #expect(next.posts == 0)
        try next.finish()
    }

    @Test("what an operator settled meanwhile is not asked about")
    func settledMeanwhile() throws {
        let scene = try ProviderDeath(.hold)
        let next = try scene.reopen { _ in .reply(200, body: Provider.list(true)) }
        let message = try next.message(of: scene.campaign)
        let resolved = try next.engine.store.operate(
            .resolve(wasSent: true),
            onMessages: [message.id],
            owner: nil,
            now: next.engine.clock.now
        )
        #expect(resolved.map(\.state) == [.sent])
        next.engine.start()
        try next.waitUntilForgotten()
        #expect(next.server.requests.elements.isEmpty)
        try next.finish()
    }

    @Test("an answer that comes after a later attempt began says nothing about it")
    func lateAnswer() throws {
        let scene = try ProviderDeath(.hold)
        let (asked, goOn) = (TestSignal(), TestSignal())
        let questions = Recorder<Int>()
        let next = try scene.reopen { request in
            guard request.method == "GET" else { return .hangUp }
            questions.append(0)
            guard questions.elements.count == 1 else {
                return .reply(200, body: Provider.list(false))
            }
            asked.fire()
            try? goOn.wait(for: "the second attempt")
            return .reply(200, body: Provider.list(true))
        }
        next.engine.start()
        try asked.wait(for: "the first question")
        let message = try next.message(of: scene.campaign)
        _ = try next.engine.store.operate(
            .resolve(wasSent: false),
            onMessages: [message.id],
            owner: nil,
            now: next.engine.clock.now
        )
        try next.engine.taps[.sms]?.wait(forEndOf: message.id)
        goOn.fire()
        // That of the start, that of the attempt, and one about the attempt.
        try questions.wait(forCount: 3)
        let second = try next.message(of: scene.campaign)
        #expect(second.state == .unknown && second.attempts == 2)
        #expect(next.posts == 1)
        try next.finish()
    }

    @Test(
        "resend: it is asked for before it is sent again, and not before the provider can be done",
        arguments: [true, false]
    )
    func askedBeforeResend(isListed: Bool) throws {
        let scene = try ProviderDeath(.resend)
        let next = try scene.reopen { request in
            request.method == "GET"
                ? .reply(200, body: Provider.list(isListed)) : Provider.accepted
        }
        let waiting = try next.message(of: scene.campaign)
        #expect(waiting.state == .deferred && waiting.doubts == 1)
        next.engine.start()
        let due = next.engine.clock.now + .seconds(30)
        try next.engine.clock.wait(forDeadline: due)
        #expect(waiting.nextAttemptAt == due)
        #expect(next.server.requests.elements.isEmpty)

        next.engine.clock.advance(by: .seconds(30))
        try next.engine.wait(for: scene.campaign, .sent)
        let requests = next.server.requests.elements.map(\.method)
        #expect(requests == (isListed ? ["GET"] : ["GET", "POST"]))
        let message = try next.message(of: scene.campaign)
        #expect(message.attempts == 2 && message.doubts == 1)
        try next.report(.delivered, about: message.id, as: isListed ? "SM9" : "SM1")
        #expect(try next.message(of: scene.campaign).state == .delivered)
        try next.finish()
    }

    @Test("resend: while the provider cannot be asked nothing is sent or spent")
    func cannotBeAsked() throws {
        let scene = try ProviderDeath(.resend)
        let next = try scene.reopen { _ in .reply(503) }
        next.engine.start()
        try next.engine.clock.wait(forDeadline: next.engine.clock.now + .seconds(30))
        next.engine.clock.advance(by: .seconds(30))
        let waiting = try next.message(of: scene.campaign)
        try next.engine.taps[.sms]?.wait(forEndOf: waiting.id)
        try required(next.engine.dispatchers[.sms]).queue.sync {}
        #expect(next.engine.dispatchers[.sms]?.status.breaker == "open")
        let message = try next.message(of: scene.campaign)
        #expect(message.state == .deferred && message.attempts == 1 && message.doubts == 1)
        #expect(next.posts == 0)
        try next.finish()
    }

    @Test("resend: what the provider's list cannot tell is unknown, not sent a second time")
    func cannotTell() throws {
        let scene = try ProviderDeath(.resend)
        let longer = "{\"messages\":[],\"next_page_uri\":\"/more\"}"
        let next = try scene.reopen { _ in .reply(200, body: longer) }
        next.engine.start()
        try next.engine.clock.wait(forDeadline: next.engine.clock.now + .seconds(30))
        next.engine.clock.advance(by: .seconds(30))
        try next.engine.wait(for: scene.campaign, .partial)
        #expect(try next.message(of: scene.campaign).state == .unknown)
        #expect(next.posts == 0)
        try next.finish()
    }

    @Test("resend: one whose answer was lost waits, and is asked for, before it is sent again")
    func lostAndResent() throws {
        let posts = Recorder<Int>()
        let site = try Provider(inDoubt: .resend) { request in
            guard request.method == "POST" else { return .reply(200, body: Provider.list(false)) }
            posts.append(0)
            return posts.elements.count == 1 ? .hangUp : Provider.accepted
        }
        let id = try site.campaign()
        try posts.wait(forCount: 1)
        try site.engine.clock.wait(forDeadline: site.engine.clock.now + .seconds(30))
        #expect(try site.message(of: id).state == .deferred)
        site.engine.clock.advance(by: .seconds(30))
        try site.engine.wait(for: id, .sent)
        let requests = site.server.requests.elements.map(\.method)
        #expect(requests == ["POST", "GET", "GET", "POST"])
        #expect(try site.message(of: id).doubts == 1)
        try site.finish()
    }

    @Test("resend: of a campaign that is paused while its provider is asked nothing is sent")
    func pausedMeanwhile() throws {
        let scene = try ProviderDeath(.resend)
        let (asked, goOn) = (TestSignal(), TestSignal())
        let next = try scene.reopen { _ in
            asked.fire()
            try? goOn.wait(for: "the pause")
            return .reply(200, body: Provider.list(false))
        }
        next.engine.start()
        try next.engine.clock.wait(forDeadline: next.engine.clock.now + .seconds(30))
        next.engine.clock.advance(by: .seconds(30))
        try asked.wait(for: "the question")
        try next.engine.service.pause(scene.campaign.objectID, as: .operator)
        try next.engine.flush()
        try required(next.engine.dispatchers[.sms]).queue.sync {}
        goOn.fire()
        try next.engine.taps[.sms]?.wait(forEndOf: next.message(of: scene.campaign).id)
        #expect(try next.message(of: scene.campaign).state == .deferred)
        #expect(next.posts == 0)
        try next.finish()
    }

    @Test("a death while the provider is asked changes nothing but the time of the next question")
    func deathWhileAsked() throws {
        for (inDoubt, wait) in [(InDoubtPolicy.hold, 60), (.resend, 0)] {
            let scene = try ProviderDeath(inDoubt)
            let asked = TestSignal()
            let second = try scene.reopen { _ in
                asked.fire()
                return .stall
            }
            second.engine.start()
            if inDoubt == .resend {
                try second.engine.clock.wait(forDeadline: second.engine.clock.now + .seconds(30))
                second.engine.clock.advance(by: .seconds(30))
            }
            try asked.wait(for: "the question")
            try second.engine.kill()
            second.server.stop()

            let third = try scene.reopen { _ in .reply(200, body: Provider.list(true)) }
            third.engine.start()
            if wait > 0 {
                let due = third.engine.clock.now + .seconds(wait)
                try third.engine.clock.wait(forDeadline: due)
                #expect(third.server.requests.elements.isEmpty)
                third.engine.clock.advance(by: .seconds(wait))
            }
            try third.engine.wait(for: scene.campaign, .sent)
            #expect(try third.message(of: scene.campaign).doubts == (inDoubt == .hold ? 1 : 2))
            #expect(second.posts + third.posts == 0)
            try third.finish()
        }
    }

    @Test("a recipient's refusal and their suppression are stored together, or neither")
    func together() throws {
        let site = try Provider(starts: false) { _ in Self.refusal(400, 21610) }
        _ = try site.engine.store.write("break suppressions") { transaction in
            try transaction.run(
                """
                CREATE TRIGGER broken BEFORE INSERT ON suppression
                BEGIN SELECT RAISE(ABORT, 'no suppressions today'); END
                """
            )
        }
        let id = try site.campaign()
        site.engine.start()
        try site.engine.taps[.sms]?.turns.wait(for: "the refusal to fail") { turns in
            turns.contains { !$0.isCommitted }
        }
        #expect(try site.message(of: id).state == .inflight)
        _ = try site.engine.store.write("mend suppressions") { transaction in
            try transaction.run("DROP TRIGGER broken")
        }
        try required(site.engine.dispatchers[.sms]).queue.sync {}
        site.engine.clock.advance(by: .seconds(5))
        try site.engine.wait(for: id, .sent)
        #expect(try site.message(of: id).state == .failed)
        let key = RecipientKey(channel: .sms, normalised: Provider.number)
        #expect(try site.engine.store.suppression(of: key)?.note?.contains("21610") == true)
        try site.finish()
    }
}

/// A provider's message whose daemon died with the request under way.
private struct ProviderDeath {
    let campaign: String
    private let folder: DataFolder
    private let clock: ManualClock
    private let inDoubt: InDoubtPolicy

    init(_ inDoubt: InDoubtPolicy) throws {
        let arrived = TestSignal()
        folder = try DataFolder()
        self.inDoubt = inDoubt
        let site = try Provider(inDoubt: inDoubt, in: folder) { _ in
            arrived.fire()
            return .stall
        }
        clock = site.engine.clock
        campaign = try site.campaign()
        try arrived.wait(for: "the request")
        try site.engine.kill()
        site.server.stop()
    }

    /// The next daemon, not started, and what its provider answers.
    func reopen(
        _ answer: @escaping @Sendable (ScriptedHTTPServer.Request) -> ScriptedHTTPServer.Action
    ) throws -> Provider {
        try Provider(inDoubt: inDoubt, in: folder, clock: clock, starts: false, answer)
    }
}

/// An engine whose messages go to a scripted provider that speaks Twilio's API.
private struct Provider {
    static let number = "+12025550101"
    static let accepted = ScriptedHTTPServer.Action.reply(201, body: "{\"sid\":\"SM1\"}")

    let channel: Channel
    let server: ScriptedHTTPServer
    let engine: Engine

    init(
        channel: Channel = .sms,
        inDoubt: InDoubtPolicy = .hold,
        in folder: DataFolder? = nil,
        clock: ManualClock = ManualClock(),
        starts: Bool = true,
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
        let options = HTTPTransportOptions(maxConnections: 2, inDoubt: inDoubt)
        let transport = HTTPTransport.twilio(settings, options)
        engine =
            channel == .voice
            ? try Engine(in: folder, clock: clock, voice: transport, starts: starts)
            : try Engine(in: folder, clock: clock, sms: transport, starts: starts)
    }

    /// What the provider lists: the same text of years ago and, if it has it, the message.
    static func list(_ isListed: Bool, _ status: String = "queued") -> String {
        func entry(_ date: String) -> String {
            """
            {"sid":"SM9","to":"\(number)","body":"Hello ann","status":"\(status)",\
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

    /// Blocks until nobody is to be asked about any message.
    func waitUntilForgotten() throws {
        try required(engine.taps[channel]).inquiries.wait(for: "the last question") { turns in
            turns.contains { $0.next == nil && $0.nextDue == nil }
        }
    }

    func finish() throws {
        try engine.finish()
        server.stop()
    }
}
