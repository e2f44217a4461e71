import JobQueue
import TestSupport
import Testing

@testable import Campaigns
@testable import SQLiteStore

@Suite("A repeat under the same key", .timeLimit(.minutes(10)))
struct IdempotencyTests {
    private let key = IdempotencyKey(key: "k-1", fingerprint: "as written")

    @Test("makes no second campaign and shows the first job as it stands now")
    func replay() throws {
        let engine = try Engine()
        let order = CampaignOrder(spec: try engine.spec(lists: [engine.list(.mails("ann"))]))
        let first = try engine.enqueue(order, key: key)
        try engine.wait(for: required(first.job.campaignID), .sent)
        let second = try engine.enqueue(order, key: key)

        #expect(!first.isReplayed && second.isReplayed)
        #expect(second.job.id == first.job.id)
        #expect(second.job.state == .completed)
        #expect(try engine.campaignCount == 1)
        try engine.finish()
    }

    @Test("is looked up before anything is checked: what it names may be gone by then")
    func replayBeforeChecks() throws {
        let engine = try Engine()
        let list = try engine.list(.mails("ann"))
        let order = CampaignOrder(
            spec: try engine.spec(lists: [list]),
            date: engine.clock.wall + .seconds(60)
        )
        let first = try engine.enqueue(order, key: key)
        try engine.service.deleteContactList(list)
        engine.clock.advance(by: .seconds(120))

        #expect(try engine.enqueue(order, key: key).job.id == first.job.id)
        try engine.finish()
    }

    @Test("is a conflict where the request is another one")
    func conflict() throws {
        let engine = try Engine()
        let order = CampaignOrder(spec: try engine.spec(lists: [engine.list(.mails("ann"))]))
        try engine.enqueue(order, key: key)
        let other = IdempotencyKey(key: key.key, fingerprint: "written otherwise")

        #expect(throws: ServiceError.keyConflict(index: 0)) {
            try engine.enqueue(order, key: other)
        }
        #expect(try engine.campaignCount == 1)
        try engine.finish()
    }

    @Test("is another user's own: the same key of two users makes two campaigns")
    func users() throws {
        let engine = try Engine()
        let order = CampaignOrder(spec: try engine.spec(lists: [engine.list(.mails("ann"))]))
        let ann = try engine.enqueue(order, key: key, as: .user("ann"))
        let bob = try engine.enqueue(order, key: key, as: .user("bob"))

        #expect(ann.job.id != bob.job.id)
        #expect(try engine.enqueue(order, key: key, as: .user("bob")).job.id == bob.job.id)
        try engine.finish()
    }

    @Test("replays within one call too, and a conflict there stores nothing of it")
    func withinOneCall() throws {
        let engine = try Engine()
        let order = CampaignOrder(spec: try engine.spec(lists: [engine.list(.mails("ann"))]))
        let request = CampaignService.Request(order: order, key: key)
        let jobs = try engine.service.enqueue([request, request], as: .operator)
        #expect(jobs.map(\.isReplayed) == [false, true])

        let fresh = IdempotencyKey(key: "k-2", fingerprint: "fresh")
        let clash = IdempotencyKey(key: key.key, fingerprint: "other")
        #expect(throws: ServiceError.keyConflict(index: 1)) {
            try engine.service.enqueue(
                [fresh, clash].map { CampaignService.Request(order: order, key: $0) },
                as: .operator
            )
        }
        #expect(try engine.campaignCount == 1)
        try engine.finish()
    }

    @Test("of a step replays it for whoever asked, also for the operator of a user's campaign")
    func steps() throws {
        let engine = try Engine()
        try engine.store.setPaused(true, kind: .build, now: engine.clock.now)
        let spec = try engine.spec(lists: [engine.list(.mails("ann"))])
        let created = try engine.enqueue(
            CampaignOrder(spec: spec, until: .create),
            as: .user("ann")
        )
        try engine.wait(forJob: created.job.id, .completed)
        let id = try required(created.job.campaignID)
        let first = try engine.advance(id, to: .build, key: key)
        let second = try engine.advance(id, to: .build, key: key)

        #expect(second == AcceptedJob(job: first.job, isReplayed: true))
        try engine.finish()
    }

    @Test("gets the answer that was kept for a write without a job")
    func keptAnswers() throws {
        let engine = try Engine()
        let answer = KeptAnswer(fingerprint: "f", jobID: nil, status: 200, body: "{}")
        try engine.service.keepAnswer(answer, forKey: "k", as: .operator)
        let late = KeptAnswer(fingerprint: "f", jobID: nil, status: 500, body: "late")
        try engine.service.keepAnswer(late, forKey: "k", as: .operator)

        #expect(try engine.service.keptAnswer(forKey: "k", as: .operator) == answer)
        #expect(try engine.service.keptAnswer(forKey: "k", as: .user("ann")) == nil)
        try engine.finish()
    }
}

extension Engine {
    /// Asks for a campaign's next step.
    @discardableResult
    func advance(
        _ campaign: String,
        to step: CampaignStep,
        date: Timestamp? = nil,
        key: IdempotencyKey? = nil
    ) throws -> AcceptedJob {
        try service.advance(
            campaign.objectID,
            to: step,
            date: date,
            priority: nil,
            maxAttempts: nil,
            key: key,
            as: .operator
        )
    }

    @Test("an answer is stored with its write, or neither is")
    func together() throws {
        struct NoAnswer: Error {}
        let engine = try Engine()
        let order = TemplateOrder(
            id: nil,
            name: "hello",
            channel: .sms,
            content: TemplateContent(subject: nil, text: "Hello", html: nil)
        )
        #expect(throws: ServiceError.self) {
            try engine.service.putTemplate(
                order,
                keeping: AnswerKeeping(key: "k", owner: nil) { _ in throw NoAnswer() }
            )
        }
        #expect(try engine.store.templates(channel: nil, before: nil, limit: 10).isEmpty)
        let answer = KeptAnswer(fingerprint: "f", jobID: nil, status: 201, body: "{}")
        _ = try engine.service.putTemplate(
            order,
            keeping: AnswerKeeping(key: "k", owner: nil) { _ in answer }
        )
        #expect(try engine.store.keptAnswer(forKey: "k", owner: nil) == answer)
        try engine.finish()
    }
}
