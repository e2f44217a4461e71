import Outbound
import TestSupport
import Testing

@Suite("HTTP connections that die", .timeLimit(.minutes(10)))
struct HTTPHangUpTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var stage: ScriptedHTTPServer.Stage
        var action: ScriptedHTTPServer.Action

        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "after the request line", stage: .requestLine, action: .hangUp),
        Case(name: "after the head", stage: .head, action: .hangUp),
        Case(name: "after the request", stage: .request, action: .hangUp),
        Case(
            name: "in the status line",
            stage: .request,
            action: .breakOff(after: "HTTP/1.1 20")
        ),
        Case(
            name: "in the head of the reply",
            stage: .request,
            action: .breakOff(after: "HTTP/1.1 201 Created\r\nContent-Le")
        ),
        Case(
            name: "in the body of the reply",
            stage: .request,
            action: .breakOff(after: "HTTP/1.1 201 Created\r\nContent-Length: 10\r\n\r\n{\"id\"")
        ),
    ]

    @Test(
        "a hang-up makes the request unknown, and it never leaves a second time",
        arguments: cases,
        [("POST", "a=1"), ("POST", ""), ("GET", ""), ("PUT", ""), ("DELETE", "")]
    )
    func hangUp(_ expected: Case, _ kind: (method: String, body: String)) throws {
        for isReused in [false, true] {
            try withHTTPBench(
                script: { stage, request in
                    request.target == "/lost" && stage == expected.stage
                        ? expected.action : .proceed
                }
            ) { bench in
                if isReused { try bench.expect("answered 200", "POST") }
                let outcome = try bench.send(kind.method, "/lost", body: kind.body)
                #expect(outcome.summary == "unknown", "\(outcome), reused: \(isReused)")
                try bench.expect("answered 200", "POST", "/next")
                let lost = bench.server.begun.elements.filter { $0.target == "/lost" }
                #expect(lost.count == 1, "reused: \(isReused)")
                #expect(lost.first?.requestsBefore == (isReused ? 1 : 0))
            }
        }
    }

    @Test("a large body of which the server read only a part is unknown")
    func partOfTheBody() throws {
        let body = String(repeating: "a", count: 8_000_000)
        try withHTTPBench(script: { stage, request in
            stage == .head && request.target == "/lost" ? .hangUp : .proceed
        }) { bench in
            try bench.expect("unknown", "POST", "/lost", body: body)
            try bench.expect("answered 200", "POST", "/whole", body: body)
            #expect(bench.server.requests.elements.map(\.target) == ["/whole"])
            #expect(bench.server.requests.elements.first?.body.count == body.utf8.count)
        }
    }

    @Test("nobody listens: not sent")
    func refused() throws {
        let server = try ScriptedHTTPServer()
        server.stop()
        try withHTTPBench { bench in
            let request = HTTPRequest(method: "POST", url: server.url + "/")
            let outcome = try bench.outcome(request)
            #expect(outcome.summary == "not sent")
        }
    }

    @Test("a server that speaks no TLS was sent nothing")
    func noTLS() throws {
        try withHTTPBench(script: { _, _ in .hangUp }) { bench in
            let url = "https://127.0.0.1:\(bench.server.port)/"
            let outcome = try bench.outcome(HTTPRequest(method: "POST", url: url))
            #expect(outcome.summary == "not sent")
            #expect(bench.server.requests.elements.isEmpty)
        }
    }

    @Test("a server that does not answer in time makes the request unknown")
    func silence() throws {
        try withHTTPBench(script: { stage, _ in stage == .request ? .stall : .proceed }) { bench in
            try bench.expect("unknown", body: "a", timeout: .milliseconds(300))
            #expect(bench.server.requests.elements.count == 1)
        }
    }
}
