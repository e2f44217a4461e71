import APIServer
import APITypes
import Glibc
import JobQueue
import SQLiteStore
import Testing

/// The server as clients meet it.
@Suite("the HTTP server", .timeLimit(.minutes(10)))
struct ServerTests {
    /// Runs a test against a server that is stopped whatever happens.
    private func withServer(
        _ tcp: ServerSite.TCP = .none,
        _ body: @escaping @Sendable (ServerSite) throws -> Void
    ) async throws {
        let site = try await ServerSite.start(tcp)
        let result: Result<Void, any Error>
        do { result = .success(try await blocking { try body(site) }) } catch {
            result = .failure(error)
        }
        try await site.stop()
        try result.get()
    }

    @Test("answers on the socket, request after request on one connection")
    func keepAlive() async throws {
        try await withServer { site in
            let client = try site.connect()
            let health = try client.call("GET", "/healthz")
            #expect(health.status == 200)
            #expect(health.body == #"{"status":"ok"}"#)
            #expect(health.headers["date"]?.hasSuffix(" GMT") == true)
            let put = try client.call(
                "POST",
                "/api/templates",
                headers: ["Content-Type: application/json"],
                body: #"{"name":"é","channel":"sms","text":"hi"}"#
            )
            #expect(put.status == 201)
            let list = try client.call(
                "GET",
                "/api/templates?limit=5",
                headers: ["Accept: application/x-ndjson"]
            )
            #expect(list.headers["transfer-encoding"] == "chunked")
            #expect(list.body.contains("\"é\""))
        }
    }

    @Test("HEAD has the head of GET and no body")
    func head() async throws {
        try await withServer { site in
            let client = try site.connect()
            let head = try client.call("HEAD", "/healthz")
            #expect(head.status == 200)
            #expect(head.headers["content-length"] == "15")
            #expect(try client.call("GET", "/healthz").status == 200)
        }
    }

    @Test("the socket file has its mode, and is gone after the stop")
    func socketFile() async throws {
        let site = try await ServerSite.start()
        var information = stat()
        #expect(stat(site.socketPath, &information) == 0)
        #expect(information.st_mode & 0o777 == 0o660)
        try await site.stop()
        #expect(access(site.socketPath, F_OK) != 0)
    }

    @Test("an upload is taken in while it comes, in chunks of any size")
    func upload() async throws {
        try await withServer { site in
            let client = try site.connect()
            try client.say(
                "POST /api/lists/import?name=big HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n"
            )
            let rows = ["email\n"] + (0..<5_000).map { "person\($0)@example.org\n" }
            for start in stride(from: 0, to: rows.count, by: 97) {
                let piece = rows[start..<min(start + 97, rows.count)].joined()
                try client.say("\(String(piece.utf8.count, radix: 16))\r\n\(piece)\r\n")
            }
            try client.say("0\r\n\r\n")
            let answer = try client.readAnswer()
            #expect(answer.status == 201)
            #expect(answer.body.contains(#""contacts":5000"#))
        }
    }

    @Test("an upload that breaks off stores nothing", arguments: [true, false])
    func brokenUpload(isChunked: Bool) async throws {
        try await withServer { site in
            var client: Client? = try site.connect()
            let length = isChunked ? "Transfer-Encoding: chunked" : "Content-Length: 1000"
            try client?.say(
                "POST /api/lists/import?name=cut HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\n"
                    + "\(length)\r\n\r\n" + (isChunked ? "e\r\n" : "") + "email\na@x.org\n"
                    + (isChunked ? "\r\n" : "")
            )
            client?.finishSaying()
            _ = try? client?.readAnswer()
            client = nil
            #expect(try site.connect().call("GET", "/api/lists").body == "[]")
        }
    }

