import JobQueue
import TestSupport
import Testing

@testable import Campaigns
@testable import SQLiteStore

@Suite("What the other side's answer makes of a message and its campaign", .timeLimit(.minutes(10)))
struct OutcomeTests {
    @Test("taken over: sent, with the reply, by one attempt")
    func sent() throws {
        let email = ScriptedTransport(rule: { _ in .success(Delivery(reply: "250 2.0.0 queued")) })
        let engine = try Engine(email: email)
        let id = try engine.campaign(to: "ann")
        let campaign = try engine.wait(for: id, .sent)

        let message = try engine.message(to: "ann", of: id)
        #expect(message.state == .sent && message.attempts == 1)
        #expect(message.lastReply == "250 2.0.0 queued")
        #expect(campaign.log == [.draft, .build, .sending, .sent])
        #expect(campaign.reason == nil)
        let job = try engine.newestJob(of: id)
        #expect(job.state == .completed)
        #expect(job.progress == JobProgress(done: 1, total: 1))
        try engine.finish()
    }

    @Test("refused for now: each message has its own next attempt, doubled from answer to answer")
    func deferred() throws {
        let email = ScriptedTransport(rule: { message in
            .failure(.deferred(reply: "451 \(message.name)", retryAfter: nil))
        })
        let engine = try Engine(email: email)
        let start = engine.clock.now
        let id = try engine.campaign(to: "ann")
        try engine.waitForEnd(of: id)

        let first = try engine.message(to: "ann", of: id)
        #expect(first.state == .deferred && first.attempts == 1)
        #expect(first.nextAttemptAt == start + .seconds(15))
        #expect(first.lastReply == "451 ann")
        try engine.clock.wait(forDeadline: start + .seconds(15))
        engine.clock.advance(by: .seconds(14))
        try engine.settle()
        #expect(email.handed.elements.count == 1)
        engine.clock.advance(by: .seconds(1))
        try engine.taps[.email]?.wait(forEndOf: first.id, count: 2)
        let second = try engine.message(to: "ann", of: id)
        #expect(second.attempts == 2 && second.nextAttemptAt == start + .seconds(45))

        email.follow(ScriptedTransport.accept)
        try engine.clock.wait(forDeadline: start + .seconds(45))
        engine.clock.advance(by: .seconds(30))
        try engine.wait(for: id, .sent)
        #expect(try engine.message(to: "ann", of: id).attempts == 3)
        #expect(Set(email.handed.elements.map(\.date)) == [start])
        try engine.finish()
    }

    @Test("Retry-After is a floor")
    func retryAfter() throws {
        let email = ScriptedTransport(rule: { _ in
            .failure(.deferred(reply: "450 later", retryAfter: .seconds(600)))
        })
        let engine = try Engine(email: email)
        let id = try engine.campaign(to: "ann")
        try engine.waitForEnd(of: id)

        let next = try engine.message(to: "ann", of: id).nextAttemptAt
        #expect(next == engine.clock.now + .seconds(600))
        try engine.finish()
    }

    @Test("one message put off delays no other")
    func independent() throws {
        let email = ScriptedTransport(rule: { message in
            message.name == "slow"
                ? .failure(.deferred(reply: "451", retryAfter: nil))
                : ScriptedTransport.accept(message)
        })
        let engine = try Engine(email: email)
        let id = try engine.campaign(to: "slow", "a", "b", "c")
        try engine.waitForEnd(of: id)

        let campaign = try engine.campaign(id)
        #expect(campaign.count(.sent) == 3 && campaign.count(.deferred) == 1)
        #expect(campaign.status == .sending)
        try engine.finish()
    }

    @Test("put off too often: failed as given up with the last answer, and the campaign is PARTIAL")
    func attemptsSpent() throws {
        let email = ScriptedTransport(rule: { _ in
            .failure(.deferred(reply: "451 not now", retryAfter: nil))
        })
        let engine = try Engine(email: email)
        let id = try engine.campaign(to: "ann")
        let message = try engine.message(to: "ann", of: engine.waitForEnd(of: id))
        for count in 2...4 {
            let next = try engine.message(to: "ann", of: id).nextAttemptAt
            try engine.clock.wait(forDeadline: required(next))
            engine.clock.advance(by: try required(next) - engine.clock.now)
            try engine.taps[.email]?.wait(forEndOf: message.id, count: count)
        }

        let campaign = try engine.wait(for: id, .partial)
        #expect(campaign.reason == "1 failed (gave-up): retry them")
        let given = try engine.message(to: "ann", of: id)
        #expect(given.state == .failed && given.fault == .gaveUp && given.attempts == 4)
        #expect(given.lastReply == "given up after 4 attempts; the last answer: 451 not now")
        try engine.finish()
    }

    @Test("put off for too long: given up by age whatever the number of attempts")
    func tooOld() throws {
        let email = ScriptedTransport(rule: { _ in
            .failure(.deferred(reply: "451", retryAfter: .seconds(86_400)))
        })
        let engine = try Engine(email: email)
        let id = try engine.campaign(to: "ann")
        let message = try engine.message(to: "ann", of: engine.waitForEnd(of: id))
        for count in 2...3 {
            engine.clock.advance(by: .seconds(86_400))
            try engine.taps[.email]?.wait(forEndOf: message.id, count: count)
            try engine.settle()
        }

        try engine.wait(for: id, .partial)
        let given = try engine.message(to: "ann", of: id)
        #expect(given.fault == .gaveUp && given.attempts == 3)
        try engine.finish()
    }

