import JobQueue
import TestSupport
import Testing

@testable import Campaigns
@testable import SQLiteStore

@Suite("Job and campaign together: pause and resume", .timeLimit(.minutes(10)))
struct PauseTests {
    @Test("a DRAFT's waiting create is held, and goes on when resumed")
    func create() throws {
        let engine = try Engine()
        try engine.store.setPaused(true, kind: .create, now: engine.clock.now)
        let id = try engine.campaign(of: 1)
        try engine.service.pause(id.objectID, as: .operator)
        try engine.store.setPaused(false, kind: .create, now: engine.clock.now)

        let job = try engine.newestJob(of: id)
        #expect(job.state == .held && job.holdReason == .paused && job.attempt == 0)
        #expect(try engine.campaign(id).status == .draft)
        try engine.service.resume(id.objectID, as: .operator)
        try engine.wait(for: id, .sent)
        try engine.finish()
    }

    @Test("a running build is held at its next chunk, unspent, and goes on from there")
    func build() throws {
        let chunk = TestSignal()
        let goOn = TestSignal()
        let engine = try Engine(onChunk: {
            chunk.fire()
            try? goOn.wait(for: "the pause")
            return false
        })
        let id = try engine.campaign(of: 1_200, until: .build)
        try chunk.wait(for: "the first chunk")
        try engine.service.pause(id.objectID, as: .operator)
        for _ in 0..<8 { goOn.fire() }

        let job = try engine.newestJob(of: id)
        #expect(job.state == .held && job.holdReason == .paused && job.attempt == 0)
        #expect(try engine.campaign(id).status == .building)
        #expect(try engine.standing(id).end != nil)
        try engine.service.resume(id.objectID, as: .operator)
        let built = try engine.wait(for: id, .build)
        #expect(built.count(.ready) == 1_200)
        #expect(built.log == [.draft, .build])
        try engine.finish()
    }

    @Test("a BUILD's dated send is held, and waits for its date again when resumed before it")
    func datedSend() throws {
        let engine = try Engine()
        let spec = try engine.spec(lists: [engine.list(.mails("ann"))])
        let date = engine.clock.wall + .seconds(60)
        let id = try engine.campaign(CampaignOrder(spec: spec, date: date))
        try engine.wait(for: id, .build)
        try engine.service.pause(id.objectID, as: .operator)
        #expect(try engine.newestJob(of: id).state == .held)
        #expect(try engine.campaign(id).status == .build)

        try engine.service.resume(id.objectID, as: .operator)
        #expect(try engine.newestJob(of: id).state == .scheduled)
        try engine.clock.wait(forDate: date)
        engine.clock.advance(by: .seconds(60))
        try engine.wait(for: id, .sent)
        try engine.finish()
    }

    @Test("a date that passes during the pause is not waited for again")
    func datePassed() throws {
        let engine = try Engine()
        let spec = try engine.spec(lists: [engine.list(.mails("ann"))])
        let date = engine.clock.wall + .seconds(60)
        let id = try engine.campaign(CampaignOrder(spec: spec, date: date))
        try engine.wait(for: id, .build)
        try engine.service.pause(id.objectID, as: .operator)
        engine.clock.advance(by: .seconds(3_600))
        #expect(try engine.campaign(id).status == .build)

        try engine.service.resume(id.objectID, as: .operator)
        try engine.wait(for: id, .sent)
        try engine.finish()
    }

    @Test("SENDING becomes PAUSED: nothing new starts, what is under way keeps its outcome")
    func sending() throws {
        let email = ScriptedTransport(maxConnections: 4, rule: ScriptedTransport.hold)
        let engine = try Engine(email: email)
        let id = try engine.campaign(of: 20)
        try email.handed.wait(forCount: 4)
        try engine.settle()
        #expect(try engine.campaign(id).count(.inflight) == 8)

        try engine.service.pause(id.objectID, as: .operator)
        try engine.settle()
        let paused = try engine.campaign(id)
        #expect(paused.status == .paused && paused.count(.inflight) == 4)
        #expect(paused.count(.ready) == 16)
        #expect(try engine.newestJob(of: id).holdReason == .paused)
        email.answerAll()
        try engine.settle()
        #expect(try engine.campaign(id).count(.sent) == 4)
        #expect(email.handed.elements.count == 4)

        email.follow(ScriptedTransport.accept)
        try engine.service.resume(id.objectID, as: .operator)
        let sent = try engine.wait(for: id, .sent)
        #expect(sent.log == [.draft, .build, .sending, .paused, .sending, .sent])
        #expect(Set(email.handed.elements.map(\.id)).count == email.handed.elements.count)
        try engine.finish()
    }

    @Test("a PAUSED campaign whose last messages settle is SENT without being resumed")
    func settledWhilePaused() throws {
        let email = ScriptedTransport(rule: ScriptedTransport.hold)
        let engine = try Engine(email: email)
        let id = try engine.campaign(of: 2)
        try email.handed.wait(forCount: 2)
        try engine.service.pause(id.objectID, as: .operator)
        email.answerAll()

        try engine.wait(for: id, .sent)
        #expect(try engine.newestJob(of: id).state == .completed)
        try engine.finish()
    }

    @Test("one campaign's pause holds up no other")
    func others() throws {
        let email = ScriptedTransport(rule: { message in
            message.name == "slow" ? nil : .success(Delivery(reply: "250"))
        })
        let engine = try Engine(email: email)
        let slow = try engine.spec(lists: [engine.list(.mails("slow"))])
        let id = try engine.campaign(CampaignOrder(spec: slow))
        try email.handed.wait(forCount: 1)
        try engine.service.pause(id.objectID, as: .operator)

        try engine.wait(for: engine.campaign(of: 50), .sent)
        email.answerAll()
        try engine.wait(for: id, .sent)
        try engine.finish()
    }

    @Test("what is at rest cannot be paused, and what is not paused cannot be resumed")
    func conflicts() throws {
        let engine = try Engine()
        let id = try engine.campaign(of: 1)
        try engine.wait(for: id, .sent)
        let pause = try engine.conflict { try engine.service.pause(id.objectID, as: .operator) }
        #expect(pause.contains("has no job to pause"))
        let resume = try engine.conflict { try engine.service.resume(id.objectID, as: .operator) }
        #expect(resume.contains("is SENT and not paused"))
        try engine.finish()
    }
}
