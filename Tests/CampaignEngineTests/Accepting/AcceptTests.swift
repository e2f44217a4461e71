import JobQueue
import TestSupport
import Testing

@testable import Campaigns
@testable import SQLiteStore

@Suite("What is checked before anything is stored", .timeLimit(.minutes(10)))
struct AcceptTests {
    @Test("a template that is unknown, deleted or of another channel is named")
    func templates() throws {
        let engine = try Engine()
        let list = try engine.list(.mails("ann"))
        let deleted = try engine.template()
        try engine.service.deleteTemplate(deleted)
        let unknown = try required(ObjectID(String(repeating: "a", count: 24)))
        let sms = try engine.template(.sms)

        for (template, words) in [
            (unknown, "there is no template"), (deleted, "is deleted"), (sms, "is for sms"),
        ] {
            let spec = try engine.spec(lists: [list], templates: [.email: template])
            let faults = try engine.faults(of: CampaignOrder(spec: spec))
            #expect(faults.map(\.field) == ["settings.email.templateId"])
            #expect(faults.first?.message.contains(words) == true)
            #expect(faults.first?.message.contains(template.description) == true)
        }
        try engine.finish()
    }

    @Test("a version above the newest is named with the newest")
    func version() throws {
        let engine = try Engine()
        let spec = try engine.spec(lists: [engine.list(.mails("ann"))], version: 2)
        let faults = try engine.faults(of: CampaignOrder(spec: spec))

        #expect(faults.map(\.field) == ["settings.email.version"])
        #expect(faults.first?.message.contains("its newest is 1") == true)
        try engine.finish()
    }

    @Test("a list that is unknown, deleted or of another channel is named by its place")
    func lists() throws {
        let engine = try Engine()
        let good = try engine.list(.mails("ann"))
        let deleted = try engine.list(.mails("ann"))
        try engine.service.deleteContactList(deleted)
        let unknown = try required(ObjectID(String(repeating: "a", count: 24)))
        let voice = try engine.list([.named("ann", phone: "+19498671001")], .voice)

        let spec = try engine.spec(lists: [good, unknown, deleted, voice])
        let faults = try engine.faults(of: CampaignOrder(spec: spec))
        #expect(faults.map(\.field) == (1...3).map { "contactListId[\($0)]" })
        for (fault, words) in zip(faults, ["there is no", "is deleted", "is for voice"]) {
            #expect(fault.message.contains(words))
        }
        try engine.finish()
    }

    @Test("a list whose first import is not finished is none yet, and an emptied one is empty")
    func unfinishedAndEmptyLists() throws {
        let engine = try Engine()
        let opened = try engine.service.beginImport(
            ImportOrder(id: nil, name: "new", channel: nil)
        )
        let empty = try engine.service.beginImport(
            ImportOrder(id: nil, name: "empty", channel: nil)
        )
        _ = try engine.store.finishImport(empty, now: engine.clock.now, keeping: nil)

        let spec = try engine.spec(lists: [opened.listID.objectID, empty.listID.objectID])
        let faults = try engine.faults(of: CampaignOrder(spec: spec))
        #expect(faults.map(\.field) == ["contactListId[0]", "contactListId[1]"])
        #expect(faults.last?.message.contains("is empty") == true)
        try engine.store.abandonImport(opened)
        try engine.finish()
    }

    @Test("a date that has passed by the wall clock is refused")
    func pastDate() throws {
        let engine = try Engine()
        let spec = try engine.spec(lists: [engine.list(.mails("ann"))])
        let wall = engine.clock.wall
        let past = CampaignOrder(spec: spec, date: wall - .milliseconds(1))

        #expect(try engine.faults(of: past).map(\.field) == ["at"])
        #expect(throws: Never.self) {
            try engine.enqueue(CampaignOrder(spec: spec, date: wall))
        }
        try engine.finish()
    }

    @Test("of several orders, one fault keeps all of them out, and each is told by its index")
    func allOrNothing() throws {
        let engine = try Engine()
        let good = try engine.spec(lists: [engine.list(.mails("ann"))])
        let bad = try engine.spec(lists: [engine.list(.mails("ann"))], version: 7)
        let faults = try engine.faults(
            of: [good, bad, good, bad].map { CampaignOrder(spec: $0) }
        )

        #expect(faults.map(\.index) == [1, 3])
        #expect(try engine.campaignCount == 0)
        #expect(try engine.store.jobCounts().isEmpty)
        try engine.finish()
    }

    @Test("a campaign is another user's own: nobody else sees or changes it")
    func owners() throws {
        let engine = try Engine()
        try engine.store.setPaused(true, kind: .create, now: engine.clock.now)
        let spec = try engine.spec(lists: [engine.list(.mails("ann"))])
        let job = try engine.enqueue(CampaignOrder(spec: spec), as: .user("ann")).job
        let id = try required(job.campaignID).objectID
        let missing = ServiceError.store(.notFound("campaign", id.description))

        #expect(throws: missing) { try engine.service.campaign(id, as: .user("bob")) }
        #expect(throws: missing) { try engine.service.cancel(id, as: .user("bob")) }
        #expect(throws: missing) { try engine.service.pause(id, as: .user("bob")) }
        #expect(try engine.service.campaign(id, as: .user("ann")).userID == "ann")
        #expect(try engine.service.campaign(id, as: .operator).userID == "ann")
        try engine.finish()
    }
}

extension Engine {
    /// The faults that an order is refused for.
    func faults(of order: CampaignOrder) throws -> [FieldFault] {
        try faults(of: [order]).map(\.fault)
    }

    /// The faults that orders given together are refused for.
    func faults(of orders: [CampaignOrder]) throws -> [EntryFault] {
        do {
            let requests = orders.map { CampaignService.Request(order: $0) }
            _ = try service.enqueue(requests, as: .operator)
            return []
        } catch {
            guard case .unprocessableEntries(let faults) = error else { throw error }
            return faults
        }
    }

    /// How many campaigns there are.
    var campaignCount: Int64 {
        get throws { try store.campaigns(matching: CampaignFilter(), page: 1, limit: 1).total }
    }
}
