import JobQueue
import TestSupport
import Testing

@testable import Campaigns
@testable import SQLiteStore

@Suite("Job and campaign together: cancel", .timeLimit(.minutes(10)))
struct CancelTests {
    /// `campaigns cancel` and `jobs cancel` are one thing.
    enum Way: CaseIterable {
        case campaign, job

        func cancel(_ id: String, _ engine: Engine) throws {
            switch self {
            case .campaign: try engine.service.cancel(id.objectID, as: .operator)
            case .job:
                let job = try engine.newestJob(of: id)
                let results = try engine.service.operate(.cancel, onJobs: [job.id])
                #expect(results.map(\.refusal) == [nil])
            }
        }
    }

    @Test("a DRAFT's waiting create is cancelled with it", arguments: Way.allCases)
    func draft(_ way: Way) throws {
        let engine = try Engine()
        try engine.store.setPaused(true, kind: .create, now: engine.clock.now)
        let id = try engine.campaign(of: 1)
        try way.cancel(id, engine)
        try engine.store.setPaused(false, kind: .create, now: engine.clock.now)

        #expect(try engine.campaign(id).log == [.draft, .cancelled])
        #expect(try engine.newestJob(of: id).state == .cancelled)
        try engine.finish()
    }

    @Test(
        "a running build stops at its next chunk, and its messages follow",
        arguments: Way.allCases
    )
    func building(_ way: Way) throws {
        let chunk = TestSignal()
        let goOn = TestSignal()
        let engine = try Engine(onChunk: {
            chunk.fire()
            try? goOn.wait(for: "the cancel")
            return false
        })
        let id = try engine.campaign(of: 1_200)
        try chunk.wait(for: "the first chunk")
        try engine.flush()
        try way.cancel(id, engine)
        for _ in 0..<8 { goOn.fire() }
        try engine.wait(for: engine.campaign(of: 1), .sent)

        let campaign = try engine.campaign(id)
        #expect(campaign.status == .cancelled)
        #expect(campaign.count(.cancelled) == 500 && campaign.count(.ready) == 0)
        #expect(try engine.newestJob(of: id).state == .cancelled)
        try engine.finish()
    }

    @Test("a BUILD's dated send is cancelled with it", arguments: Way.allCases)
    func built(_ way: Way) throws {
        let engine = try Engine()
        let spec = try engine.spec(lists: [engine.list(.people(3))])
        let date = engine.clock.wall + .seconds(60)
        let id = try engine.campaign(CampaignOrder(spec: spec, date: date))
        try engine.wait(for: id, .build)
        try way.cancel(id, engine)

        let campaign = try engine.campaign(id)
        #expect(campaign.log == [.draft, .build, .cancelled])
        #expect(campaign.count(.cancelled) == 3)
        try engine.finish()
    }

    @Test(
        "SENDING: what is under way keeps its outcome, the rest is cancelled",
        arguments: Way.allCases
    )
    func sending(_ way: Way) throws {
        let email = ScriptedTransport(maxConnections: 4, rule: ScriptedTransport.hold)
        let engine = try Engine(email: email)
        let id = try engine.campaign(of: 20)
        try email.handed.wait(forCount: 4)
        try engine.settle()
        try way.cancel(id, engine)
        try engine.settle()

        let called = try engine.campaign(id)
        #expect(called.status == .cancelled && called.count(.inflight) == 4)
        #expect(called.count(.cancelled) == 16)
        let held = email.held
        email.answer(held[0], .success(Delivery(reply: "250")))
        email.answer(held[1], .failure(.rejected(.recipient, reply: "550 5.1.1 no such user")))
        email.answer(held[2], .failure(.deferred(reply: "451 later", retryAfter: nil)))
        email.answer(held[3], .failure(.outcomeUnknown(evidence: "no reply")))
        try engine.settle()
        let ended = try engine.campaign(id)
        #expect(ended.count(.sent) == 1 && ended.count(.failed) == 1)
        #expect(ended.count(.cancelled) == 18 && ended.count(.inflight) == 0)
        #expect(email.handed.elements.count == 4)
        try engine.finish()
    }

    @Test("a PAUSED campaign is cancelled too")
    func paused() throws {
        let email = ScriptedTransport(maxConnections: 1, rule: ScriptedTransport.hold)
        let engine = try Engine(email: email)
        let id = try engine.campaign(of: 5)
        try email.handed.wait(forCount: 1)
        try engine.service.pause(id.objectID, as: .operator)
        try engine.settle()
        try engine.service.cancel(id.objectID, as: .operator)
        email.answerAll()
        try engine.settle()

        let campaign = try engine.campaign(id)
        #expect(campaign.status == .cancelled && campaign.count(.cancelled) == 4)
        #expect(campaign.count(.sent) == 1)
        try engine.finish()
    }

    @Test("deferred messages are cancelled with the ready ones, in chunks that move the counters")
    func sweep() throws {
        let email = ScriptedTransport(rule: { message in
            .failure(.deferred(reply: "451 later", retryAfter: .seconds(60)))
        })
        let engine = try Engine(email: email)
        let id = try engine.campaign(of: 30)
        try engine.taps[.email]?.turns.wait(for: "30 ends") { turns in
            turns.reduce(0) { $0 + $1.exchange.ended.count } >= 30
        }
        try engine.settle()
        #expect(try engine.campaign(id).count(.deferred) == 30)
        try engine.store.cancelCampaign(id, owner: nil, now: engine.clock.now)
        try engine.audit()

        for left in [20, 10, 0] as [Int64] {
            #expect(try engine.store.sweepCancelled(limit: 10, now: engine.clock.now))
            #expect(try engine.campaign(id).count(.deferred) == left)
            try engine.audit()
        }
        #expect(try !engine.store.sweepCancelled(limit: 10, now: engine.clock.now))
        try engine.finish()
    }

    @Test("a FAILED and a PARTIAL campaign can be called off, a SENT and a CANCELLED one not")
    func statuses() throws {
        let email = ScriptedTransport(rule: { _ in .failure(.rejected(.content, reply: "554")) })
        let engine = try Engine(email: email)
        let partial = try engine.campaign(of: 1)
        try engine.wait(for: partial, .partial)
        let empty = try engine.spec(lists: [engine.list([.named("x", phone: "+19498671001")])])
        let failed = try engine.campaign(CampaignOrder(spec: empty))
        try engine.wait(for: failed, .failed)
        email.follow(ScriptedTransport.accept)
        let sent = try engine.campaign(of: 1)
        try engine.wait(for: sent, .sent)

        for id in [partial, failed] {
            try engine.service.cancel(id.objectID, as: .operator)
            #expect(try engine.campaign(id).status == .cancelled)
        }
        for id in [sent, partial] {
            let text = try engine.conflict { try engine.service.cancel(id.objectID, as: .operator) }
            #expect(text.contains("nothing left to cancel"))
        }
        try engine.finish()
    }
}
