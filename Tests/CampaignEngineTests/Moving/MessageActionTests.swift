import JobQueue
import TestSupport
import Testing

@testable import Campaigns
@testable import SQLiteStore

@Suite("What an operator does to messages by hand", .timeLimit(.minutes(10)))
struct MessageActionTests {
    private static let refuse: ScriptedTransport.Rule = { message in
        switch message.name {
        case "content": .failure(.rejected(.content, reply: "554 5.7.1 refused"))
        case "nobody": .failure(.rejected(.recipient, reply: "550 5.1.1 no such user"))
        case "doubt": .failure(.outcomeUnknown(evidence: "no reply to the final dot"))
        default: .success(Delivery(reply: "250"))
        }
    }

    @Test("a retry of a PARTIAL campaign's messages makes it SENDING with a new send job")
    func retryPartial() throws {
        let email = ScriptedTransport(inDoubt: .hold, rule: Self.refuse)
        let engine = try Engine(email: email)
        let id = try engine.campaign(to: "good", "content")
        let partial = try engine.wait(for: id, .partial)
        #expect(partial.reason == "1 failed (content): retry them")
        let first = try engine.newestJob(of: id)

        email.follow(ScriptedTransport.hold)
        let message = try engine.message(to: "content", of: id)
        try engine.operate(.retry, onMessages: [message.id])
        #expect(try engine.campaign(id).status == .sending)
        let second = try engine.newestJob(of: id)
        #expect(second.id != first.id && second.kind == .send)
        try email.handed.wait(forCount: 3)
        email.answerAll()
        let sent = try engine.wait(for: id, .sent)
        #expect(sent.log == [.draft, .build, .sending, .partial, .sending, .sent])
        try engine.wait(forJob: second.id, .completed)
        #expect(try engine.message(to: "content", of: id).attempts == 1)
        try engine.finish()
    }

    @Test("a retry of a SENT campaign's failed recipient makes it SENDING again")
    func retrySent() throws {
        let email = ScriptedTransport(rule: Self.refuse)
        let engine = try Engine(email: email)
        let id = try engine.campaign(to: "good", "nobody")
        try engine.wait(for: id, .sent)

        email.follow(ScriptedTransport.accept)
        let message = try engine.message(to: "nobody", of: id)
        try engine.operate(.retry, onMessages: [message.id])
        let sent = try engine.wait(for: id, .sent)
        #expect(sent.count(.sent) == 2)
        try engine.wait(forJob: engine.newestJob(of: id).id, .completed)
        try engine.finish()
    }

    @Test("a deferred message is retried at once, with fresh attempts")
    func retryDeferred() throws {
        let email = ScriptedTransport(rule: { _ in
            .failure(.deferred(reply: "451", retryAfter: .seconds(3_600)))
        })
        let engine = try Engine(email: email)
        let id = try engine.campaign(to: "ann")
        let message = try engine.message(to: "ann", of: engine.waitForEnd(of: id))
        #expect(message.state == .deferred && message.attempts == 1)

        email.follow(ScriptedTransport.accept)
        try engine.operate(.retry, onMessages: [message.id])
        try engine.wait(for: id, .sent)
        #expect(try engine.message(to: "ann", of: id).attempts == 1)
        try engine.finish()
    }

    @Test("resolved as sent, the last unknown message moves its campaign from PARTIAL to SENT")
    func resolveSent() throws {
        let email = ScriptedTransport(inDoubt: .hold, rule: Self.refuse)
        let engine = try Engine(email: email)
        let id = try engine.campaign(to: "good", "doubt")
        let partial = try engine.wait(for: id, .partial)
        #expect(partial.reason == "1 unknown: resolve them")
        let message = try engine.message(to: "doubt", of: id)
        #expect(message.state == .unknown && message.doubts == 1)

        try engine.operate(.resolve(wasSent: true), onMessages: [message.id])
        let sent = try engine.campaign(id)
        #expect(sent.status == .sent && sent.count(.sent) == 2 && sent.reason == nil)
        #expect(email.handed.elements.count == 2)
        let resolved = try engine.message(to: "doubt", of: id)
        #expect(resolved.lastReply?.contains("resolved as sent by an operator") == true)
        #expect(resolved.lastReply?.contains("no reply to the final dot") == true)
        try engine.finish()
    }

    @Test("resolved to be sent again, it is, in a campaign that is SENDING again")
    func resolveResend() throws {
        let email = ScriptedTransport(inDoubt: .hold, rule: Self.refuse)
        let engine = try Engine(email: email)
        let id = try engine.campaign(to: "doubt")
        try engine.wait(for: id, .partial)
        email.follow(ScriptedTransport.accept)
        let message = try engine.message(to: "doubt", of: id)
        try engine.operate(.resolve(wasSent: false), onMessages: [message.id])

        try engine.wait(for: id, .sent)
        #expect(email.handed.elements.map(\.id) == [message.id, message.id])
        try engine.finish()
    }

