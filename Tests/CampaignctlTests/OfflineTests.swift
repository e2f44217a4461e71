import FoundationEssentials
import JobQueue
import Testing

@testable import SQLiteStore
@testable import campaignctl

@Suite("Commands without a daemon", .timeLimit(.minutes(10)))
struct OfflineTests {
    private let stage: Stage

    /// A folder with the database a daemon left when it stopped.
    init() throws {
        stage = try Stage()
        let (store, clock) = try SQLiteStore.open(
            StoreOptions(
                folder: stage.folder,
                version: "1.0.0",
                mayCreate: true,
                runsJobs: false
            )
        )
        try store.close(now: clock.now)
    }

    /// The value of a text field of the JSON printed last.
    private func field(_ name: String) throws -> String {
        let line = try #require(stage.printed.split(separator: "\n").last)
        let parts = line.split(separator: "\"\(name)\":\"")
        return String(try #require(parts.last?.split(separator: "\"").first))
    }

    /// Stores a template and a list, and writes a spec that names them.
    private func spec() throws -> String {
        let text = try stage.file("t.txt", "Hello {{name}}")
        try stage.run("templates", "put", "--channel", "sms", "--name", "T", "--text", text)
        let template = try field("templateId")
        let csv = try stage.file("c.csv", "phone,name\n+12025550101,Ann\nnone,Bob\n")
        try stage.run("lists", "import", csv, "--name", "L")
        let list = try field("contactListId")
        return try stage.file(
            "spec.json",
            """
            {"name":"Spring","channel":["sms"],"contactListId":["\(list)"],\
            "settings":{"sms":{"shortCode":"9498671145","templateId":"\(template)"}}}
            """
        )
    }

    @Test("a campaign is stored, and shown again")
    func enqueue() throws {
        #expect(try stage.run("enqueue", try spec()) == 0)
        #expect(stage.noted.contains("stored; no daemon is running\n"))
        let campaign = try field("campaignId")
        #expect(try stage.run("campaigns", "show", campaign) == 0)
        #expect(stage.printed.contains("campaign  \(campaign)  Spring"))
        #expect(try stage.run("jobs", "show", "1") == 0)
        #expect(stage.printed.contains("1  create"))
        #expect(try stage.run("campaigns", "list", "--json") == 0)
        #expect(try field("campaignId") == campaign)
    }

    @Test("the first command after a daemon's death says what was under way, and the next nothing")
    func afterDeath() throws {
        let (store, _) = try SQLiteStore.open(
            StoreOptions(
                folder: stage.folder,
                version: "1.0.0",
                mayCreate: false,
                runsJobs: true
            )
        )
        try store.database.close()
        try stage.run("status")
        let said = "the daemon had died; of its work, jobs under way: 0"
        #expect(stage.noted.contains(said))
        try stage.run("status")
        #expect(stage.noted.ranges(of: said).count == 1)
    }

    @Test("the same key and spec again give the first job")
    func replay() throws {
        let spec = try spec()
        try stage.run("enqueue", spec, "--idempotency-key", "k")
        try stage.run("enqueue", spec, "--idempotency-key", "k")
        let jobs = stage.printed.split(separator: "\n").suffix(2)
        #expect(jobs.map { $0.contains("\"replayed\":true") } == [false, true])
    }

    @Test("every line of a bulk file is stored, or none; a bad one is named")
    func bulk() throws {
        let line = try String(contentsOfFile: try spec(), encoding: .utf8)
        let good = try stage.file(
            "good.ndjson",
            Array(repeating: line, count: 20).joined(separator: "\n")
        )
        #expect(try stage.run("enqueue", "--bulk", good, "--json") == 0)
        #expect(
            stage.printed.split(separator: "\n").suffix(20).allSatisfy { $0.contains("\"id\":") }
        )
        let bad = try stage.file("bad.ndjson", "\(line)\n{\"name\":7}\n")
        #expect(try stage.run("enqueue", "--bulk", bad) == ExitStatus.data.rawValue)
        #expect(stage.noted.contains("line 2: "))
        try stage.run("jobs", "list", "--json")
        #expect(stage.printed.split(separator: "\n").suffix(20).count == 20)
    }

    @Test("status says that no daemon runs, and how to start one")
    func status() throws {
        #expect(try stage.run("status") == 0)
        #expect(stage.printed.contains("NOT RUNNING"))
        #expect(stage.printed.contains("campaignd --data-dir \(stage.folder)"))
        #expect(stage.noted.isEmpty)
    }

    @Test("what the spec lacks is told field by field, and nothing is stored")
    func faults() throws {
        let spec = try stage.file("bad.json", #"{"name":"","channel":["fax"],"colour":1}"#)
        #expect(try stage.run("enqueue", spec) == ExitStatus.data.rawValue)
        for field in ["name", "channel", "colour", "contactListId"] {
            #expect(stage.noted.contains("\(field)"), "\(stage.noted)")
        }
        try stage.run("jobs", "list")
        #expect(stage.noted.hasSuffix("no jobs\n"))
    }

    @Test("unknown ids have a code of their own")
    func unknownIDs() throws {
        #expect(try stage.run("jobs", "show", "7") == ExitStatus.noInput.rawValue)
        let id = "68b0b5ccfcccb5cfc3b1f4eb"
        #expect(try stage.run("campaigns", "show", id) == ExitStatus.noInput.rawValue)
        #expect(try stage.run("jobs", "cancel", "7") == ExitStatus.noInput.rawValue)
    }

    @Test("wait looks again until somebody has done the work, or time is up")
    func wait() throws {
        try stage.run("enqueue", try spec())
        #expect(try stage.run("wait", "1", "--timeout", "5s") == ExitStatus.temporary.rawValue)
        #expect(stage.noted.contains("no daemon is running; waiting for one to start\n"))
    }

    @Test("a dry run stores nothing, and does not say it did")
    func dryRun() throws {
        try stage.run("enqueue", try spec())
        let before = stage.noted
        try stage.run("jobs", "cancel", "--state", "available", "--dry-run")
        #expect(stage.printed.hasSuffix("1 job matches; nothing was changed (--dry-run)\n"))
        #expect(stage.noted == before)
    }

    @Test("a kind can be paused and resumed")
    func pause() throws {
        #expect(try stage.run("pause", "build") == 0)
        try stage.run("status")
        #expect(stage.printed.contains("build jobs are paused: campaignctl resume build"))
        #expect(try stage.run("resume", "build") == 0)
        #expect(try stage.run("pause", "nonsense") == ExitStatus.data.rawValue)
    }

    @Test("while another process holds the lock, the file is left alone")
    func locked() throws {
        guard case .acquired(let lock) = try InstanceLock.attempt(role: .daemon, in: stage.folder)
        else {
            Issue.record("the lock was held already")
            return
        }
        #expect(try stage.run("jobs", "list") == ExitStatus.temporary.rawValue)
        #expect(stage.noted.contains("is held by daemon"))
        withExtendedLifetime(lock) {}
    }

    @Test("a file that is no database is an input error, and stays as it is")
    func corrupt() throws {
        let path = stage.folder + "/" + StoreOptions.fileName
        for suffix in ["-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: path + suffix)
        }
        let garbage = String(repeating: "not a database ", count: 500)
        _ = try stage.file(StoreOptions.fileName, garbage)
        #expect(try stage.run("jobs", "list") == ExitStatus.inputOutput.rawValue)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == garbage)
    }
}
