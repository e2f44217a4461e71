import JobQueue
import Synchronization
import TestSupport
import Testing

@testable import Campaigns
@testable import SQLiteStore

@Suite("A disk that runs full", .timeLimit(.minutes(10)))
struct SpaceTests {
    /// A disk whose free room the test sets.
    private final class Disk: Sendable {
        private let free = Mutex<Int64>(1_000_000_000)

        var settings: SpaceGuard.Settings {
            SpaceGuard.Settings(
                minimumFree: 100_000_000,
                freeBytes: { _ in self.free.withLock { $0 } }
            )
        }

        func setFree(_ bytes: Int64) { free.withLock { $0 = bytes } }
    }

    @Test(
        "what was claimed is recorded, nothing more is claimed, and it goes on when there is room"
    )
    func sending() throws {
        let disk = Disk()
        let email = ScriptedTransport(maxConnections: 4, rule: ScriptedTransport.hold)
        let engine = try Engine(email: email, space: disk.settings)
        let id = try engine.campaign(of: 20)
        try email.handed.wait(forCount: 4)
        try engine.settle()
        disk.setFree(1_000_000)
        email.follow(ScriptedTransport.accept)
        email.answerAll()
        try engine.settle()
        try engine.settle()
        let campaign = try engine.campaign(id)
        #expect(campaign.count(.inflight) == 0)
        // Credits for 8 had been claimed.
        #expect(campaign.count(.sent) == 8 && campaign.count(.ready) == 12)
        #expect(email.handed.elements.count == 8)
        #expect(engine.store.space.status.isLow)
        try engine.audit()

        disk.setFree(1_000_000_000)
        engine.store.space.lookAgain()
        #expect(try engine.wait(for: id, .sent).count(.sent) == 20)
        #expect(Set(email.handed.elements.map(\.id)).count == 20)
        try engine.finish()
    }

    @Test("new work is refused as `full`, and work under a key that is known is answered")
    func accepting() throws {
        let disk = Disk()
        let engine = try Engine(space: disk.settings)
        let spec = try engine.spec(lists: [engine.list(.people(2))])
        let key = IdempotencyKey(key: "k", fingerprint: "f")
        let first = try engine.enqueue(CampaignOrder(spec: spec), key: key)
        try engine.wait(for: try required(first.job.campaignID), .sent)
        disk.setFree(0)
        try engine.flush()
        let error = #expect(throws: ServiceError.self) {
            try engine.enqueue(CampaignOrder(spec: spec))
        }
        guard case .store(.full) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try engine.enqueue(CampaignOrder(spec: spec), key: key).isReplayed)
        #expect(throws: ServiceError.self) { try engine.list(.people(1)) }
        #expect(throws: ServiceError.self) { try engine.template() }

        // Room for the mark alone is not enough, so as not to flutter.
        disk.setFree(100_000_001)
        engine.store.space.lookAgain()
        #expect(engine.store.space.status.isLow)
        disk.setFree(200_000_000)
        engine.store.space.lookAgain()
        try engine.wait(for: engine.campaign(CampaignOrder(spec: spec)), .sent)
        try engine.finish()
    }

    @Test("a build that is under way is given back unspent, and goes on from where it was")
    func building() throws {
        let disk = Disk()
        let engine = try Engine(
            onChunk: {
                disk.setFree(0)
                return false
            },
            space: disk.settings
        )
        let id = try engine.campaign(of: 3_000, until: .build)
        let job = try engine.waitUntilCreated(id)
        let available = StoreEvent.job(id: job.id, campaignID: id, state: .available)
        try engine.events.wait(for: "the build to be given back") { events in
            events.count { $0 == available } >= 2
        }
        #expect(try engine.job(job.id).attempt == 0)
        #expect(try engine.campaign(id).status == .building)
        try engine.audit()
        try engine.kill()

        disk.setFree(1_000_000_000)
        let again = try Engine(in: engine.folder, clock: engine.clock, space: disk.settings)
        #expect(try again.wait(for: id, .build).count(.ready) == 3_000)
        try again.finish()
    }
}
