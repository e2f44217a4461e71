import Foundation
import JobQueue
import TestSupport
import Testing

@testable import Campaigns
@testable import SQLiteStore

@Suite("A restored database", .timeLimit(.minutes(10)))
struct RestoreTests {
    /// An engine that was in the midst of a campaign of 20 when it was backed up, with a second one
    /// dated, and what the backup holds.
    private struct Scene {
        let engine: Engine
        let email = ScriptedTransport(maxConnections: 2, rule: ScriptedTransport.hold)
        let sending: String
        let dated: String

        init() throws {
            engine = try Engine(email: email)
            sending = try engine.campaign(of: 20)
            try email.handed.wait(forCount: 2)
            let spec = try engine.spec(lists: [engine.list(.people(3))])
            let date = engine.clock.wall + .seconds(3_600)
            dated = try engine.campaign(CampaignOrder(spec: spec, date: date))
            try engine.wait(for: dated, .build)
            try engine.settle()
        }

        /// A folder with a backup of now in it.
        func backUp() throws -> DataFolder {
            let folder = try DataFolder()
            try engine.store.backUp(
                to: "\(folder.path)/\(StoreOptions.fileName)",
                now: engine.clock.now
            )
            return folder
        }
    }

    @Test("what was unfinished is held, what was being sent is unknown, and nothing leaves")
    func held() throws {
        let scene = try Scene()
        let folder = try scene.backUp()
        scene.email.follow(ScriptedTransport.accept)
        scene.email.answerAll()
        try scene.engine.wait(for: scene.sending, .sent)
        try scene.engine.close()

        let email = ScriptedTransport()
        let engine = try Engine(in: folder, clock: scene.engine.clock, email: email)
        let sending = try engine.campaign(scene.sending)
        #expect(sending.status == .paused)
        #expect(sending.reason?.hasPrefix("restored: the database is a backup of") == true)
        #expect(sending.count(.unknown) == 20)
        for id in [scene.sending, scene.dated] {
            let job = try engine.newestJob(of: id)
            #expect(job.state == .held && job.holdReason == .restored)
            #expect(job.crashes == 0)
        }
        #expect(try engine.campaign(scene.dated).count(.ready) == 3)
        engine.clock.advance(by: .seconds(7_200))
        try engine.settle()
        #expect(email.handed.elements.isEmpty)
        try engine.audit()
        #expect(try engine.store.restoredJobCount() == 2)
        try engine.finish()
    }

    @Test("it is held once: a second start finds it as it was left")
    func once() throws {
        let scene = try Scene()
        let folder = try scene.backUp()
        try scene.engine.kill()
        try Engine(in: folder, clock: scene.engine.clock).close()
        let engine = try Engine(in: folder, clock: scene.engine.clock)
        let log = try engine.campaign(scene.sending).changeLog
        #expect(log.count { $0.status == .paused } == 1)
        try engine.service.acknowledgeRestored(scene.dated.objectID)
        try engine.close()
        let later = try Engine(in: folder, clock: scene.engine.clock)
        #expect(try later.newestJob(of: scene.dated).state == .scheduled)
        try later.finish()
    }

    @Test("acknowledged, a dated campaign waits for its date and is sent; the other is PARTIAL")
    func acknowledged() throws {
        let scene = try Scene()
        let folder = try scene.backUp()
        try scene.engine.kill()

        let email = ScriptedTransport()
        let engine = try Engine(in: folder, clock: scene.engine.clock, email: email)
        #expect(try engine.service.acknowledgeAllRestored() == 2)
        #expect(try engine.newestJob(of: scene.dated).state == .scheduled)
        engine.clock.advance(by: .seconds(3_600))
        try engine.wait(for: scene.dated, .sent)
        let other = try engine.campaign(scene.sending)
        #expect(other.status == .partial)
        #expect(other.reason == "20 unknown: resolve them")
        #expect(email.handed.elements.count == 3)
        try engine.finish()
    }

