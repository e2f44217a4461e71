import JobQueue
import TestSupport
import Testing

@testable import Campaigns
@testable import SQLiteStore

@Suite("Campaigns whose job was running when the daemon died", .timeLimit(.minutes(10)))
struct JobDeathTests {
    @Test("go on where they were, with nothing spent")
    func goOn() throws {
        let folder = try DataFolder()
        let first = try Engine(in: folder, starts: false)
        let id = try first.campaign(of: 3)
        #expect(try first.claimNext().kind == .create)
        try first.kill()

        let second = try Engine(in: folder, clock: first.clock)
        let sent = try second.wait(for: id, .sent)
        #expect(sent.log == [.draft, .build, .sending, .sent])
        let create = try second.job(1)
        #expect(create.attempt == 1 && create.state == .completed)
        #expect(try second.store.attempts(ofJob: 1).map(\.outcome) == [.crashed, .completed])
        try second.finish()
    }

    @Test("a build that kills the daemon three times fails its campaign, by name")
    func crashLoop() throws {
        let folder = try DataFolder()
        let clock = ManualClock()
        let first = try Engine(in: folder, clock: clock)
        try first.store.setPaused(true, kind: .build, now: clock.now)
        let id = try first.campaign(of: 3)
        let job = try first.waitUntilCreated(id)
        try first.finish()
        for _ in 1...3 {
            let engine = try Engine(in: folder, clock: clock, starts: false)
            try engine.store.setPaused(false, kind: .build, now: clock.now)
            #expect(try engine.claimNext().id == job.id)
            try engine.kill()
        }

        let engine = try Engine(in: folder, clock: clock, starts: false)
        let campaign = try engine.campaign(id)
        #expect(campaign.status == .failed)
        #expect(campaign.reason?.contains("the daemon died 3 times while this job ran") == true)
        #expect(try engine.job(job.id).lastError?.errorClass == .crashLoop)
        try engine.operate(.retry, on: job)
        engine.start()
        try engine.wait(for: id, .sent)
        try engine.finish()
    }

    @Test("a campaign that was sending is no suspect: its messages are, each by itself")
    func sending() throws {
        let death = try Death(.resend, messages: 3)
        for _ in 1...4 {
            let engine = try Engine(in: death.folder, clock: death.clock, starts: false)
            try engine.kill()
        }
        let engine = try death.reopen(ScriptedTransport())
        try engine.wait(for: death.campaign, .sent)

        let job = try engine.newestJob(of: death.campaign)
        try engine.wait(forJob: job.id, .completed)
        #expect(try engine.job(job.id).crashes == 0)
        try engine.finish()
    }

    @Test("cancelled rows that were not swept are swept by the next daemon")
    func unsweptCancel() throws {
        let folder = try DataFolder()
        let first = try Engine(in: folder)
        let id = try first.campaign(of: 3, until: .build)
        try first.wait(for: id, .build)
        try first.store.cancelCampaign(id, owner: nil, now: first.clock.now)
        try first.kill()

        let second = try Engine(in: folder, clock: first.clock)
        #expect(try second.campaign(id).count(.ready) == 3)
        try second.service.sweepCancelled()
        #expect(try second.campaign(id).count(.cancelled) == 3)
        try second.finish()
    }
}
