import JobQueue
import TestSupport
import Testing

@testable import Campaigns
@testable import SQLiteStore

@Suite("Retention", .timeLimit(.minutes(10)))
struct RetentionTests {
    private static let day = Duration.seconds(86_400)
    private static let months = RetentionPolicy(
        completed: day * 30,
        failed: day * 180,
        campaigns: nil
    )

    @Test("completed jobs go after their time, with their attempts and counts, and no sooner")
    func completed() throws {
        let engine = try Engine()
        let id = try engine.campaign(of: 3)
        try engine.wait(for: id, .sent)
        engine.clock.advance(by: Self.day * 29)
        #expect(try engine.store.prune(Self.months, now: engine.clock.now).isEmpty)
        engine.clock.advance(by: Self.day * 2)
        #expect(try engine.store.prune(Self.months, now: engine.clock.now).jobs == 3)
        #expect(try engine.store.newestJob(ofCampaign: id) == nil)
        #expect(try engine.store.attempts(ofJob: 1).isEmpty)
        #expect(try engine.store.jobCounts().isEmpty)
        let campaign = try engine.campaign(id)
        #expect(campaign.status == .sent && campaign.count(.sent) == 3)
        try engine.audit()
        try engine.finish()
    }

    @Test("discarded jobs are kept for months, and go then")
    func discarded() throws {
        let engine = try Engine()
        let spec = try engine.spec(lists: [engine.list([.named("ann", phone: "+19498671001")])])
        let id = try engine.campaign(CampaignOrder(spec: spec))
        try engine.wait(for: id, .failed)
        engine.clock.advance(by: Self.day * 100)
        #expect(try engine.store.prune(Self.months, now: engine.clock.now).jobs == 1)
        #expect(try engine.newestJob(of: id).state == .discarded)
        engine.clock.advance(by: Self.day * 100)
        #expect(try engine.store.prune(Self.months, now: engine.clock.now).jobs == 1)
        try engine.audit()
        try engine.finish()
    }

    @Test("jobs of a campaign that goes on are kept, and so is the job that a key answers with")
    func kept() throws {
        let engine = try Engine()
        let spec = try engine.spec(lists: [engine.list(.people(1))])
        let key = IdempotencyKey(key: "k", fingerprint: "f")
        let keyed = try engine.enqueue(CampaignOrder(spec: spec), key: key).job
        try engine.wait(for: try required(keyed.campaignID), .sent)
        let date = engine.clock.wall + Self.day * 1_000
        let dated = try engine.campaign(CampaignOrder(spec: spec, date: date))
        try engine.wait(for: dated, .build)
        engine.clock.advance(by: Self.day * 200)
        let report = try engine.store.prune(Self.months, now: engine.clock.now)
        #expect(report.jobs == 2 && report.keys == 0)
        #expect(try engine.enqueue(CampaignOrder(spec: spec), key: key).job.id == keyed.id)
        var filter = JobFilter()
        filter.campaignID = dated
        #expect(try engine.store.jobs(matching: filter, before: nil, limit: 10).count == 3)
        try engine.audit()
        try engine.finish()
    }

    @Test("an ended campaign goes with all that is its own if the policy says so, never the newest")
    func campaigns() throws {
        let engine = try Engine()
        let spec = try engine.spec(lists: [engine.list(.people(1_200))])
        let key = IdempotencyKey(key: "k", fingerprint: "f")
        let old = try required(engine.enqueue(CampaignOrder(spec: spec), key: key).job.campaignID)
        try engine.wait(for: old, .sent)
        let newest = try engine.campaign(of: 2)
        try engine.wait(for: newest, .sent)
        engine.clock.advance(by: Self.day * 100)
        var policy = RetentionPolicy(completed: nil, failed: nil, campaigns: nil)
        #expect(try engine.store.prune(policy, now: engine.clock.now).isEmpty)
        policy.campaigns = Self.day * 90
        let report = try engine.store.prune(policy, now: engine.clock.now)
        #expect(report.campaigns == 1 && report.messages == 1_200)
        #expect(try engine.store.campaign(old, owner: nil) == nil)
        #expect(try engine.campaign(newest).count(.sent) == 2)
        let page = try engine.store.campaigns(matching: CampaignFilter(), page: 1, limit: 10)
        #expect(page.total == 1)
        #expect(try engine.store.keptAnswer(forKey: "k", owner: nil) == nil)
        try engine.audit()
        let next = try engine.campaign(of: 1)
        try engine.wait(for: next, .sent)
        try engine.finish()
    }

    @Test("a campaign that waits for somebody is not taken away")
    func partial() throws {
        let email = ScriptedTransport { _ in .failure(.rejected(.content, reply: "554 spam")) }
        let engine = try Engine(email: email)
        let id = try engine.campaign(of: 1)
        try engine.wait(for: id, .partial)
        let other = try engine.campaign(of: 1)
        try engine.wait(for: other, .partial)
        engine.clock.advance(by: Self.day * 1_000)
        let policy = RetentionPolicy(completed: nil, failed: nil, campaigns: Self.day * 90)
        #expect(try engine.store.prune(policy, now: engine.clock.now).campaigns == 0)
        try engine.finish()
    }
}
