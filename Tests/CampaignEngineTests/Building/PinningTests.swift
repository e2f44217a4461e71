import Synchronization
import TestSupport
import Testing

@testable import Campaigns
@testable import JobQueue
@testable import SQLiteStore

@Suite("What a build is made from is pinned when it begins", .timeLimit(.minutes(10)))
struct PinningTests {
    /// Two chunks.
    private static let audience = 900

    @Test("a template version put while the build runs is not used by it")
    func templateVersion() throws {
        let change = AtFirstChunk()
        let email = ScriptedTransport()
        let engine = try Engine(email: email, onChunk: change.hook)
        let template = try engine.template(.email, "first {{name}}")
        change.set { _ = try engine.template(.email, "second {{name}}", id: template) }
        let spec = try engine.spec(
            lists: [engine.list(.people(Self.audience))],
            templates: [.email: template]
        )
        let id = try engine.campaign(CampaignOrder(spec: spec))
        try engine.wait(for: id, .sent)

        try change.check()
        #expect(try engine.service.template(template).version == 2)
        #expect(email.handed.elements.count == Self.audience)
        #expect(email.handed.elements.allSatisfy { $0.content.text.hasPrefix("first ") })
        try engine.finish()
    }

    @Test("a version named in the order is used though there is a newer one")
    func namedVersion() throws {
        let email = ScriptedTransport()
        let engine = try Engine(email: email)
        let template = try engine.template(.email, "first {{name}}")
        _ = try engine.template(.email, "second {{name}}", id: template)
        let spec = try engine.spec(
            lists: [engine.list(.mails("ann"))],
            templates: [.email: template],
            version: 1
        )
        try engine.wait(for: engine.campaign(CampaignOrder(spec: spec)), .sent)

        #expect(email.handed.elements.map(\.content.text) == ["first ann"])
        try engine.finish()
    }

    @Test("an import into a list while the build runs changes nothing of it")
    func listRevision() throws {
        let change = AtFirstChunk()
        let email = ScriptedTransport()
        let engine = try Engine(email: email, onChunk: change.hook)
        let list = try engine.list(.people(Self.audience))
        change.set {
            try engine.list(
                [.mail("zoe"), .mail("p899", variables: ["name": "changed"])],
                id: list
            )
        }
        let id = try engine.campaign(CampaignOrder(spec: engine.spec(lists: [list])))
        let campaign = try engine.wait(for: id, .sent)

        try change.check()
        #expect(try engine.service.contactList(list).contacts == Int64(Self.audience + 1))
        #expect(campaign.lists.map(\.contacts) == [Int64(Self.audience)])
        #expect(email.handed.elements.count == Self.audience)
        #expect(!email.handed.elements.contains { $0.name == "zoe" })
        #expect(email.handed.elements.first { $0.name == "p899" }?.content.text == "Hello p899")
        try engine.finish()
    }

    @Test("a list deleted while the build runs is built to its end")
    func deletedList() throws {
        let change = AtFirstChunk()
        let engine = try Engine(onChunk: change.hook)
        let list = try engine.list(.people(Self.audience))
        change.set { try engine.service.deleteContactList(list) }
        let id = try engine.campaign(
            CampaignOrder(spec: engine.spec(lists: [list]), until: .build)
        )

        #expect(try engine.wait(for: id, .build).count(.ready) == Int64(Self.audience))
        try change.check()
        try engine.finish()
    }

    @Test("a chunk is refused unless it follows the one stored last")
    func chunkOutOfOrder() throws {
        let engine = try Engine(starts: false)
        let id = try engine.campaign(of: 2, until: .build)
        let claim = try engine.beginBuild(of: id)
        let chunks = try engine.chunks(of: claim.plan)

        #expect(engine.append(chunks[1], claim).isConflict)
        #expect(try engine.messages(of: id).isEmpty)
        #expect(engine.append(chunks[0], claim).isStored)
        #expect(engine.append(chunks[0], claim).isConflict)
        #expect(engine.append(chunks[1], claim).isStored)
        #expect(try engine.messages(of: id).count == 2)
        try engine.audit()
        try engine.kill()
    }
}

/// Does something once, in the middle of a build, and keeps what it threw.
private final class AtFirstChunk: Sendable {
    private struct State {
        var action: (@Sendable () throws -> Void)?
        var isDone = false
        var error: (any Error)?
    }

    private let state = Mutex(State())

    func set(_ action: @escaping @Sendable () throws -> Void) {
        state.withLock { $0.action = action }
    }

    var hook: @Sendable () -> Bool {
        { [self] in
            let action = state.withLock { state in
                defer { state.action = nil }
                return state.action
            }
            guard let action else { return false }
            do { try action() } catch { state.withLock { $0.error = error } }
            state.withLock { $0.isDone = true }
            return false
        }
    }

    func check() throws {
        let (isDone, error) = state.withLock { ($0.isDone, $0.error) }
        #expect(isDone, "the build ended before its first chunk")
        if let error { throw error }
    }
}

/// A build carried out by the test itself, a step at a time.
private struct ManualBuild {
    var claim: JobClaim
    var plan: BuildPlan
}

extension Engine {
    /// Carries a campaign through create and claims its build.
    fileprivate func beginBuild(of campaign: String) throws -> ManualBuild {
        let create = try required(claimNext().claim)
        _ = try store.finishCreate(create, startedAt: clock.now, now: clock.now)
        let claim = try required(claimNext().claim)
        guard case .plan(let plan) = try store.beginBuild(claim, now: clock.now) else {
            throw Missing(what: "a plan")
        }
        return ManualBuild(claim: claim, plan: plan)
    }

    /// The plan's contacts, each as a chunk of its own.
    fileprivate func chunks(of plan: BuildPlan) throws -> [BuildChunk] {
        var sequence = try ChunkSequence(plan, store: store, publicURL: nil)
        let whole = try required(sequence.next())
        return whole.messages.map { message in
            var cursor = whole.cursor
            cursor.number = message.number
            return BuildChunk(messages: [message], findings: [], cursor: cursor)
        }
    }

    fileprivate func append(_ chunk: BuildChunk, _ build: ManualBuild) -> Result<Void, StoreError> {
        let results = Recorder<Result<Void, StoreError>>()
        store.appendMessages(
            chunk.messages,
            findings: chunk.findings,
            cursor: chunk.cursor,
            progress: JobProgress(done: chunk.cursor.number, total: 2),
            claim: build.claim,
            campaign: build.plan.campaign,
            now: clock.now
        ) { results.append($0) }
        return (try? results.wait(forCount: 1))?.first ?? .failure(.unavailable("no answer"))
    }
}

extension Result<Void, StoreError> {
    fileprivate var isStored: Bool {
        if case .success = self { true } else { false }
    }

    fileprivate var isConflict: Bool {
        if case .failure(.conflict) = self { true } else { false }
    }
}