    @Test("a body beyond the limit is refused while the client still sends")
    func tooLarge() async throws {
        try await withServer { site in
            let announced = try site.connect()
            try announced.say(
                "POST /api/campaign HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 1000000000\r\n\r\n{"
            )
            let refusal = try announced.readAnswer()
            #expect(refusal.status == 413)
            #expect(refusal.headers["connection"] == "close")

            let chunked = try site.connect()
            try chunked.say(
                "POST /api/campaign HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
            )
            let piece =
                Array("10000\r\n".utf8) + [UInt8](repeating: 0x20, count: 65_536) + [13, 10]
            for _ in 0..<80 where try !chunked.say(piece) { break }
            #expect(try chunked.readAnswer().status == 413)
            #expect(try site.connect().call("GET", "/healthz").status == 200)
        }
    }

    @Test("a client that waits for it is told to go on, or spared sending")
    func expectContinue() async throws {
        try await withServer { site in
            let client = try site.connect()
            let body = #"{"name":"n","channel":"sms","text":"hi"}"#
            try client.say(
                "POST /api/templates HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
                    + "Content-Length: \(body.utf8.count)\r\n\r\n"
            )
            #expect(try client.read(through: "\r\n\r\n").hasPrefix("HTTP/1.1 100"))
            try client.say(body)
            #expect(try client.readAnswer().status == 201)
        }
    }