    @Test("while others are unknown the campaign stays PARTIAL, with the reason as it is now")
    func resolveSome() throws {
        let email = ScriptedTransport(
            inDoubt: .hold,
            rule: { _ in
                .failure(.outcomeUnknown(evidence: "no reply"))
            }
        )
        let engine = try Engine(email: email)
        let id = try engine.campaign(of: 3)
        #expect(try engine.wait(for: id, .partial).reason == "3 unknown: resolve them")
        let messages = try engine.messages(of: id, .unknown)
        try engine.operate(.resolve(wasSent: true), onMessages: [messages[0].id])

        let campaign = try engine.campaign(id)
        #expect(campaign.status == .partial && campaign.reason == "2 unknown: resolve them")
        #expect(campaign.log == [.draft, .build, .sending, .partial])
        try engine.finish()
    }

    @Test("all of a selection are settled at once, and a dry run only counts them")
    func selection() throws {
        let email = ScriptedTransport(
            inDoubt: .hold,
            rule: { _ in
                .failure(.outcomeUnknown(evidence: "no reply"))
            }
        )
        let engine = try Engine(email: email)
        let id = try engine.campaign(of: 1_100)
        try engine.wait(for: id, .partial)
        let unknown = Selection.matching(MessageFilter(campaignID: id, state: .unknown))
        let action = MessageAction.resolve(wasSent: true)
        let dry = try engine.service.operate(action, on: unknown, dryRun: true, as: .operator)
        #expect(dry.matched == 1_100 && dry.changed == 0)
        #expect(try engine.campaign(id).count(.unknown) == 1_100)

        let wet = try engine.service.operate(action, on: unknown, dryRun: false, as: .operator)
        #expect(wet.matched == 1_100 && wet.changed == 1_100)
        #expect(try engine.campaign(id).status == .sent)
        try engine.finish()
    }

    @Test("each action says of a message why it is not for it")
    func refusals() throws {
        let email = ScriptedTransport(inDoubt: .hold, rule: Self.refuse)
        let engine = try Engine(email: email)
        let id = try engine.campaign(to: "good", "doubt")
        try engine.wait(for: id, .partial)
        let sent = try engine.message(to: "good", of: id).id
        let unknown = try engine.message(to: "doubt", of: id).id

        let retry = try engine.service.operate(
            .retry,
            onMessages: [sent, unknown, 7],
            as: .operator
        )
        #expect(retry.map(\.state) == [.sent, .unknown, nil])
        #expect(retry[0].refusal?.contains("failed, bounced and deferred") == true)
        #expect(retry[1].refusal?.contains("resolve it with --sent or --resend") == true)
        #expect(retry[2].refusal == "there is no message 7")
        let resolve = try engine.service.operate(
            .resolve(wasSent: true),
            onMessages: [sent],
            as: .operator
        )
        #expect(resolve[0].refusal?.contains("only unknown messages are resolved") == true)
        try engine.finish()
    }

    @Test("nothing of a cancelled campaign is sent again, but what was unknown may be settled")
    func cancelled() throws {
        let email = ScriptedTransport(inDoubt: .hold, rule: Self.refuse)
        let engine = try Engine(email: email)
        let id = try engine.campaign(to: "content", "doubt")
        try engine.wait(for: id, .partial)
        try engine.service.cancel(id.objectID, as: .operator)
        let failed = try engine.message(to: "content", of: id).id
        let unknown = try engine.message(to: "doubt", of: id).id

        for (action, message) in [
            (MessageAction.retry, failed), (.resolve(wasSent: false), unknown),
        ] {
            let result = try engine.service.operate(action, onMessages: [message], as: .operator)
            #expect(
                result.first?.refusal == "its campaign is CANCELLED: nothing more of it is sent"
            )
        }
        try engine.operate(.resolve(wasSent: true), onMessages: [unknown])
        let campaign = try engine.campaign(id)
        #expect(campaign.status == .cancelled)
        #expect(campaign.count(.failed) == 1 && campaign.count(.sent) == 1)
        try engine.finish()
    }
}

extension Engine {
    /// Accepts a campaign of emails to these names.
    func campaign(to names: String...) throws -> String {
        let list = try list(names.map { .mail($0) })
        return try campaign(CampaignOrder(spec: spec(lists: [list])))
    }

    /// Does `action` to messages that must allow it.
    func operate(_ action: MessageAction, onMessages ids: [Int64]) throws {
        let results = try service.operate(action, onMessages: ids, as: .operator)
        if let refusal = results.compactMap(\.refusal).first {
            throw Missing(what: "leave to \(action): \(refusal)")
        }
    }

    /// Blocks until the first flight of each of the campaign's emails has ended.
    @discardableResult
    func waitForEnd(of campaign: String) throws -> String {
        try wait(for: campaign, .sending)
        let tap = try required(taps[.email])
        for message in try messages(of: campaign) where message.exclusion == nil {
            try tap.wait(forEndOf: message.id)
        }
        try settle()
        return campaign
    }
}
