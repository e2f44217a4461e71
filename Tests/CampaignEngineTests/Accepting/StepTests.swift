import JobQueue
import TestSupport
import Testing

@testable import Campaigns
@testable import SQLiteStore

@Suite("How far a campaign is carried, and when", .timeLimit(.minutes(10)))
struct StepTests {
    @Test("it rests behind the last step asked for, and goes on when the next is asked for")
    func untilEachStep() throws {
        let email = ScriptedTransport()
        let engine = try Engine(email: email)
        let spec = try engine.spec(lists: [engine.list(.mails("ann"))])
        let created = try engine.enqueue(CampaignOrder(spec: spec, until: .create))
        let id = try required(created.job.campaignID)
        try engine.wait(forJob: created.job.id, .completed)
        #expect(try engine.standing(id).end == .done)

        try engine.advance(id, to: .build)
        try engine.wait(for: id, .build)
        #expect(try engine.standing(id).end == .done)
        #expect(email.handed.elements.isEmpty)

        try engine.advance(id, to: .send)
        let sent = try engine.wait(for: id, .sent)
        #expect(try engine.standing(id).end == .done)
        #expect(sent.log == [.draft, .build, .sending, .sent])
        #expect(sent.transports == [.email: "scripted"])
        try engine.finish()
    }

    @Test("a date is the last step's: what comes before runs now")
    func date() throws {
        let email = ScriptedTransport()
        let engine = try Engine(email: email)
        let spec = try engine.spec(lists: [engine.list(.mails("ann"))])
        let date = engine.clock.wall + .seconds(3_600)
        let id = try engine.campaign(CampaignOrder(spec: spec, date: date))
        let built = try engine.wait(for: id, .build)
        try engine.clock.wait(forDate: date)

        #expect(built.count(.ready) == 1)
        #expect(built.date == date)
        let job = try engine.newestJob(of: id)
        #expect(job.kind == .send && job.state == .scheduled && job.scheduledAt == date)
        #expect(try engine.standing(id).end == nil)
        engine.clock.advance(by: .seconds(3_599))
        try engine.flush()
        #expect(email.handed.elements.isEmpty)
        engine.clock.advance(by: .seconds(1))
        try engine.wait(for: id, .sent)
        try engine.finish()
    }

    @Test("a date of a build asked for by itself holds the build back")
    func datedBuild() throws {
        let engine = try Engine()
        let spec = try engine.spec(lists: [engine.list(.mails("ann"))])
        let created = try engine.enqueue(CampaignOrder(spec: spec, until: .create))
        try engine.wait(forJob: created.job.id, .completed)
        let id = try required(created.job.campaignID)
        let date = engine.clock.wall + .seconds(60)
        #expect(try engine.advance(id, to: .build, date: date).job.state == .scheduled)
        try engine.clock.wait(forDate: date)

        #expect(try engine.campaign(id).status == .draft)
        engine.clock.advance(by: .seconds(60))
        try engine.wait(for: id, .build)
        try engine.finish()
    }

    @Test("a step out of order is a conflict that says what comes next")
    func outOfOrder() throws {
        let engine = try Engine()
        let id = try engine.campaign(of: 1, until: .create)
        try engine.waitUntilCreated(id)

        #expect(try engine.conflict { try engine.advance(id, to: .send) }.contains("build it next"))
        try engine.advance(id, to: .build)
        try engine.wait(for: id, .build)
        #expect(try engine.conflict { try engine.advance(id, to: .build) }.contains("send it next"))
        try engine.advance(id, to: .send)
        try engine.wait(for: id, .sent)
        let text = try engine.conflict { try engine.advance(id, to: .send) }
        #expect(text.contains("is SENT") && text.contains("nothing is to be called"))
        try engine.finish()
    }

    @Test("a step while another job of the campaign is unfinished is a conflict that names the job")
    func unfinishedJob() throws {
        let engine = try Engine()
        try engine.store.setPaused(true, kind: .build, now: engine.clock.now)
        let id = try engine.campaign(of: 1, until: .build)
        let job = try engine.waitUntilCreated(id)

        let text = try engine.conflict { try engine.advance(id, to: .build) }
        #expect(text.contains("unfinished job, \(job.id) (build, available)"))
        try engine.finish()
    }

    @Test("a DRAFT is replaced whole: name, settings, lists, and how far it goes")
    func replaceDraft() throws {
        let email = ScriptedTransport()
        let engine = try Engine(email: email)
        let id = try engine.campaign(of: 3, until: .create)
        try engine.waitUntilCreated(id)
        let template = try engine.template(.email, "Other {{name}}")
        var spec = try engine.spec(
            lists: [engine.list(.mails("ann"))],
            templates: [.email: template]
        )
        spec.name = "renamed"
        let replaced = try engine.enqueue(
            CampaignOrder(spec: spec, priority: 2),
            replaces: id.objectID
        )

        #expect(replaced.job.campaignID == id)
        let sent = try engine.wait(for: id, .sent)
        #expect(sent.spec == spec && sent.priority == 2 && sent.lists.count == 1)
        #expect(email.handed.elements.map(\.content.text) == ["Other ann"])
        #expect(try engine.campaignCount == 1)
        try engine.finish()
    }

    @Test("nothing but a DRAFT at rest is replaced")
    func replaceOthers() throws {
        let engine = try Engine()
        let order = CampaignOrder(spec: try engine.spec(lists: [engine.list(.mails("ann"))]))
        let id = try engine.campaign(of: 1, until: .build)
        try engine.wait(for: id, .build)
        let text = try engine.conflict { try engine.enqueue(order, replaces: id.objectID) }
        #expect(text.contains("only a DRAFT can be changed"))

        try engine.store.setPaused(true, kind: .create, now: engine.clock.now)
        let waiting = try engine.campaign(of: 1).objectID
        let unfinished = try engine.conflict { try engine.enqueue(order, replaces: waiting) }
        #expect(unfinished.contains("unfinished job"))
        try engine.finish()
    }
}

extension Engine {
    /// How the campaign stands in respect of what was asked for.
    func standing(_ campaign: String) throws -> Standing {
        try service.standing(ofCampaign: campaign.objectID, as: .operator)
    }

    /// The text of the conflict that the call is refused with.
    func conflict(_ call: () throws -> some Any) throws -> String {
        do {
            _ = try call()
        } catch ServiceError.store(.conflict(let text)) {
            return text
        }
        throw Missing(what: "a conflict")
    }
}
