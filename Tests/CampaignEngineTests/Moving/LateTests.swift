import JobQueue
import TestSupport
import Testing

@testable import Campaigns

@Suite("A send whose date has long passed", .timeLimit(.minutes(10)))
struct LateTests {
    private func dated(_ engine: Engine, in span: Duration) throws -> String {
        let spec = try engine.spec(lists: [engine.list(.people(3))])
        let order = CampaignOrder(spec: spec, until: .send, date: engine.clock.wall + span)
        let id = try engine.campaign(order)
        try engine.wait(for: id, .build)
        return id
    }

    @Test("is held, says why, and begins once it is released")
    func held() throws {
        let folder = try DataFolder()
        let first = try Engine(in: folder)
        let id = try dated(first, in: .seconds(3_600))
        let job = try first.newestJob(of: id)
        try first.close()
        // The machine was off for a day and two hours.
        first.clock.advance(by: .seconds(26 * 3_600))

        let engine = try Engine(in: folder, clock: first.clock)
        try engine.wait(forJob: job.id, .held)
        let held = try engine.job(job.id)
        #expect(held.holdReason == .late)
        #expect(held.lastError?.message.contains("had passed by 25 hours") == true)
        #expect(try engine.campaign(id).status == .build)
        let standing = try engine.service.standing(ofCampaign: id.objectID, as: .operator)
        guard case .stopped(let reason) = standing.end else {
            Issue.record("a held send goes on by itself")
            return
        }
        #expect(reason?.contains("late") == true)

        let results = try engine.service.operate(.release, onJobs: [job.id])
        #expect(results.first?.refusal == nil)
        try engine.wait(for: id, .sent)
        try engine.finish()
    }

    @Test("is sent if it is less late than a day")
    func inTime() throws {
        let folder = try DataFolder()
        let first = try Engine(in: folder)
        let id = try dated(first, in: .seconds(3_600))
        try first.close()
        first.clock.advance(by: .seconds(25 * 3_600))

        let engine = try Engine(in: folder, clock: first.clock)
        try engine.wait(for: id, .sent)
        try engine.finish()
    }

    @Test("is no matter for a campaign that an operator had paused and resumes")
    func resumed() throws {
        let engine = try Engine()
        let id = try dated(engine, in: .seconds(3_600))
        try engine.service.pause(id.objectID, as: .operator)
        engine.clock.advance(by: .seconds(72 * 3_600))
        try engine.service.resume(id.objectID, as: .operator)
        try engine.wait(for: id, .sent)
        try engine.finish()
    }

    @Test("is not asked about a build: only what reaches people is held")
    func builds() throws {
        let folder = try DataFolder()
        let first = try Engine(in: folder)
        let spec = try first.spec(lists: [first.list(.people(3))])
        let date = first.clock.wall + .seconds(3_600)
        let id = try first.campaign(CampaignOrder(spec: spec, until: .build, date: date))
        try first.waitUntilCreated(id)
        try first.close()
        first.clock.advance(by: .seconds(72 * 3_600))

        let engine = try Engine(in: folder, clock: first.clock)
        try engine.wait(for: id, .build)
        try engine.finish()
    }
}