    @Test("a campaign that is not held as restored cannot be acknowledged")
    func notHeld() throws {
        let engine = try Engine()
        let id = try engine.campaign(of: 1)
        try engine.wait(for: id, .sent)
        #expect(throws: ServiceError.self) {
            try engine.service.acknowledgeRestored(id.objectID)
        }
        try engine.finish()
    }

    @Test("a campaign that had been paused stays so, and says that it was restored")
    func paused() throws {
        let scene = try Scene()
        try scene.engine.service.pause(scene.sending.objectID, as: .operator)
        let folder = try scene.backUp()
        try scene.engine.kill()
        let engine = try Engine(in: folder, clock: scene.engine.clock)
        let campaign = try engine.campaign(scene.sending)
        #expect(campaign.status == .paused)
        #expect(campaign.reason?.hasPrefix("restored") == true)
        #expect(campaign.reason?.hasSuffix("before: paused by an operator") == true)
        #expect(try engine.newestJob(of: scene.sending).holdReason == .paused)
        try engine.finish()
    }

    @Test("a raw copy is found out by its file, and the file itself is not")
    func rawCopy() throws {
        let scene = try Scene()
        scene.email.follow(ScriptedTransport.accept)
        scene.email.answerAll()
        try scene.engine.wait(for: scene.sending, .sent)
        try scene.engine.close()
        let folder = try DataFolder()
        for suffix in ["", "-wal"] {
            let name = StoreOptions.fileName + suffix
            let bytes = try scene.engine.folder.bytes(of: name)
            try bytes.write(to: URL(filePath: "\(folder.path)/\(name)"))
        }

        let copied = try Engine(in: folder, clock: scene.engine.clock)
        let job = try copied.newestJob(of: scene.dated)
        #expect(job.state == .held && job.holdReason == .restored)
        try copied.finish()

        let original = try Engine(in: scene.engine.folder, clock: scene.engine.clock)
        #expect(try original.newestJob(of: scene.dated).state == .scheduled)
        try original.finish()
    }

    @Test("a file written over in place by one of an earlier run is found out, once")
    func writtenOver() throws {
        let scene = try Scene()
        let (folder, clock) = (scene.engine.folder, scene.engine.clock)
        try scene.engine.kill()
        let earlier = try DatabaseBytes(in: folder)
        let later = try Engine(in: folder, clock: clock)
        try later.finish()
        try earlier.writeOver(folder)

        let email = ScriptedTransport()
        let older = try Engine(in: folder, clock: clock, email: email)
        let job = try older.newestJob(of: scene.dated)
        #expect(job.state == .held && job.holdReason == .restored)
        let sending = try older.campaign(scene.sending)
        #expect(sending.status == .paused)
        #expect(sending.reason?.hasPrefix("restored: the database is older than") == true)
        #expect(email.handed.elements.isEmpty)
        try older.service.acknowledgeRestored(scene.dated.objectID)
        try older.finish()
        let again = try Engine(in: folder, clock: clock)
        #expect(try again.newestJob(of: scene.dated).state == .scheduled)
        try again.finish()
    }

    @Test("so is one by a copy that was made while the last run was at work")
    func writtenOverWithinARun() throws {
        let scene = try Scene()
        let folder = scene.engine.folder
        let earlier = try DatabaseBytes(in: folder)
        scene.email.follow(ScriptedTransport.accept)
        scene.email.answerAll()
        try scene.engine.wait(for: scene.sending, .sent)
        try scene.engine.close()
        try earlier.writeOver(folder)

        let older = try Engine(in: folder, clock: scene.engine.clock)
        #expect(try older.newestJob(of: scene.dated).holdReason == .restored)
        #expect(try older.campaign(scene.sending).count(.unknown) == 20)
        try older.finish()
    }

    @Test(
        "a death, and a mark that a power loss kept behind, tore or took, raise no alarm",
        arguments: [nil, "earlier", "", "1 ", "x y z \n"]
    )
    func noAlarm(left: String?) throws {
        let engine = try Engine()
        let spec = try engine.spec(lists: [engine.list(.people(3))])
        let date = engine.clock.wall + .seconds(3_600)
        let dated = try engine.campaign(CampaignOrder(spec: spec, date: date))
        try engine.wait(for: dated, .build)
        let path = "\(engine.folder.path)/\(EpochMark.fileName)"
        let earlier = try engine.folder.bytes(of: EpochMark.fileName)
        try engine.kill()
        try Engine(in: engine.folder, clock: engine.clock).kill()
        #expect(try engine.folder.bytes(of: EpochMark.fileName) != earlier)
        switch left {
        case nil: try FileManager.default.removeItem(atPath: path)
        case "earlier": try earlier.write(to: URL(filePath: path))
        case let text?: try TestFile.write(text, to: path)
        }
        let later = try Engine(in: engine.folder, clock: engine.clock)
        #expect(try later.newestJob(of: dated).state == .scheduled)
        try later.close()
        let last = try Engine(in: engine.folder, clock: engine.clock)
        #expect(try last.newestJob(of: dated).state == .scheduled)
        try last.finish()
    }

    @Test("a new database in the folder of an old one is new, and nothing is held")
    func replaced() throws {
        let engine = try Engine()
        try engine.close()
        for suffix in ["", "-wal", "-shm"] {
            unlink("\(engine.folder.path)/\(StoreOptions.fileName)\(suffix)")
        }
        let fresh = try Engine(in: engine.folder, clock: engine.clock)
        let id = try fresh.campaign(of: 2)
        try fresh.wait(for: id, .sent)
        #expect(try fresh.store.restoredJobCount() == 0)
        try fresh.finish()
    }

    @Test("a death while everything is held leaves it to the next start")
    func deathMeanwhile() throws {
        let scene = try Scene()
        let folder = try scene.backUp()
        try scene.engine.kill()
        // As far as the first chunk got: the messages are unknown, and the stamp is still there.
        let file = try DatabaseFile(
            path: "\(folder.path)/\(StoreOptions.fileName)",
            migrations: SQLiteStore.migrationList,
            now: scene.engine.clock.now,
            mayCreate: false
        )
        try file.writer.perform("first chunk") { transaction in
            try transaction.run(
                "UPDATE message SET state = 'unknown', epoch = NULL WHERE state = 'ready'"
            )
            try transaction.run("UPDATE message_count SET state = 'unknown' WHERE state = 'ready'")
        }
        try file.close()
        let engine = try Engine(in: folder, clock: scene.engine.clock)
        #expect(try engine.campaign(scene.sending).status == .paused)
        #expect(try engine.newestJob(of: scene.dated).holdReason == .restored)
        try engine.finish()
    }
}

/// A database with its log, as `cp` takes them.
private struct DatabaseBytes {
    private let files: [(suffix: String, bytes: Data)]

    init(in folder: DataFolder) throws {
        files = ["", "-wal"].map { suffix in
            (suffix, (try? folder.bytes(of: StoreOptions.fileName + suffix)) ?? Data())
        }
    }

    /// Writes them over what a folder has, whose files stay the same files.
    func writeOver(_ folder: DataFolder) throws {
        for (suffix, bytes) in files {
            let path = "\(folder.path)/\(StoreOptions.fileName)\(suffix)"
            guard let file = FileHandle(forUpdatingAtPath: path) else {
                try bytes.write(to: URL(filePath: path))
                continue
            }
            try file.truncate(atOffset: 0)
            try file.write(contentsOf: bytes)
            try file.close()
        }
    }
}
