import JobQueue
import TestSupport
import Testing

@testable import Campaigns
@testable import SQLiteStore

@Suite("Job and campaign together: discard and retry", .timeLimit(.minutes(10)))
struct DiscardTests {
    @Test("create discarded fails the campaign; retried, it is a DRAFT again and goes on")
    func create() throws {
        let engine = try Engine()
        try engine.store.setPaused(true, kind: .create, now: engine.clock.now)
        let id = try engine.campaign(of: 1)
        try engine.operate(.discard, on: engine.newestJob(of: id))
        #expect(try engine.campaign(id).status == .failed)
        #expect(try engine.campaign(id).reason == "discarded by an operator")

        try engine.operate(.retry, on: engine.newestJob(of: id))
        #expect(try engine.campaign(id).status == .draft)
        #expect(try engine.newestJob(of: id).state == .available)
        try engine.store.setPaused(false, kind: .create, now: engine.clock.now)
        let sent = try engine.wait(for: id, .sent)
        #expect(sent.log == [.draft, .failed, .draft, .build, .sending, .sent])
        try engine.finish()
    }

    @Test("build discarded before it began fails the campaign; retried, it is built from the start")
    func buildNotBegun() throws {
        let engine = try Engine()
        try engine.store.setPaused(true, kind: .build, now: engine.clock.now)
        let id = try engine.campaign(of: 1)
        try engine.operate(.discard, on: engine.waitUntilCreated(id))
        #expect(try engine.campaign(id).status == .failed)

        try engine.operate(.retry, on: engine.newestJob(of: id))
        #expect(try engine.campaign(id).status == .building)
        try engine.store.setPaused(false, kind: .build, now: engine.clock.now)
        #expect(try engine.wait(for: id, .sent).count(.sent) == 1)
        try engine.finish()
    }

    @Test("build discarded on its way fails the campaign; retried, it goes on from its cursor")
    func buildBegun() throws {
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
        try engine.operate(.discard, on: job)
        #expect(try engine.campaign(id).status == .failed)
        #expect(try engine.campaign(id).count(.ready) == 500)
        try engine.audit()

        try engine.operate(.retry, on: job)
        #expect(try engine.wait(for: id, .build).count(.ready) == 1_200)
        try engine.finish()
    }

    @Test("send discarded leaves the campaign PARTIAL; retried, it is SENDING again")
    func send() throws {
        let email = ScriptedTransport(maxConnections: 1, rule: ScriptedTransport.hold)
        let engine = try Engine(email: email)
        let id = try engine.campaign(of: 5)
        try email.handed.wait(forCount: 1)
        try engine.service.pause(id.objectID, as: .operator)
        try engine.settle()
        let job = try engine.newestJob(of: id)
        try engine.operate(.discard, on: job)
        #expect(try engine.campaign(id).status == .partial)
        email.answerAll()
        try engine.settle()
        #expect(try engine.campaign(id).status == .partial)
        #expect(try engine.campaign(id).count(.ready) == 4)
        try engine.audit()

        email.follow(ScriptedTransport.accept)
        try engine.operate(.retry, on: job)
        let sent = try engine.wait(for: id, .sent)
        #expect(sent.log == [.draft, .build, .sending, .paused, .partial, .sending, .sent])
        try engine.wait(forJob: job.id, .completed)
        try engine.finish()
    }

    @Test("send discarded before it began leaves the campaign built; retried, it is sent")
    func sendNotBegun() throws {
        let engine = try Engine()
        try engine.store.setPaused(true, kind: .send, now: engine.clock.now)
        let id = try engine.campaign(of: 1)
        try engine.wait(for: id, .build)
        let job = try engine.newestJob(of: id)
        try engine.operate(.discard, on: job)
        #expect(try engine.campaign(id).status == .build)

        try engine.operate(.retry, on: job)
        try engine.store.setPaused(false, kind: .send, now: engine.clock.now)
        let sent = try engine.wait(for: id, .sent)
        #expect(sent.log == [.draft, .build, .sending, .sent])
        #expect(sent.transports == [.email: "scripted"])
        try engine.wait(forJob: job.id, .completed)
        try engine.finish()
    }

    @Test("a job of a cancelled campaign is not retried")
    func cancelled() throws {
        let engine = try Engine()
        try engine.store.setPaused(true, kind: .create, now: engine.clock.now)
        let id = try engine.campaign(of: 1)
        let job = try engine.newestJob(of: id)
        try engine.operate(.discard, on: job)
        try engine.service.cancel(id.objectID, as: .operator)

        let refusal = try engine.service.operate(.retry, onJobs: [job.id]).first?.refusal
        #expect(refusal == "campaign \(id) is CANCELLED")
        try engine.finish()
    }
}

extension Engine {
    /// Does `action` to one job, which must allow it.
    func operate(_ action: JobAction, on job: Job) throws {
        let results = try service.operate(action, onJobs: [job.id])
        guard let result = results.first, result.refusal == nil else {
            throw Missing(what: "leave to \(action): \(results.first?.refusal ?? "")")
        }
    }
}
