import Outbound
import TestSupport
import Testing

@Suite(
    "SMTP with TLS",
    .timeLimit(.minutes(10)),
    .enabled(if: TLSServer.obstacle == nil, "python3 or openssl is not installed")
)
struct SMTPTLSTests {
    /// How the server and the client are told the same mode.
    static let modes: [(option: String, security: SMTPConfiguration.Security)] = [
        ("implicit", .implicit), ("starttls", .startTLS),
    ]

    @Test("messages arrive, small and large", arguments: modes)
    func arrives(_ mode: (option: String, security: SMTPConfiguration.Security)) throws {
        let options = ["--tls", mode.option, "--after", "PIPELINING"]
        try withTLS(mode.security, options) { server, bench in
            for (recipient, content) in [("a", SMTPBench.small), ("b", SMTPBench.huge)] {
                try bench.expect("accepted 250", sending: "\(recipient)@x.test", content: content)
            }
            let sizes = try server.dots(2).map { $0.split(separator: " ")[1] }
            #expect(sizes == ["\(SMTPBench.small.count)", "\(SMTPBench.huge.count)"])
        }
    }

    @Test("a reader that stops and goes on gets every byte", arguments: modes)
    func stalledReader(_ mode: (option: String, security: SMTPConfiguration.Security)) throws {
        try withTLS(mode.security, ["--tls", mode.option, "--hold-body"]) { server, bench in
            bench.start("a@example.org", content: SMTPBench.huge)
            bench.start("waiting@example.org", content: SMTPBench.huge)
            server.letGo()
            try bench.expect("accepted 250", of: "a@example.org")
            server.letGo()
            try bench.expect("accepted 250", of: "waiting@example.org")
            #expect(Set(try server.dots(2)).count == 1)
        }
    }

    @Test("a certificate that nobody trusts makes the service unavailable", arguments: modes)
    func untrusted(_ mode: (option: String, security: SMTPConfiguration.Security)) throws {
        try withTLS(mode.security, ["--tls", mode.option], configure: { $0.caFile = nil }) {
            _,
            bench in
            let outcome = try bench.send("a@example.org")
            #expect(outcome.summary.hasPrefix("unavailable tls"), "\(outcome)")
        }
    }

    @Test("a certificate for another name makes the service unavailable", arguments: modes)
    func otherName(_ mode: (option: String, security: SMTPConfiguration.Security)) throws {
        try withTLS(mode.security, ["--tls", mode.option], configure: { $0.host = "localhost" }) {
            _,
            bench in
            let outcome = try bench.send("a@example.org")
            #expect(outcome.summary.hasPrefix("unavailable tls"), "\(outcome)")
        }
    }

    @Test("a server without TLS on a TLS port makes the service unavailable")
    func noTLS() throws {
        try withBench(configure: { $0.tls = .implicit }) { bench in
            try bench.expect("unavailable tls", sending: "a@example.org")
        }
    }

    @Test("what counts is what EHLO offers after STARTTLS")
    func capabilitiesAfterStartTLS() throws {
        try withTLS(.startTLS, ["--tls", "starttls", "--before", "PIPELINING"]) { server, bench in
            try bench.send("a@example.org")
            try server.dots(1)
            #expect(!server.lines.elements.contains { $0.hasPrefix("EARLY") })
        }
        try withTLS(.startTLS, ["--tls", "starttls", "--after", "PIPELINING"]) { server, bench in
            try bench.send("a@example.org")
            try server.dots(1)
            #expect(server.lines.elements.contains { $0.hasPrefix("EARLY MAIL") })
        }
    }

    @Test("a hang-up after the final dot is unknown and sent once", arguments: modes)
    func hangUpAfterDot(_ mode: (option: String, security: SMTPConfiguration.Security)) throws {
        let options = ["--tls", mode.option, "--after", "PIPELINING", "--hang-up", "dot:2"]
        try withTLS(mode.security, options) { server, bench in
            try bench.expect("accepted 250", sending: "a@example.org")
            try bench.expect("unknown", sending: "b@example.org")
            try bench.expect("accepted 250", sending: "c@example.org")
            #expect(try server.dots(3).count == 3)
        }
    }

    @Test("a reused connection that was dead leads to a new one", arguments: modes)
    func hangUpAtMail(_ mode: (option: String, security: SMTPConfiguration.Security)) throws {
        let options = ["--tls", mode.option, "--after", "PIPELINING", "--hang-up", "mail:2"]
        try withTLS(mode.security, options) { server, bench in
            try bench.expect("accepted 250", sending: "a@example.org")
            try bench.expect("accepted 250", sending: "b@example.org")
            #expect(try server.dots(2).count == 2)
        }
    }

    private func withTLS(
        _ security: SMTPConfiguration.Security,
        _ options: [String],
        configure: (inout SMTPConfiguration) -> Void = { _ in },
        _ body: (TLSServer, SMTPBench) throws -> Void
    ) throws {
        let server = try TLSServer(options)
        defer { server.stop() }
        let certificate = try TLSServer.Certificate.local.get().path
        try withBench(
            configure: {
                $0.port = server.port
                $0.tls = security
                $0.caFile = certificate
                configure(&$0)
            }
        ) { bench in try body(server, bench) }
    }
}
