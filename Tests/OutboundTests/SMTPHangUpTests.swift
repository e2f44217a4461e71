import Outbound
import TestSupport
import Testing

@Suite("SMTP connections that die", .timeLimit(.minutes(10)))
struct SMTPHangUpTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var stage: SMTPScriptEvent.Stage
        var isReused: Bool
        var summary: String
        var content = SMTPBench.small

        var testDescription: String { "\(stage), \(isReused ? "reused" : "fresh") connection" }
    }

    static let cases = [
        Case(stage: .greeting, isReused: false, summary: "unavailable greeting"),
        Case(stage: .ehlo, isReused: false, summary: "unavailable ehlo"),
        Case(stage: .mail, isReused: false, summary: "interrupted mail"),
        Case(stage: .rcpt, isReused: false, summary: "interrupted rcpt"),
        Case(stage: .data, isReused: false, summary: "interrupted data"),
        Case(stage: .body, isReused: false, summary: "interrupted body", content: SMTPBench.huge),
        Case(stage: .dot, isReused: false, summary: "unknown"),
        Case(stage: .mail, isReused: true, summary: "accepted 250"),
        Case(stage: .rcpt, isReused: true, summary: "accepted 250"),
        Case(stage: .data, isReused: true, summary: "accepted 250"),
        Case(stage: .body, isReused: true, summary: "interrupted body", content: SMTPBench.huge),
        Case(stage: .dot, isReused: true, summary: "unknown"),
    ]

    @Test(
        "a hang-up has the outcome of its stage and never leads to a second copy",
        arguments: cases,
        [ScriptedSMTPServer.usualExtensions, []]
    )
    func hangUp(_ expected: Case, _ extensions: [String]) throws {
        try withBench(
            extensions: extensions,
            script: { event in
                event.stage == expected.stage && event.connection == 0
                    && event.messagesBefore == (expected.isReused ? 1 : 0) ? .hangUp : .proceed
            }
        ) { bench in
            if expected.isReused {
                try bench.expect("accepted 250", sending: "first@example.org")
            }
            let outcome = try bench.send("a@example.org", content: expected.content)
            #expect(outcome.summary == expected.summary)
            try bench.expect("accepted 250", sending: "last@example.org")

            let dots = bench.server.dots.elements.filter { $0.recipients == ["a@example.org"] }
            let mayHaveArrived = ["accepted 250", "unknown"].contains(expected.summary)
            #expect(dots.count == (mayHaveArrived ? 1 : 0))
            #expect(bench.server.connections.elements.count == 2)
        }
    }

    @Test("a connection that closes after its reply is not used again")
    func closedAfterReply() throws {
        try withBench(script: { event in
            event.stage == .dot ? .reply("250 2.0.0 queued", then: .hangUp) : .proceed
        }) { bench in
            for number in 0..<5 {
                try bench.expect("accepted 250", sending: "\(number)@example.org")
            }
            #expect(bench.server.connections.elements.count == 5)
            #expect(bench.server.dots.elements.count == 5)
        }
    }

    @Test("a message whose reused connection was dead starts again only once")
    func secondDeath() throws {
        try withBench(script: { event in
            event.stage == .mail && event.sender == "unlucky@example.org" ? .hangUp : .proceed
        }) { bench in
            try bench.send("first@example.org")
            let outcome = try bench.send("a@example.org", from: "unlucky@example.org")
            #expect(outcome.summary == "interrupted mail")
            #expect(bench.server.connections.elements.count == 2)
        }
    }

    @Test("reply 421 on an idle connection leads to a new connection")
    func idleClosed() throws {
        try withBench(script: { event in
            event.stage == .mail && event.messagesBefore == 2
                ? .reply("421 4.7.0 too many messages", then: .hangUp) : .proceed
        }) { bench in
            for number in 0..<6 {
                try bench.expect("accepted 250", sending: "\(number)@example.org")
            }
            #expect(bench.server.connections.elements.count == 3)
        }
    }

    @Test("a hang-up at RSET leads to a new connection")
    func hangUpAtReset() throws {
        try withBench(script: { event in
            switch event.stage {
            case .rset: .hangUp
            case .rcpt where event.recipient == "bad@example.org": .reply("550 no")
            default: .proceed
            }
        }) { bench in
            try bench.expect("refused rcpt 550", sending: "bad@example.org")
            try bench.expect("accepted 250", sending: "good@example.org")
            #expect(bench.server.connections.elements.count == 2)
        }
    }

    @Test("a server that went away and came back gets new connections")
    func restart() throws {
        try withBench { bench in
            try bench.send("first@example.org")
            bench.server.stop()
            try bench.server.endedConnections.wait(forCount: 1)
            let second = try ScriptedSMTPServer(port: bench.server.port)
            defer { second.stop() }
            try bench.expect("accepted 250", sending: "a@example.org")
            #expect(second.dots.elements.count == 1)
        }
    }

    @Test(
        "bytes that are no reply end the connection",
        arguments: [
            (.mail, "interrupted mail"), (.rcpt, "interrupted rcpt"), (.data, "interrupted data"),
            (.dot, "unknown"),
        ] as [(SMTPScriptEvent.Stage, String)],
        ["HTTP/1.1 400 Bad Request", "250-one\r\n251 two", "199 what", "354 what", "354"]
    )
    func garbage(_ stage: (SMTPScriptEvent.Stage, String), _ garbage: String) throws {
        try withBench(script: { event in
            event.stage == stage.0 && event.connection == 0 ? .reply(garbage) : .proceed
        }) { bench in
            guard stage.0 != .data || !garbage.hasPrefix("354") else { return }
            try bench.expect(stage.1, sending: "a@example.org")
            try bench.expect("accepted 250", sending: "b@example.org")
        }
    }

    @Test("a reply that nobody asked for ends the connection before it is mistaken for another")
    func extraReply() throws {
        try withBench(script: { event in
            event.stage == .dot && event.connection == 0
                ? .reply("250 2.0.0 queued\r\n250 2.0.0 and again") : .proceed
        }) { bench in
            for number in 0..<3 {
                try bench.expect("accepted 250", sending: "\(number)@example.org")
            }
            #expect(bench.server.connections.elements.count == 2)
        }
    }

    @Test("with hang-ups all over, every message has one outcome and it is true")
    func storm() throws {
        try withBench(
            script: { event in
                let stages: [SMTPScriptEvent.Stage] = [.mail, .rcpt, .data, .body, .dot, .greeting]
                let number = Int(event.recipient.prefix { $0 != "@" }) ?? event.connection
                let index = number % 17
                guard index < stages.count, event.stage == stages[index] else { return .proceed }
                return number % 2 == 0 ? .hangUp : .reply("451 4.0.0 no", then: .hangUp)
            },
            configure: { $0.maxConnections = 8 }
        ) { bench in
            for number in 0..<1_000 { bench.start("\(number)@example.org") }
            let results = try bench.results.wait(forCount: 1_000)
            #expect(Set(results.map(\.recipient)).count == 1_000)
            let accepted = bench.acceptedRecipients
            #expect(Set(accepted).count == accepted.count)
            for result in results {
                switch result.outcome {
                case .accepted: #expect(accepted.contains(result.recipient))
                case .unknown: break
                default: #expect(!accepted.contains(result.recipient))
                }
            }
        }
    }
}
