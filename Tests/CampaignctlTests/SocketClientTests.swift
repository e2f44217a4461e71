import Testing

@testable import campaignctl

@Suite("Socket client", .timeLimit(.minutes(10)))
struct SocketClientTests {
    private let stage: Stage

    init() throws {
        stage = try Stage()
    }

    private func exchange(_ call: Call) throws -> Reply {
        guard case .connected(let exchange) = try SocketClient.connect(to: stage.socket) else {
            throw StageError.noFolder
        }
        return try exchange.perform(call, patience: .seconds(20))
    }

    @Test("a call arrives with its path, query, headers and body")
    func call() throws {
        try stage.startDaemon { _ in .reply(201, #"{"id":7}"#) }
        let call = Call.post("api", "jobs", "a/b").asking("name", "ä b&c")
            .with(header: "idempotency-key", "k").carrying(.json(Array("{}".utf8)))
        let reply = try exchange(call)
        #expect(reply.status == 201)
        #expect(String(decoding: try reply.wholeBody(), as: UTF8.self) == #"{"id":7}"#)
        let request = try #require(stage.requests.first)
        #expect(request.method == "POST")
        #expect(request.target == "/api/jobs/a%2Fb?name=%C3%A4%20b%26c")
        #expect(request.headers["idempotency-key"] == "k")
        #expect(request.headers["content-type"] == "application/json")
        #expect(request.headers["content-length"] == "2")
        #expect(request.text == "{}")
    }

    @Test("a write without a body says that it has none")
    func emptyWrite() throws {
        try stage.startDaemon { _ in .reply(200, "{}") }
        _ = try exchange(.put("api", "kinds", "build", "pause")).wholeBody()
        #expect(stage.requests.first?.headers["content-length"] == "0")
    }

    @Test("a file is sent as it is read, whatever its size")
    func upload() throws {
        try stage.startDaemon { _ in .reply(200, "{}") }
        let contents = String(repeating: "a@example.com,Ann\n", count: 60_000)
        let path = try stage.file("big.csv", contents)
        let call = Call.post("api", "lists", "import")
            .carrying(.upload(try InputFile(path), type: "text/csv"))
        #expect(try exchange(call).status == 200)
        let request = try #require(stage.requests.first)
        #expect(request.text == contents)
        #expect(request.headers["transfer-encoding"] == "chunked")
    }

    @Test("a refusal in the middle of an upload is the reply")
    func refusedUpload() throws {
        try stage.startDaemon(refusesEarly: true) { _ in .reply(422, "{}") }
        let path = try stage.file("big.csv", String(repeating: "x", count: 3_000_000))
        let call = Call.post("api", "lists", "import")
            .carrying(.upload(try InputFile(path), type: "text/csv"))
        #expect(try exchange(call).status == 422)
    }

    @Test("a long reply comes in parts")
    func parts() throws {
        let parts = (0..<200).map { "{\"id\":\($0)}\n" }
        try stage.startDaemon { _ in .parts(200, parts) }
        let reply = try exchange(.get("api", "jobs"))
        #expect(String(decoding: try reply.wholeBody(), as: UTF8.self) == parts.joined())
    }

    @Test("a daemon that hangs up before it answers leaves the reply lost")
    func hangUp() throws {
        try stage.startDaemon { _ in .hangUp }
        #expect(throws: ReplyError.self) { try exchange(.get("api", "jobs")) }
    }

    @Test("a daemon that hangs up in the middle of its answer leaves the reply lost")
    func broken() throws {
        try stage.startDaemon { _ in .broken(["{"]) }
        let reply = try exchange(.get("api", "jobs"))
        #expect(throws: ReplyError.self) { try reply.wholeBody() }
    }

    @Test("where nobody listens the daemon is absent: no file, a stale socket, too long a path")
    func absent() throws {
        guard case .absent = try SocketClient.connect(to: stage.socket) else {
            Issue.record("no file")
            return
        }
        try stage.startDaemon { _ in .hangUp }
        try stage.stopDaemon()
        guard case .absent = try SocketClient.connect(to: stage.socket) else {
            Issue.record("a stale file")
            return
        }
        let long = "/tmp/" + String(repeating: "x", count: 120)
        guard case .absent = try SocketClient.connect(to: long) else {
            Issue.record("too long a path")
            return
        }
    }
}
