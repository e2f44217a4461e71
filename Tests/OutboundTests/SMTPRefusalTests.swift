import Outbound
import TestSupport
import Testing

@Suite("SMTP refusals", .timeLimit(.minutes(10)))
struct SMTPRefusalTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var stage: SMTPScriptEvent.Stage
        var reply: String
        var summary: String
        var extensions: [String]

        var testDescription: String { "\(reply) at \(stage), \(extensions)" }
    }

    static let cases = [ScriptedSMTPServer.usualExtensions, []].flatMap { extensions in
        [
            Case(
                stage: .mail,
                reply: "550 5.7.1 not you",
                summary: "refused mail 550",
                extensions: extensions
            ),
            Case(
                stage: .mail,
                reply: "451 4.7.1 later",
                summary: "refused mail 451",
                extensions: extensions
            ),
            Case(
                stage: .rcpt,
                reply: "550-5.1.1 no\r\n550 5.1.1 user",
                summary: "refused rcpt 550",
                extensions: extensions
            ),
            Case(
                stage: .rcpt,
                reply: "450 4.2.0 greylisted",
                summary: "refused rcpt 450",
                extensions: extensions
            ),
            Case(
                stage: .data,
                reply: "554 5.7.1 no",
                summary: "refused data 554",
                extensions: extensions
            ),
            Case(
                stage: .data,
                reply: "451 4.3.0 no",
                summary: "refused data 451",
                extensions: extensions
            ),
            Case(
                stage: .dot,
                reply: "554 5.7.1 spam",
                summary: "refused dot 554",
                extensions: extensions
            ),
            Case(
                stage: .dot,
                reply: "452 4.3.1 full",
                summary: "refused dot 452",
                extensions: extensions
            ),
        ]
    }

    @Test(
        "a refusal is the message's own, and the connection carries the next one",
        arguments: cases
    )
    func refusal(_ expected: Case) throws {
        try withBench(
            extensions: expected.extensions,
            script: { event in
                event.stage == expected.stage && event.messagesBefore == 0
                    && event.sender != "good@example.org" ? .reply(expected.reply) : .proceed
            }
        ) { bench in
            try bench.expect(expected.summary, sending: "a@example.org")
            let next = try bench.send("b@example.org", from: "good@example.org")
            #expect(next.summary == "accepted 250")
            #expect(bench.server.connections.elements.count == 1)
            #expect(bench.acceptedRecipients == ["b@example.org"])
        }
    }

    @Test("the reply is handed on whole")
    func reply() throws {
        let lines = "550-5.1.1 The mailbox\r\n550 5.1.1 is not here"
        try withBench(script: { $0.stage == .rcpt ? .reply(lines) : .proceed }) { bench in
            let reply = SMTPReply(code: 550, enhancedCode: "5.1.1", text: "The mailbox is not here")
            let outcome = try bench.send("a@example.org")
            #expect(outcome == .refused(.rcpt, reply))
        }
    }

    @Test("DATA that was accepted although no recipient was is ended by a dot alone")
    func emptyContent() throws {
        try withBench(script: { event in
            switch event.stage {
            case .rcpt where event.recipient == "bad@example.org": .reply("550 5.1.1 no")
            case .data: .reply("354 go ahead")
            default: .proceed
            }
        }) { bench in
            try bench.expect("refused rcpt 550", sending: "bad@example.org")
            try bench.expect("accepted 250", sending: "good@example.org")
            let dots = bench.server.dots.elements
            #expect(dots.map(\.recipients) == [[], ["good@example.org"]])
            #expect(dots.first?.content.isEmpty == true)
            #expect(bench.server.connections.elements.count == 1)
        }
    }

    @Test(
        "reply 421 makes the service unavailable at every stage",
        arguments: [
            (.greeting, "unavailable greeting 421"), (.ehlo, "unavailable ehlo 421"),
            (.mail, "unavailable mail 421"), (.rcpt, "unavailable rcpt 421"),
            (.data, "unavailable data 421"), (.dot, "unavailable dot 421"),
        ] as [(SMTPScriptEvent.Stage, String)]
    )
    func closing(_ stage: SMTPScriptEvent.Stage, _ summary: String) throws {
        try withBench(script: { event in
            event.stage == stage && event.connection < 2
                ? .reply("421 4.3.2 closing", then: .hangUp) : .proceed
        }) { bench in
            try bench.expect(summary, sending: "a@example.org")
            #expect(bench.acceptedRecipients.isEmpty)
        }
    }

    @Test("reply 421 while the content is still leaving makes the service unavailable")
    func closingInContent() throws {
        let gate = SMTPScriptGate()
        try withBench(script: { event in
            event.stage == .body
                ? .reply("421 4.3.2 closing", then: .hold(gate, then: .hangUp)) : .proceed
        }) { bench in
            let outcome = try bench.send("a@example.org", content: SMTPBench.huge)
            #expect(outcome.summary == "unavailable body 421")
            gate.open()
        }
    }

    @Test("a refusal while the content is still leaving is the message's own")
    func refusalInContent() throws {
        let gate = SMTPScriptGate()
        try withBench(script: { event in
            event.stage == .body
                ? .reply("552 5.3.4 too big", then: .hold(gate, then: .hangUp)) : .proceed
        }) { bench in
            let outcome = try bench.send("a@example.org", content: SMTPBench.huge)
            #expect(outcome.summary == "refused body 552")
            gate.open()
        }
    }

    @Test(
        "an address that could carry commands never reaches a server",
        arguments: [
            "", "a@b.test\r\nRCPT TO:<c@d.test", "a@b.test>", "<a@b.test", "a b@c.test",
            "a\u{0}@b.test", "a\n@b.test", "a\u{7F}@b.test", "grün@b.test",
            String(repeating: "a", count: 255),
        ]
    )
    func badAddress(_ address: String) throws {
        try withBench { bench in
            try bench.expect("refused rcpt 553", sending: address)
            if !address.isEmpty {
                let outcome = try bench.send("a@example.org", from: address)
                #expect(outcome.summary == "refused mail 553")
            }
            #expect(bench.server.connections.elements.isEmpty)
        }
    }
}