    @Test("refused for the recipient's sake: settled, and the campaign is SENT")
    func recipientRefused() throws {
        let email = ScriptedTransport(rule: { message in
            message.name == "nobody"
                ? .failure(.rejected(.recipient, reply: "550 5.1.1 no such user"))
                : ScriptedTransport.accept(message)
        })
        let engine = try Engine(email: email)
        let id = try engine.campaign(to: "ann", "nobody")
        let campaign = try engine.wait(for: id, .sent)

        #expect(campaign.count(.failed, detail: "recipient") == 1)
        let message = try engine.message(to: "nobody", of: id)
        #expect(message.fault == .recipient && message.lastReply == "550 5.1.1 no such user")
        try engine.finish()
    }

    @Test("refused for the content's sake: the campaign is PARTIAL")
    func contentRefused() throws {
        let email = ScriptedTransport(rule: { message in
            message.name == "b"
                ? .failure(.rejected(.content, reply: "554 5.6.0 no"))
                : ScriptedTransport.accept(message)
        })
        let engine = try Engine(email: email)
        let id = try engine.campaign(to: "a", "b", "c")
        let campaign = try engine.wait(for: id, .partial)

        #expect(campaign.reason == "1 failed (content): retry them")
        #expect(campaign.count(.sent) == 2 && campaign.count(.failed, detail: "content") == 1)
        #expect(try engine.standing(id).end == .stopped(reason: campaign.reason))
        try engine.finish()
    }

    @Test("the connection lost before the message had left: put off, and no breaker opens")
    func interrupted() throws {
        let email = ScriptedTransport(rule: { _ in
            .failure(.interrupted(reason: "the connection was lost at data"))
        })
        let engine = try Engine(email: email)
        let id = try engine.campaign(to: "ann")
        try engine.waitForEnd(of: id)

        let message = try engine.message(to: "ann", of: id)
        #expect(message.state == .deferred && message.doubts == 0)
        #expect(message.lastReply == "the connection was lost at data")
        #expect(engine.dispatchers[.email]?.status.breaker == "closed")
        try engine.finish()
    }

    @Test("the sender refused: the campaign is PAUSED with the reply, and no recipient is spent")
    func senderRefused() throws {
        let email = ScriptedTransport(maxConnections: 2, rule: ScriptedTransport.hold)
        let engine = try Engine(email: email)
        let id = try engine.campaign(of: 10)
        try email.handed.wait(forCount: 2)
        try engine.settle()
        email.answerAll(.failure(.senderRefused(reply: "550 5.7.1 not yours")))
        let paused = try engine.wait(for: id, .paused)
        try engine.settle()

        #expect(paused.reason == "the server refused the sender: 550 5.7.1 not yours")
        #expect(try engine.campaign(id).count(.ready) == 10)
        #expect(try engine.messages(of: id).allSatisfy { $0.attempts == 0 })
        #expect(email.handed.elements.count == 2)
        #expect(try engine.newestJob(of: id).holdReason == .paused)
        email.follow(ScriptedTransport.accept)
        try engine.service.resume(id.objectID, as: .operator)
        #expect(try engine.wait(for: id, .sent).log.suffix(3) == [.paused, .sending, .sent])
        try engine.finish()
    }

    @Test("the sender refused while the send job waits to be claimed again: PAUSED all the same")
    func senderRefusedBeforeClaim() throws {
        let email = ScriptedTransport(maxConnections: 1, rule: ScriptedTransport.hold)
        let engine = try Engine(email: email)
        let id = try engine.campaign(of: 2)
        try email.handed.wait(forCount: 1)
        try engine.service.pause(id.objectID, as: .operator)
        try engine.store.setPaused(true, kind: .send, now: engine.clock.now)
        try engine.service.resume(id.objectID, as: .operator)
        #expect(try engine.newestJob(of: id).state == .available)
        email.answerAll(.failure(.senderRefused(reply: "550")))
        try engine.wait(for: id, .paused)

        #expect(try engine.newestJob(of: id).holdReason == .paused)
        try engine.store.setPaused(false, kind: .send, now: engine.clock.now)
        email.follow(ScriptedTransport.accept)
        try engine.service.resume(id.objectID, as: .operator)
        try engine.wait(for: id, .sent)
        try engine.finish()
    }

    @Test("a refused sender pauses its own campaign alone")
    func senderRefusedOthers() throws {
        let email = ScriptedTransport(rule: { message in
            message.name == "bad"
                ? .failure(.senderRefused(reply: "550")) : ScriptedTransport.accept(message)
        })
        let engine = try Engine(email: email)
        try engine.wait(for: engine.campaign(to: "bad"), .paused)
        try engine.wait(for: engine.campaign(of: 20), .sent)
        try engine.finish()
    }
}
