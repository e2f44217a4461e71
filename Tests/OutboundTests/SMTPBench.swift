import Dispatch
import Glibc
import Outbound
import Synchronization
import TestSupport
import Testing

/// A scripted server, a client for it, and the outcomes of what the client sent.
final class SMTPBench: Sendable {
    /// A recipient and what became of the message to it.
    struct Result: Sendable {
        let recipient: String
        let outcome: SMTPOutcome
    }

    static let small = Array("Subject: hello\r\n\r\nA line.\r\n".utf8)

    /// More than two kernels buffer for a reader that does not read.
    static let huge: [UInt8] = {
        var content = [UInt8](repeating: UInt8(ascii: "a"), count: 16_000_000)
        for end in stride(from: 1_000, through: content.count, by: 1_000) {
            content[end - 2] = UInt8(ascii: "\r")
            content[end - 1] = UInt8(ascii: "\n")
        }
        return content
    }()

    let server: ScriptedSMTPServer
    let client: SMTPClient
    let results = Recorder<Result>()
    private let sentCount = Mutex(0)

    init(
        extensions: [String],
        script: @escaping ScriptedSMTPServer.Script,
        configure: (inout SMTPConfiguration) -> Void
    ) throws {
        server = try ScriptedSMTPServer(extensions: extensions, script: script)
        var configuration = SMTPConfiguration(
            host: "127.0.0.1",
            port: server.port,
            maxConnections: 1,
            heloName: "client.test"
        )
        configure(&configuration)
        client = SMTPClient(configuration)
    }

    /// Sends a message without waiting for its outcome.
    func start(
        _ recipient: String,
        from sender: String = "sender@example.org",
        content: [UInt8] = SMTPBench.small
    ) {
        sentCount.withLock { $0 += 1 }
        let envelope = SMTPEnvelope(sender: sender, recipient: recipient, content: content)
        client.send(envelope) { [results] outcome in
            results.append(Result(recipient: recipient, outcome: outcome))
        }
    }

    /// Waits for the outcome of the message to `recipient`.
    func outcome(_ recipient: String) throws -> SMTPOutcome {
        let results = try results.wait(for: "the outcome of \(recipient)") { results in
            results.contains { $0.recipient == recipient }
        }
        return try #require(results.first { $0.recipient == recipient }).outcome
    }

    /// Sends a message and waits for its outcome.
    @discardableResult
    func send(
        _ recipient: String,
        from sender: String = "sender@example.org",
        content: [UInt8] = SMTPBench.small
    ) throws -> SMTPOutcome {
        start(recipient, from: sender, content: content)
        return try outcome(recipient)
    }

    /// Sends a message and checks its outcome's summary.
    func expect(
        _ summary: String,
        sending recipient: String,
        from sender: String = "sender@example.org",
        content: [UInt8] = SMTPBench.small,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        start(recipient, from: sender, content: content)
        try expect(summary, of: recipient, sourceLocation: sourceLocation)
    }

    /// Waits for the outcome of the message to `recipient` and checks its summary.
    func expect(
        _ summary: String,
        of recipient: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let outcome = try outcome(recipient)
        #expect(outcome.summary == summary, "\(outcome)", sourceLocation: sourceLocation)
    }

    /// Waits until the client has ended.
    func shutDown(deadline: DispatchTime = .now() + .seconds(10)) throws {
        let done = TestSignal()
        client.shutDown(deadline: deadline) { done.fire() }
        try done.wait(for: "the end of the client")
    }

    /// The recipients of what the server took responsibility for, in order.
    var acceptedRecipients: [String] { server.accepted.elements.flatMap(\.recipients) }

    fileprivate func finish() throws {
        try shutDown()
        server.stop()
        #expect(
            results.elements.count == sentCount.withLock(\.self),
            "every message has exactly one outcome"
        )
    }
}

/// Runs a test with a bench, ends the client, and checks that each message had one outcome.
func withBench(
    extensions: [String] = ScriptedSMTPServer.usualExtensions,
    script: @escaping ScriptedSMTPServer.Script = { _ in .proceed },
    configure: (inout SMTPConfiguration) -> Void = { _ in },
    _ body: (SMTPBench) throws -> Void
) throws {
    let bench = try SMTPBench(extensions: extensions, script: script, configure: configure)
    do {
        try body(bench)
    } catch {
        bench.server.stop()
        throw error
    }
    try bench.finish()
}

extension SMTPOutcome {
    /// The outcome without texts, such as `refused rcpt 550`.
    var summary: String {
        switch self {
        case .accepted(let reply): "accepted \(reply.code)"
        case .refused(let stage, let reply): "refused \(stage) \(reply.code)"
        case .serviceUnavailable(let stage, _, let reply):
            "unavailable \(stage)" + (reply.map { " \($0.code)" } ?? "")
        case .interrupted(let stage, _): "interrupted \(stage)"
        case .unknown: "unknown"
        case .abandoned: "abandoned"
        }
    }
}
