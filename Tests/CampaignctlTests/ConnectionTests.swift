import JobQueue
import Synchronization
import Testing

@testable import campaignctl

@Suite("Connection", .timeLimit(.minutes(10)))
struct ConnectionTests {
    private let stage: Stage

    init() throws {
        stage = try Stage()
    }

    private var write: Call { Call.put("api", "kinds", "build", "pause").withKey("k") }

    @Test("without daemon and database it says how to start one")
    func nothingThere() {
        let failure = #expect(throws: CommandFailure.self) { try stage.connection.document(write) }
        #expect(failure?.exit == .unavailable)
        #expect(failure?.next?.contains("campaignd --data-dir \(stage.folder)") == true)
    }

    @Test("a daemon that starts meanwhile is found")
    func startingDaemon() throws {
        stage.openFile = { _ in .locked(by: "daemon 1") }
        stage.onPause = { [unowned stage] in
            if stage.daemon == nil { try stage.startDaemon { _ in .reply(200, "{}") } }
        }
        let reply = try stage.connection.document(write)
        #expect(reply.status == 200)
        #expect(stage.requests.count == 1)
    }

    @Test("a daemon that is not ready is asked again until it is")
    func notReady() throws {
        let asked = Atomic<Int>(0)
        try stage.startDaemon { _ in
            asked.add(1, ordering: .relaxed).newValue < 3
                ? .reply(503, #"{"detail":"it drains"}"#) : .reply(200, "{}")
        }
        #expect(try stage.connection.document(write).status == 200)
        #expect(stage.requests.count == 3)
    }

    @Test("after a lost reply the same call is made again, under the same key")
    func lostReply() throws {
        let asked = Atomic<Int>(0)
        try stage.startDaemon { _ in
            asked.add(1, ordering: .relaxed).newValue == 1 ? .hangUp : .reply(200, "{}")
        }
        #expect(try stage.connection.document(write).status == 200)
        #expect(stage.requests.map { $0.headers["idempotency-key"] } == ["k", "k"])
    }

    @Test("a repeat waits for its first try to end, a first conflict is final")
    func underWay() throws {
        let asked = Atomic<Int>(0)
        try stage.startDaemon { _ in
            switch asked.add(1, ordering: .relaxed).newValue {
            case 1: .hangUp
            case 2:
                .reply(
                    409,
                    #"""
                    {"type":"urn:campaignd:in-progress","title":"","status":409,\#
                    "detail":"no answer yet","result":"error"}
                    """#
                )
            case 4: .reply(409, "{}")
            default: .reply(200, "{}")
            }
        }
        #expect(try stage.connection.document(write).status == 200)
        #expect(try stage.connection.document(write).status == 409)
    }

    @Test("an upload is sent again from its start")
    func repeatedUpload() throws {
        let asked = Atomic<Int>(0)
        try stage.startDaemon { _ in
            asked.add(1, ordering: .relaxed).newValue == 1 ? .hangUp : .reply(200, "{}")
        }
        let file = try InputFile(try stage.file("a.csv", "email\na@example.com\n"))
        let call = Call.post("api", "lists", "import").withKey("k")
            .carrying(.upload(file, type: "text/csv"))
        #expect(try stage.connection.document(call).status == 200)
        #expect(stage.requests.map(\.text) == Array(repeating: "email\na@example.com\n", count: 2))
    }

    @Test("after 30 s it gives up and says what stood in the way")
    func gaveUp() throws {
        stage.openFile = { _ in .locked(by: "daemon 4711") }
        let start = stage.clock.now
        let failure = #expect(throws: CommandFailure.self) { try stage.connection.document(write) }
        #expect(failure?.exit == .temporary)
        #expect(failure?.detail.contains("daemon 4711") == true)
        #expect(stage.clock.now - start >= .seconds(30))
        #expect(stage.clock.now - start < .seconds(31))
    }

    @Test("a list that breaks off is told, and is not printed twice")
    func brokenList() throws {
        try stage.startDaemon { _ in .broken(["{\"id\":1}\n"]) }
        let code = try stage.run("jobs", "list", "--json")
        #expect(code == ExitStatus.temporary.rawValue)
        #expect(stage.printed == "{\"id\":1}\n")
        #expect(stage.noted.contains("broke off"))
    }
}
