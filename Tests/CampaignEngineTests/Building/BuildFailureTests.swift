import TestSupport
import Testing

@testable import Campaigns
@testable import JobQueue
@testable import SQLiteStore

@Suite("Builds and creates that cannot be", .timeLimit(.minutes(10)))
struct BuildFailureTests {
    @Test("a template deleted before the build fails the campaign, by name")
    func deletedTemplate() throws {
        let engine = try Engine()
        try engine.store.setPaused(true, kind: .build, now: engine.clock.now)
        let template = try engine.template()
        let spec = try engine.spec(
            lists: [engine.list(.mails("ann"))],
            templates: [.email: template]
        )
        let id = try engine.campaign(CampaignOrder(spec: spec))
        try engine.waitUntilCreated(id)
        try engine.service.deleteTemplate(template)
        try engine.store.setPaused(false, kind: .build, now: engine.clock.now)
        let campaign = try engine.wait(for: id, .failed)

        #expect(campaign.reason?.contains("template \(template) is deleted") == true)
        #expect(try engine.messages(of: id).isEmpty)
        #expect(try engine.newestJob(of: id).lastError?.errorClass == .permanent)
        try engine.finish()
    }

    @Test("a list deleted before the build fails the campaign, by name")
    func deletedList() throws {
        let engine = try Engine()
        try engine.store.setPaused(true, kind: .build, now: engine.clock.now)
        let list = try engine.list(.mails("ann"))
        let id = try engine.campaign(CampaignOrder(spec: engine.spec(lists: [list])))
        try engine.waitUntilCreated(id)
        try engine.service.deleteContactList(list)
        try engine.store.setPaused(false, kind: .build, now: engine.clock.now)

        let reason = try engine.wait(for: id, .failed).reason
        #expect(reason?.contains("contact list \(list) is deleted") == true)
        try engine.finish()
    }

    @Test("what is missing when create runs fails the campaign, by name")
    func deletedBeforeCreate() throws {
        let engine = try Engine()
        try engine.store.setPaused(true, kind: .create, now: engine.clock.now)
        let list = try engine.list(.mails("ann"))
        let id = try engine.campaign(CampaignOrder(spec: engine.spec(lists: [list])))
        try engine.service.deleteContactList(list)
        try engine.store.setPaused(false, kind: .create, now: engine.clock.now)

        let campaign = try engine.wait(for: id, .failed)
        #expect(campaign.reason?.contains("contact list \(list) is deleted") == true)
        #expect(campaign.log == [.draft, .failed])
        try engine.finish()
    }

    @Test("a build retried after it failed at its start is checked and pinned anew")
    func retriedFromTheStart() throws {
        let engine = try Engine()
        try engine.store.setPaused(true, kind: .build, now: engine.clock.now)
        let list = try engine.list(.mails("ann"))
        let id = try engine.campaign(CampaignOrder(spec: engine.spec(lists: [list])))
        let job = try engine.waitUntilCreated(id)
        try engine.service.deleteContactList(list)
        try engine.store.setPaused(false, kind: .build, now: engine.clock.now)
        try engine.wait(for: id, .failed)

        _ = try engine.service.operate(.retry, onJobs: [job.id])
        let reason = try engine.wait(for: id, .failed).reason
        #expect(reason?.contains("contact list \(list) is deleted") == true)
        #expect(
            try engine.store.attempts(ofJob: job.id).filter { $0.outcome == .failed }.count == 2
        )
        try engine.finish()
    }
}
