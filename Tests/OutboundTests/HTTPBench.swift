import Dispatch
import Outbound
import TestSupport
import Testing

/// A scripted HTTP server and a client for it.
struct HTTPBench {
    let server: ScriptedHTTPServer
    let client: HTTPClient

    /// Sends a request and waits for its outcome.
    func send(
        _ method: String = "POST",
        _ path: String = "/",
        headers: [(name: String, value: String)] = [],
        body: String = "",
        timeout: Duration = .seconds(15)
    ) throws -> HTTPOutcome {
        try outcome(
            HTTPRequest(
                method: method,
                url: server.url + path,
                headers: headers,
                body: Array(body.utf8),
                timeout: timeout
            )
        )
    }

    /// Sends a request and checks its outcome's summary.
    func expect(
        _ summary: String,
        _ method: String = "POST",
        _ path: String = "/",
        body: String = "",
        timeout: Duration = .seconds(15),
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let outcome = try send(method, path, body: body, timeout: timeout)
        #expect(outcome.summary == summary, "\(outcome)", sourceLocation: sourceLocation)
    }

    /// Sends a request and waits for its outcome.
    func outcome(_ request: HTTPRequest) throws -> HTTPOutcome {
        let outcomes = Recorder<HTTPOutcome>()
        client.send(request) { outcomes.append($0) }
        return try outcomes.wait(forCount: 1)[0]
    }
}

/// Runs a test with a server and a client, and ends both.
func withHTTPBench(
    script: @escaping ScriptedHTTPServer.Script = { _, _ in .proceed },
    configure: (inout HTTPClientConfiguration) -> Void = { _ in },
    _ body: (HTTPBench) throws -> Void
) throws {
    let server = try ScriptedHTTPServer(script: script)
    defer { server.stop() }
    var configuration = HTTPClientConfiguration(maxConnections: 1, name: "test.http")
    configure(&configuration)
    let client = HTTPClient(configuration)
    try body(HTTPBench(server: server, client: client))
    let done = TestSignal()
    client.shutDown(deadline: .now() + .seconds(10)) { done.fire() }
    try done.wait(for: "the end of the client")
}

extension HTTPOutcome {
    /// The outcome without texts, such as `answered 200`.
    var summary: String {
        switch self {
        case .answered(let reply): "answered \(reply.status)"
        case .notSent: "not sent"
        case .unknown: "unknown"
        case .abandoned: "abandoned"
        }
    }

    var reply: HTTPReply? {
        if case .answered(let reply) = self { reply } else { nil }
    }
}
