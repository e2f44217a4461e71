import JobQueue
import TestSupport
import Testing

@testable import Campaigns

@Suite("The pace of all channels together", .timeLimit(.minutes(10)))
struct GlobalPaceTests {
    private static let onePerSecond = RateLimit(perSecond: 1)

    /// An email campaign and one of text messages, both SENDING, on one rate.
    private struct Site {
        let engine: Engine
        let email = ScriptedTransport()
        let sms: ScriptedTransport
        let mails: String
        let texts: String

        init(
            _ rate: RateLimit,
            mails: Int,
            texts: Int,
            text: String = "Hello",
            sms rule: @escaping ScriptedTransport.Rule = ScriptedTransport.accept
        ) throws {
            sms = ScriptedTransport(inDoubt: .hold, rule: rule)
            engine = try Engine(email: email, sms: sms, globalPace: rate)
            self.mails = try engine.campaign(of: mails)
            let phones = (0..<texts).map { number in
                NewContact.named("p", phone: "+1949867\(1_000 + number)", variables: [:])
            }
            let spec = try engine.spec(
                [.sms],
                lists: [engine.list(phones)],
                templates: [.sms: engine.template(.sms, text)]
            )
            self.texts = try engine.campaign(CampaignOrder(spec: spec))
            for id in [self.mails, self.texts] { try engine.wait(for: id, .sending) }
            try settle()
        }

        var sent: (mails: Int, texts: Int) {
            (email.handed.elements.count, sms.handed.elements.count)
        }

        /// Returns when neither channel does anything more by itself: one may have woken the other.
        func settle() throws {
            for _ in 1...3 {
                for channel in [Channel.email, .sms] { try engine.settle(channel) }
            }
        }

        /// Moves the clock to the next token, which must be due then to the millisecond.
        func nextToken(after span: Duration = .seconds(1)) throws {
            try engine.clock.wait(forDeadline: engine.clock.now + span)
            engine.clock.advance(by: span)
            try settle()
        }
    }

    @Test("two channels share every token, and the one with more messages gets no more of them")
    func turns() throws {
        let site = try Site(Self.onePerSecond, mails: 500, texts: 6)
        #expect(site.sent.mails + site.sent.texts == 1)
        for count in 2...11 {
            try site.nextToken()
            #expect(site.sent.mails + site.sent.texts == count)
            // Two: the mails may have been in the queue before the texts were built.
            #expect(abs(site.sent.mails - site.sent.texts) <= 2)
        }
        while site.sent.texts < 6 { try site.nextToken() }
        try site.engine.wait(for: site.texts, .sent)
        // Alone, the other gets each of them.
        let mails = site.sent.mails
        for count in 1...3 {
            try site.nextToken()
            #expect(site.sent.mails == mails + count)
        }
        try site.engine.finish()
    }

    @Test("a text message takes a token of all channels for each of its parts")
    func parts() throws {
        let site = try Site(
            Self.onePerSecond,
            mails: 5,
            texts: 1,
            text: String(repeating: "x", count: 400)
        )
        while site.sent.texts == 0 { try site.nextToken() }
        // Three parts leave two owed.
        let mails = site.sent.mails
        try site.nextToken(after: .seconds(3))
        #expect(site.sent.mails == mails + 1)
        try site.engine.finish()
    }

    @Test("a channel whose campaign is paused gives way, and one that gets no answer does too")
    func givesWay() throws {
        let site = try Site(
            Self.onePerSecond,
            mails: 30,
            texts: 20,
            sms: ScriptedTransport.hold
        )
        // At most eight texts are claimed; then the channel has no room for more.
        for _ in 1...20 { try site.nextToken() }
        #expect(site.sent.mails >= 12)
        site.sms.follow(ScriptedTransport.accept)
        site.sms.answerAll()
        try site.settle()
        try site.engine.service.pause(site.texts.objectID, as: .operator)
        try site.settle()
        let mails = site.sent.mails
        for count in 1...5 {
            try site.nextToken()
            #expect(site.sent.mails == mails + count)
        }
        try site.engine.finish()
    }

    @Test("a new daemon goes on with the tokens that the last one left, on whatever channel")
    func restart() throws {
        let folder = try DataFolder()
        let first = try Engine(in: folder, globalPace: Self.onePerSecond)
        let id = try first.campaign(of: 5)
        try first.wait(for: id, .sending)
        try first.settle()
        #expect(try first.campaign(id).count(.sent) == 1)
        try first.close()

        let email = ScriptedTransport()
        let second = try Engine(
            in: folder,
            clock: first.clock,
            email: email,
            globalPace: Self.onePerSecond
        )
        try second.settle()
        #expect(email.handed.elements.isEmpty, "the token was spent before the restart")
        try second.clock.wait(forDeadline: second.clock.now + .seconds(1))
        second.clock.advance(by: .seconds(1))
        try email.handed.wait(forCount: 1)
        try second.settle()
        #expect(email.handed.elements.count == 1)
        try second.finish()
    }

    @Test("it is shown with each campaign, counts in what is estimated, and may be taken away")
    func shown() throws {
        let site = try Site(RateLimit(perSecond: 0.5), mails: 20, texts: 1)
        let dispatcher = try required(site.engine.dispatchers[.email])
        let pace = try required(dispatcher.pace(ofCampaign: site.mails))
        #expect(pace.throttles.map(\.scope) == [.global])
        #expect(pace.throttles.first?.perSecond == 0.5)
        let now = site.engine.clock.now
        let estimate = Estimate(open: 20, lastDue: nil, pace: pace, now: now)
        #expect(estimate?.earliest == now + .seconds(40))
        let seq = try site.engine.campaign(site.mails).seq
        #expect(dispatcher.nextToken(ofCampaign: seq) == now + .seconds(2))
        site.engine.global.change(to: nil)
        try site.engine.wait(for: site.mails, .sent)
        try site.engine.finish()
    }

    @Test("a store that fails for a while takes no token and keeps no channel from its turn")
    func storeFailure() throws {
        let site = try Site(Self.onePerSecond, mails: 20, texts: 20)
        let tap = try required(site.engine.taps[.sms])
        tap.fail(with: .unavailable("disk I/O error"))
        for _ in 1...8 {
            site.engine.clock.advance(by: .seconds(1))
            try site.engine.settle()
        }
        #expect(site.sent.mails >= 7)
        tap.fail(with: nil)
        let texts = site.sent.texts
        for _ in 1...20 {
            site.engine.clock.advance(by: .seconds(1))
            try site.settle()
        }
        #expect(site.sent.texts > texts)
        try site.engine.finish()
    }
}
