import Outbound
import TestSupport
import Testing

@Suite("SMTP sessions that do not open", .timeLimit(.minutes(10)))
struct SMTPOpeningTests {
    static let withLogin = ["PIPELINING", "AUTH PLAIN LOGIN"]

    @Test("a port that nobody listens on makes the service unavailable")
    func refused() throws {
        let server = try ScriptedSMTPServer()
        server.stop()
        try withBench(configure: { $0.port = server.port }) { bench in
            for number in 0..<8 { bench.start("\(number)@example.org") }
            let results = try bench.results.wait(forCount: 8)
            #expect(results.allSatisfy { $0.outcome.summary == "unavailable connect" })
        }
    }

    @Test("a name that does not exist makes the service unavailable")
    func unknownHost() throws {
        try withBench(configure: { $0.host = "nowhere.invalid" }) { bench in
            try bench.expect("unavailable connect", sending: "a@example.org")
        }
    }

    @Test(
        "a server that refuses at once makes the service unavailable",
        arguments: [
            (.greeting, "554 5.7.1 go away", "unavailable greeting 554"),
            (.ehlo, "550 5.7.1 who?", "unavailable ehlo 550"),
        ] as [(SMTPScriptEvent.Stage, String, String)]
    )
    func refusedSession(_ stage: SMTPScriptEvent.Stage, _ reply: String, _ summary: String) throws {
        try withBench(script: { $0.stage == stage ? .reply(reply) : .proceed }) { bench in
            try bench.expect(summary, sending: "a@example.org")
        }
    }

    @Test("a server that says nothing is given up in time")
    func silence() throws {
        let gate = SMTPScriptGate()
        try withBench(
            script: { $0.stage == .greeting ? .hold(gate, then: .hangUp) : .proceed },
            configure: { $0.timeouts.connect = .milliseconds(100) }
        ) { bench in
            try bench.expect("unavailable greeting", sending: "a@example.org")
            gate.open()
        }
    }

    @Test("a login is given as configured")
    func login() throws {
        try withBench(
            extensions: Self.withLogin,
            configure: {
                $0.username = "user"
                $0.password = "secret"
            }
        ) { bench in
            try bench.expect("accepted 250", sending: "a@example.org")
            let commands = bench.server.commands.elements
            #expect(commands.contains { $0.hasPrefix("AUTH") })
        }
    }

    @Test("a login that the server refuses makes the service unavailable")
    func loginRefused() throws {
        try withBench(
            extensions: Self.withLogin,
            script: { $0.stage == .auth ? .reply("535 5.7.8 wrong") : .proceed },
            configure: {
                $0.username = "user"
                $0.password = "secret"
            }
        ) { bench in
            let reply = SMTPReply(code: 535, enhancedCode: "5.7.8", text: "wrong")
            guard
                case .serviceUnavailable(.auth, let reason, reply) = try bench.send("a@example.org")
            else {
                Issue.record("not the fault of AUTH")
                return
            }
            #expect(!reason.contains("secret"))
        }
    }

    @Test("a server that offers no AUTH gets no message when a login is configured")
    func loginNotOffered() throws {
        try withBench(configure: { $0.username = "user" }) { bench in
            try bench.expect("unavailable auth", sending: "a@example.org")
            #expect(!bench.server.commands.elements.contains { $0.hasPrefix("MAIL") })
        }
    }

    @Test("a server that offers no STARTTLS gets nothing when STARTTLS is configured")
    func startTLSNotOffered() throws {
        try withBench(configure: { $0.tls = .startTLS }) { bench in
            try bench.expect("unavailable tls", sending: "a@example.org")
            #expect(!bench.server.commands.elements.contains { $0.hasPrefix("MAIL") })
        }
    }

    @Test("a connection that is refused fails no message that another connection can carry")
    func connectionLimit() throws {
        let gate = SMTPScriptGate()
        try withBench(
            script: { event in
                switch event.stage {
                case .greeting where event.connection > 0:
                    .reply("421 4.7.0 too many connections", then: .hangUp)
                case .dot where event.recipient == "0@example.org": .hold(gate, then: .proceed)
                default: .proceed
                }
            },
            configure: { $0.maxConnections = 4 }
        ) { bench in
            bench.start("0@example.org")
            try bench.server.dots.wait(forCount: 1)
            for number in 1..<8 { bench.start("\(number)@example.org") }
            try bench.server.endedConnections.wait(forCount: 1)
            gate.open()
            let results = try bench.results.wait(forCount: 8)
            #expect(results.allSatisfy { $0.outcome.summary == "accepted 250" })
        }
    }

    @Test(
        "a server that falls silent is given up in time",
        arguments: [
            (.mail, "interrupted mail"), (.rcpt, "interrupted rcpt"), (.data, "interrupted data"),
            (.body, "interrupted body"), (.dot, "unknown"),
        ] as [(SMTPScriptEvent.Stage, String)],
        [false, true]
    )
    func silentStage(
        _ stage: (stage: SMTPScriptEvent.Stage, summary: String),
        _ isReused: Bool
    ) throws {
        let gate = SMTPScriptGate()
        try withBench(
            script: { event in
                event.stage == stage.stage && event.recipient != "first@example.org"
                    && event.sender != "first@example.org" ? .hold(gate, then: .hangUp) : .proceed
            },
            configure: {
                $0.timeouts.reply = .milliseconds(100)
                $0.timeouts.block = .milliseconds(100)
                $0.timeouts.afterDot = .milliseconds(100)
            }
        ) { bench in
            if isReused { try bench.send("first@example.org", from: "first@example.org") }
            let content = stage.stage == .body ? SMTPBench.huge : SMTPBench.small
            let outcome = try bench.send("a@example.org", content: content)
            #expect(outcome.summary == stage.summary)
            #expect(bench.server.connections.elements.count == 1)
            gate.open()
        }
    }
}
