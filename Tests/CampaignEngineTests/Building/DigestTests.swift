import Synchronization
import TestSupport
import Testing

@testable import Campaigns

@Suite("The digest of a build", .timeLimit(.minutes(10)))
struct DigestTests {
    /// More than two chunks, the last one not full.
    private static let audience = 1_250

    @Test("the same inputs give the same digest")
    func sameInputs() throws {
        let engine = try Engine()
        let spec = try engine.spec(lists: [engine.list(.people(Self.audience))])
        let first = try engine.campaign(CampaignOrder(spec: spec, until: .build))
        let second = try engine.campaign(CampaignOrder(spec: spec, until: .build))
        let digest = try engine.wait(for: first, .build).digest

        #expect(digest?.count == 64)
        #expect(try engine.wait(for: second, .build).digest == digest)
        try engine.finish()
    }

    @Test("a build stopped at every chunk and gone on with gives the digest of one in one go")
    func interrupted() throws {
        let stops = Atomic<Int>(0)
        let engine = try Engine(onChunk: {
            stops.add(1, ordering: .relaxed).newValue.isMultiple(of: 2)
        })
        let reference = try Engine()
        let digests = try [engine, reference].map { engine in
            let lists = try [
                engine.list(.people(Self.audience)), engine.list(.people(700)),
            ]
            let id = try engine.campaign(
                CampaignOrder(spec: engine.spec(lists: lists), until: .build)
            )
            return try engine.wait(for: id, .build).digest
        }

        #expect(digests[0] == digests[1])
        #expect(stops.load(ordering: .relaxed) >= 3)
        try engine.finish()
        try reference.finish()
    }

    @Test("a build that a death cut off gives the digest of one in one go")
    func killed() throws {
        let folder = try DataFolder()
        let chunk = TestSignal()
        let dead = TestSignal()
        let first = try Engine(
            in: folder,
            onChunk: {
                chunk.fire()
                try? dead.wait(for: "the death")
                return false
            }
        )
        let spec = try first.spec(lists: [first.list(.people(Self.audience))])
        let id = try first.campaign(CampaignOrder(spec: spec, until: .build))
        try chunk.wait(for: "the first chunk")
        try first.kill()
        dead.fire()

        let second = try Engine(in: folder, clock: first.clock)
        let killed = try second.wait(for: id, .build)
        let whole = try second.campaign(CampaignOrder(spec: spec, until: .build))
        #expect(try second.wait(for: whole, .build).digest == killed.digest)
        #expect(killed.count(.ready) == Int64(Self.audience))
        try second.finish()
    }

    @Test("another template version, or another contact, gives another digest")
    func otherInputs() throws {
        let engine = try Engine()
        let template = try engine.template()
        let list = try engine.list(.mails("ann", "bob"))
        let spec = try engine.spec(lists: [list], templates: [.email: template])
        func digest() throws -> String {
            let id = try engine.campaign(CampaignOrder(spec: spec, until: .build))
            return try required(engine.wait(for: id, .build).digest)
        }
        let before = try digest()
        _ = try engine.template(.email, "Good day {{name}}", id: template)
        let reworded = try digest()
        try engine.list(.mails("cid"), id: list)
        let grown = try digest()
        try engine.list([.mail("bob", variables: ["name": "Robert"])], id: list)
        let renamed = try digest()

        #expect(Set([before, reworded, grown, renamed]).count == 4)
        try engine.finish()
    }
}
