import Dispatch
import Outbound
import TestSupport
import Testing

@Suite("HTTP requests", .timeLimit(.minutes(10)))
struct HTTPClientTests {
    @Test("a request arrives as written, without headers of libcurl's own devising")
    func request() throws {
        try withHTTPBench { bench in
            let headers = [("Authorization", "Basic YTpi"), ("X-Empty", ""), ("X-Two", "1")]
            _ = try bench.send("PATCH", "/a?b=%20c", headers: headers, body: "text")
            let request = try #require(bench.server.requests.elements.first)
            #expect(request.method == "PATCH")
            #expect(request.target == "/a?b=%20c")
            #expect(request.text == "text")
            #expect(
                request.headers.map { "\($0.name)=\($0.value)" } == [
                    "host=127.0.0.1:\(bench.server.port)", "accept=*/*", "user-agent=campaignd",
                    "authorization=Basic YTpi", "x-empty=", "x-two=1", "content-length=4",
                ]
            )
        }
    }

    @Test("the reply comes whole: status, headers in lower case, body")
    func reply() throws {
        try withHTTPBench(script: { stage, _ in
            guard stage == .request else { return .proceed }
            return .reply(429, headers: [("Retry-After", "7"), ("X-B", " two words ")], body: "no")
        }) { bench in
            let reply = try #require(try bench.send("GET").reply)
            #expect(reply.status == 429)
            #expect(reply[header: "retry-after"] == "7")
            #expect(reply[header: "x-b"] == "two words")
            #expect(reply.text == "no")
            #expect(!reply.isCut)
        }
    }

    @Test("an interim reply is not taken for the reply")
    func interim() throws {
        try withHTTPBench(script: { stage, _ in
            guard stage == .request else { return .proceed }
            return .breakOff(
                after: "HTTP/1.1 102 Wait\r\nX-Interim: 1\r\n\r\n"
                    + "HTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\na"
            )
        }) { bench in
            let reply = try #require(try bench.send("POST", body: "x").reply)
            #expect(reply.status == 201)
            #expect(reply[header: "x-interim"] == nil)
        }
    }

    @Test("of a long body only the first bytes are kept, and that is said")
    func cap() throws {
        try withHTTPBench(
            script: { stage, _ in stage == .request ? .reply(200, body: "0123456789") : .proceed },
            configure: { $0.replyBytesMax = 4 }
        ) { bench in
            let reply = try #require(try bench.send("GET").reply)
            #expect(reply.text == "0123")
            #expect(reply.isCut)
        }
    }

    @Test("a redirect is an answer, and no cookie is sent back")
    func redirect() throws {
        try withHTTPBench(script: { stage, request in
            guard stage == .request else { return .proceed }
            let headers = [("Location", "/other"), ("Set-Cookie", "a=b; Path=/")]
            return request.target == "/" ? .reply(307, headers: headers) : .proceed
        }) { bench in
            try bench.expect("answered 307", "POST", body: "a")
            try bench.expect("answered 200", "POST", "/b", body: "a")
            #expect(bench.server.requests.elements.map(\.target) == ["/", "/b"])
            #expect(bench.server.requests.elements[1][header: "cookie"] == nil)
        }
    }

    @Test("connections are reused, and never more are open than allowed")
    func reuse() throws {
        try withHTTPBench(configure: { $0.maxConnections = 3 }) { bench in
            let outcomes = Recorder<HTTPOutcome>()
            for _ in 0..<60 {
                let request = HTTPRequest(method: "POST", url: bench.server.url + "/", body: [65])
                bench.client.send(request) { outcomes.append($0) }
            }
            try outcomes.wait(forCount: 60)
            #expect(outcomes.elements.allSatisfy { $0.summary == "answered 200" })
            #expect(bench.server.connections.elements.count <= 3)
        }
    }

    @Test(
        "a request that could smuggle another one in is not sent",
        arguments: [
            HTTPRequest(method: "POST", url: "http://127.0.0.1:1/", headers: [("A", "b\r\nC: d")]),
            HTTPRequest(method: "POST", url: "http://127.0.0.1:1/", headers: [("A\r\nB", "c")]),
            HTTPRequest(method: "POST", url: "http://127.0.0.1:1/ HTTP/1.1\r\nA: b"),
            HTTPRequest(method: "GET / HTTP/1.1\r\n", url: "http://127.0.0.1:1/"),
            HTTPRequest(method: "GET", url: "file:///etc/passwd"),
        ]
    )
    func malformed(_ request: HTTPRequest) throws {
        try withHTTPBench { bench in
            let outcome = try bench.outcome(request)
            #expect(outcome.summary == "not sent")
        }
    }

    @Test("at shutdown what waits is given back, and what was sent is waited for, then unknown")
    func shutdown() throws {
        try withHTTPBench(
            script: { stage, _ in stage == .request ? .stall : .proceed }
        ) { bench in
            let outcomes = Recorder<String>()
            for name in ["sent", "waiting"] {
                let request = HTTPRequest(method: "POST", url: bench.server.url + "/" + name)
                bench.client.send(request) { outcomes.append("\(name) \($0.summary)") }
            }
            try bench.server.requests.wait(forCount: 1)
            let done = TestSignal()
            bench.client.shutDown(deadline: .now() + .milliseconds(50)) { done.fire() }
            try done.wait(for: "the end of the client")
            #expect(outcomes.elements == ["waiting abandoned", "sent unknown"])
            try bench.expect("abandoned")
        }
    }
}
