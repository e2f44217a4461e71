import JobQueue
import TestSupport
import Testing

@testable import Campaigns

@Suite("Messages in doubt: the reply was lost after the last byte", .timeLimit(.minutes(10)))
struct DoubtTests {
    @Test("resend: sent again at once, with the same Message-ID and date")
    func resendOnce() throws {
        let email = ScriptedTransport(inDoubt: .resend, rule: ScriptedTransport.hold)
        let engine = try Engine(email: email)
        let id = try engine.campaign(to: "ann")
        let first = try required(email.handed.wait(forCount: 1).first)
        engine.clock.advance(by: .seconds(10))
        email.answer(first.id, .failure(.outcomeUnknown(evidence: "no reply to the final dot")))
        let second = try email.handed.wait(forCount: 2)[1]

        #expect(second.messageID == first.messageID && second.date == first.date)
        email.answerAll()
        try engine.wait(for: id, .sent)
        let message = try engine.message(to: "ann", of: id)
        #expect(message.doubts == 1 && message.attempts == 2)
        try engine.finish()
    }

    @Test("resend: in doubt a second time it is unknown, and the campaign PARTIAL")
    func resendOnlyOnce() throws {
        let email = ScriptedTransport(
            inDoubt: .resend,
            rule: { _ in
                .failure(.outcomeUnknown(evidence: "no reply to the final dot"))
            }
        )
        let engine = try Engine(email: email)
        let id = try engine.campaign(to: "ann")
        try engine.wait(for: id, .partial)

        let message = try engine.message(to: "ann", of: id)
        #expect(message.state == .unknown && message.doubts == 2)
        #expect(message.lastReply == "no reply to the final dot")
        #expect(email.handed.elements.count == 2)
        try engine.finish()
    }

    @Test("hold: unknown at once, never sent a second time")
    func hold() throws {
        let sms = ScriptedTransport(
            inDoubt: .hold,
            rule: { message in
                message.recipient == "+19498671001"
                    ? .failure(.outcomeUnknown(evidence: "the connection was cut"))
                    : ScriptedTransport.accept(message)
            }
        )
        let engine = try Engine(sms: sms)
        let people = [
            NewContact.named("ann", phone: "+19498671001"),
            NewContact.named("bob", phone: "+19498671002"),
        ]
        let spec = try engine.spec([.sms], lists: [engine.list(people)])
        let id = try engine.campaign(CampaignOrder(spec: spec))
        let partial = try engine.wait(for: id, .partial)

        #expect(partial.count(.unknown) == 1 && partial.count(.sent) == 1)
        #expect(sms.handed.elements.count == 2)
        try engine.finish()
    }

    @Test("a doubt spends an attempt but puts nothing off, and one that is deferred later keeps it")
    func doubtThenDeferred() throws {
        let email = ScriptedTransport(inDoubt: .resend, rule: ScriptedTransport.hold)
        let engine = try Engine(email: email)
        let id = try engine.campaign(to: "ann")
        try email.handed.wait(forCount: 1)
        email.answerAll(.failure(.outcomeUnknown(evidence: "no reply")))
        try email.handed.wait(forCount: 2)
        email.answerAll(.failure(.deferred(reply: "451", retryAfter: nil)))
        let message = try required(engine.messages(of: id).first)
        try engine.taps[.email]?.wait(forEndOf: message.id, count: 2)
        try engine.settle()

        let deferred = try engine.message(to: "ann", of: id)
        #expect(deferred.state == .deferred && deferred.doubts == 1 && deferred.attempts == 2)
        email.follow { _ in .failure(.outcomeUnknown(evidence: "no reply again")) }
        engine.clock.advance(by: .seconds(60))
        try engine.wait(for: id, .partial)
        #expect(try engine.message(to: "ann", of: id).state == .unknown)
        try engine.finish()
    }
}

extension OutgoingMessage {
    /// The Message-ID header of the email.
    fileprivate var messageID: String {
        MessageID.header(id: id, campaignID: campaignID, sender: sender)
    }
}