    @Test("a half-closed connection still gets its answer")
    func halfClosed() async throws {
        try await withServer { site in
            let client = try site.connect()
            try client.say("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            client.finishSaying()
            #expect(try client.readAnswer().status == 200)
            #expect(try client.isClosed())
        }
    }

    @Test("clients that stall hold nobody else up")
    func stalled() async throws {
        try await withServer { site in
            var stalled: [Client] = []
            for index in 0..<40 {
                let client = try site.connect()
                let path = index % 2 == 0 ? "/api/lists/import?name=a" : "/api/campaign"
                try client.say(
                    "POST \(path) HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\ne"
                )
                stalled.append(client)
            }
            #expect(try site.connect().call("GET", "/api/status").status == 200)
            withExtendedLifetime(stalled) {}
        }
    }

    @Test("what is no HTTP, and headers beyond the limit, are refused")
    func malformed() async throws {
        try await withServer { site in
            for request in [
                "nonsense\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
                "GET / HTTP/1.1\r\nX: \(String(repeating: "a", count: 100_000))\r\n\r\n",
            ] {
                let client = try site.connect()
                try client.say(request)
                #expect(try client.readAnswer().status == 400)
            }
            let target = try site.connect().call("GET", "/api/jobs?error=%zz")
            #expect(target.status == 400)
            #expect(target.headers["content-type"] == "application/problem+json")
        }
    }

    @Test("events are streamed as they are committed, and end with the server")
    func events() async throws {
        let site = try await ServerSite.start()
        let client = try await blocking {
            let client = Unshared(try site.connect())
            try client.value.say("GET /api/events HTTP/1.1\r\nHost: x\r\n\r\n")
            let head = try client.value.read(through: "\r\n\r\n")
            #expect(head.contains("text/event-stream"))
            _ = try client.value.read(through: ":")
            try site.connect().enqueue()
            #expect(try client.value.read(through: "event: campaign").isEmpty == false)
            return client
        }
        try await site.stop()
        try await blocking {
            while try !client.value.isClosed() {}
        }
    }

    @Test("a request that waits for a job is answered when the server stops")
    func stopWhileWaiting() async throws {
        let site = try await ServerSite.start()
        let client = try await blocking {
            let client = Unshared(try site.connect())
            try client.value.enqueue()
            try client.value.say("GET /api/jobs/1/wait HTTP/1.1\r\nHost: x\r\n\r\n")
            // The wait listens to the store's events from its beginning on.
            while !site.store.events.wantsDetails { sched_yield() }
            return client
        }
        try await site.stop()
        try await blocking {
            let answer = try client.value.readAnswer()
            #expect(answer.status == 503)
            #expect(answer.headers["retry-after"] == "1")
            #expect(try client.value.isClosed())
        }
    }

    @Test("open TCP checks the host; a call is the operator's")
    func openTCP() async throws {
        try await withServer(.open) { site in
            let client = try site.connectTCP()
            #expect(try client.call("GET", "/api/status").status == 200)
            let foreign = try client.call("GET", "/api/status", headers: ["Host: evil.example"])
            #expect(foreign.status == 403)
            let page = try client.call(
                "PUT",
                "/api/kinds/send/pause",
                headers: ["Origin: https://evil.example"]
            )
            #expect(page.status == 403)
        }
    }

    @Test("with tokens no route answers without one, and none reads a body first")
    func tokens() async throws {
        try await withServer(.tokens) { site in
            let document = try site.connect().call("GET", "/openapi.json")
            let json = try JSONValue(parsing: Array(document.body.utf8))
            guard case .object(let paths)? = json["paths"] else {
                Issue.record("no paths")
                return
            }
            for (path, methods) in paths {
                guard case .object(let methods) = methods else { continue }
                for method in methods.keys {
                    for headers in [
                        [], ["Authorization: Bearer secret-of-an"], ["x-user-id: ann"],
                        ["Cookie: __Secure-next-auth.session-token=<YOUR_SESSION_TOKEN>"],
                    ] {
                        let answer = try site.connectTCP().call(
                            method.uppercased(),
                            path,
                            headers: headers
                        )
                        #expect(answer.status == 401, "\(method) \(path) \(headers)")
                        #expect(answer.headers["www-authenticate"] == "Bearer")
                    }
                }
            }
            let client = try site.connectTCP()
            let own = try client.call(
                "GET",
                "/api/campaign",
                headers: ["Authorization: Bearer secret-of-ann"]
            )
            #expect(own.status == 200)
            let operatorOnly = try client.call(
                "GET",
                "/api/status",
                headers: ["Authorization: Bearer secret-of-ann"]
            )
            #expect(operatorOnly.status == 403)
        }
    }

    @Test("the public listener serves no route of the API, with whatever token it is asked")
    func publicListener() async throws {
        try await withServer(.tokens) { site in
            #expect(try site.connectPublic().call("GET", "/healthz").status == 200)
            let document = try site.connect().call("GET", "/openapi.json")
            let json = try JSONValue(parsing: Array(document.body.utf8))
            guard case .object(let paths)? = json["paths"] else {
                Issue.record("no paths")
                return
            }
            for (path, methods) in paths where path != "/healthz" {
                guard case .object(let methods) = methods else { continue }
                for method in methods.keys {
                    let answer = try site.connectPublic().call(
                        method.uppercased(),
                        path,
                        headers: ["Authorization: Bearer secret-of-ann"]
                    )
                    #expect(answer.status == 404, "\(method) \(path)")
                }
            }
        }
    }

    @Test("a server that cannot start says why")
    func cannotStart() async throws {
        let site = try await ServerSite.start(.open)
        let port = site.server.tcpPort ?? 0
        let long = "/tmp/" + String(repeating: "x", count: 103)
        for (path, expected) in [
            (long, ServerError.pathTooLong(long, bytes: 108)),
            ("/etc/passwd", ServerError.notASocket("/etc/passwd")),
        ] {
            let error = try await blocking { site.secondServerError(port: 0, socket: path) }
            #expect(error == expected)
        }
        let error = try await blocking { site.secondServerError(port: port) }
        #expect(
            error?.description.contains("cannot listen on 127.0.0.1:\(port)") == true,
            "\(String(describing: error))"
        )
        try await site.stop()
    }

    @Test("without tokens nothing but loopback is listened on")
    func openToOthers() async throws {
        let site = try await ServerSite.start()
        let error = try await blocking { site.secondServerError(host: "0.0.0.0", port: 0) }
        #expect(error == .openToOthers("0.0.0.0"))
        try await site.stop()
    }
}

/// A value that one thread after another uses.
struct Unshared<Value>: @unchecked Sendable {
    // Handed from one step of a test to the next, never used by two at once.
    let value: Value

    init(_ value: Value) {
        self.value = value
    }
}
