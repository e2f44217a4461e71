import Outbound
import TestSupport
import Testing

@Suite("SMTP delivery", .timeLimit(.minutes(10)))
struct SMTPDeliveryTests {
    static let extensions = [ScriptedSMTPServer.usualExtensions, ["8BITMIME"], []]

    @Test("a message arrives with its envelope and its bytes", arguments: extensions)
    func arrives(_ extensions: [String]) throws {
        let content = Array("Subject: x\r\n\r\n.hidden\r\n..\r\nend\r\n".utf8)
        try withBench(extensions: extensions) { bench in
            let outcome = try bench.send("a@example.org", content: content)
            #expect(
                outcome
                    == .accepted(SMTPReply(code: 250, enhancedCode: "2.0.0", text: "queued"))
            )
            #expect(
                bench.server.accepted.elements == [
                    ScriptedSMTPServer.Message(
                        sender: "sender@example.org",
                        recipients: ["a@example.org"],
                        content: content,
                        connection: 0
                    )
                ]
            )
        }
    }

    @Test("the null sender is carried")
    func nullSender() throws {
        try withBench { bench in
            try bench.expect("accepted 250", sending: "a@example.org", from: "")
            #expect(bench.server.commands.elements.contains("MAIL FROM:<>"))
        }
    }

    @Test("the configured name is given in EHLO")
    func heloName() throws {
        try withBench { bench in
            try bench.send("a@example.org")
            #expect(bench.server.commands.elements.first == "EHLO client.test")
        }
    }

    @Test("commands leave together where PIPELINING is offered")
    func pipelining() throws {
        try withBench { bench in
            try bench.send("a@example.org")
            #expect(
                bench.server.earlyCommands.elements == ["RCPT TO:<a@example.org>", "DATA"]
            )
        }
    }

    @Test("each command waits for the reply to the one before where PIPELINING is not offered")
    func noPipelining() throws {
        try withBench(extensions: ["SIZE 1000"]) { bench in
            for number in 0..<3 { try bench.send("\(number)@example.org") }
            #expect(bench.server.earlyCommands.elements.isEmpty)
        }
    }

    @Test("messages of 1 MB arrive byte for byte", arguments: extensions)
    func large(_ extensions: [String]) throws {
        let line = ".a line that starts with a dot" + String(repeating: ".", count: 900) + "\r\n"
        let content = Array(String(repeating: line, count: 1_100).utf8)
        try withBench(extensions: extensions) { bench in
            for number in 0..<2 { bench.start("\(number)@example.org", content: content) }
            let messages = try bench.server.accepted.wait(forCount: 2)
            #expect(messages.allSatisfy { $0.content == content })
        }
    }

    @Test("a reader that stops in the middle and goes on gets the whole message")
    func stalledReader() throws {
        let gate = SMTPScriptGate()
        try withBench(script: { $0.stage == .body ? .hold(gate, then: .proceed) : .proceed }) {
            bench in
            bench.start("a@example.org", content: SMTPBench.huge)
            try bench.server.commands.wait(for: "DATA") { $0.contains("DATA") }
            gate.open()
            try bench.expect("accepted 250", of: "a@example.org")
            let message = try #require(bench.server.accepted.elements.first)
            #expect(message.content.count == SMTPBench.huge.count)
        }
    }

    @Test("one connection carries message after message")
    func reuse() throws {
        try withBench { bench in
            for number in 0..<20 { try bench.send("\(number)@example.org") }
            for number in 20..<40 { bench.start("\(number)@example.org") }
            try bench.results.wait(forCount: 40)
            #expect(bench.server.connections.elements == [0])
            #expect(bench.acceptedRecipients == (0..<40).map { "\($0)@example.org" })
        }
    }

    @Test("no more connections than allowed are opened, and only as needed")
    func connectionCount() throws {
        let gate = SMTPScriptGate()
        try withBench(
            script: { $0.stage == .dot ? .hold(gate, then: .proceed) : .proceed },
            configure: { $0.maxConnections = 3 }
        ) { bench in
            bench.start("0@example.org")
            try bench.server.dots.wait(forCount: 1)
            #expect(bench.server.connections.elements.count == 1)
            for number in 1..<10 { bench.start("\(number)@example.org") }
            try bench.server.dots.wait(forCount: 3)
            gate.open()
            try bench.results.wait(forCount: 10)
            #expect(bench.server.connections.elements.count == 3)
        }
    }

    @Test("messages that the server is slow to answer delay no others")
    func tarpit() throws {
        let gate = SMTPScriptGate()
        try withBench(
            script: { event in
                event.stage == .dot && event.recipient.hasPrefix("slow")
                    ? .hold(gate, then: .proceed) : .proceed
            },
            configure: { $0.maxConnections = 8 }
        ) { bench in
            for number in 0..<7 { bench.start("slow\(number)@example.org") }
            for number in 0..<200 { bench.start("fast\(number)@example.org") }
            let fast = try bench.results.wait(forCount: 200)
            #expect(fast.allSatisfy { $0.recipient.hasPrefix("fast") })
            gate.open()
            try bench.results.wait(forCount: 207)
            #expect(Set(bench.acceptedRecipients).count == 207)
        }
    }

    @Test("a connection that does not open delays no message that another can carry")
    func slowOpening() throws {
        let gate = SMTPScriptGate()
        try withBench(
            script: { event in
                switch (event.stage, event.connection) {
                case (.greeting, 1): .hold(gate, then: .proceed)
                case (.dot, 0) where event.messagesBefore == 0:
                    .delay(
                        milliseconds: 50,
                        then: .proceed
                    )
                default: .proceed
                }
            },
            configure: { $0.maxConnections = 2 }
        ) { bench in
            bench.start("0@example.org")
            try bench.server.dots.wait(forCount: 1)
            for number in 1..<20 { bench.start("\(number)@example.org") }
            try bench.results.wait(forCount: 20)
            #expect(Set(bench.server.accepted.elements.map(\.connection)) == [0])
            gate.open()
        }
    }

    @Test("a connection without work is ended with QUIT after its time")
    func idle() throws {
        try withBench(configure: { $0.timeouts.idle = .milliseconds(20) }) { bench in
            try bench.send("a@example.org")
            try bench.server.endedConnections.wait(forCount: 1)
            #expect(bench.server.commands.elements.last == "QUIT")
            try bench.expect("accepted 250", sending: "b@example.org")
            #expect(bench.server.connections.elements.count == 2)
        }
    }
}
