import Dispatch
import Outbound
import TestSupport
import Testing

@Suite("The end of an SMTP client", .timeLimit(.minutes(10)))
struct SMTPShutdownTests {
    @Test("an idle connection is ended with QUIT")
    func idle() throws {
        try withBench { bench in
            try bench.send("a@example.org")
            try bench.shutDown()
            #expect(bench.server.commands.elements.last == "QUIT")
        }
    }

    @Test(
        "a message whose final dot has not left is given back",
        arguments: [.greeting, .ehlo, .mail, .rcpt, .data, .body] as [SMTPScriptEvent.Stage]
    )
    func givenBack(_ stage: SMTPScriptEvent.Stage) throws {
        let gate = SMTPScriptGate()
        let reached = TestSignal()
        try withBench(script: { event in
            guard event.stage == stage else { return .proceed }
            reached.fire()
            return .hold(gate, then: .hangUp)
        }) { bench in
            bench.start("a@example.org", content: SMTPBench.huge)
            bench.start("waiting@example.org")
            try reached.wait()
            try bench.shutDown()
            try bench.expect("abandoned", of: "a@example.org")
            try bench.expect("abandoned", of: "waiting@example.org")
            gate.open()
            #expect(bench.server.dots.elements.isEmpty)
        }
    }

    @Test("a message whose final dot has left is waited for")
    func waitedFor() throws {
        let gate = SMTPScriptGate()
        try withBench(script: { $0.stage == .dot ? .hold(gate, then: .proceed) : .proceed }) {
            bench in
            bench.start("a@example.org")
            bench.start("waiting@example.org")
            try bench.server.dots.wait(forCount: 1)
            let done = TestSignal()
            bench.client.shutDown(deadline: .now() + .seconds(10)) { done.fire() }
            try bench.expect("abandoned", of: "waiting@example.org")
            gate.open()
            try done.wait()
            try bench.expect("accepted 250", of: "a@example.org")
            #expect(bench.server.commands.elements.last == "QUIT")
        }
    }

    @Test("a message whose final dot has left is unknown at the deadline")
    func deadline() throws {
        let gate = SMTPScriptGate()
        try withBench(script: { $0.stage == .dot ? .hold(gate, then: .hangUp) : .proceed }) {
            bench in
            bench.start("a@example.org")
            try bench.server.dots.wait(forCount: 1)
            try bench.shutDown(deadline: .now() + .milliseconds(50))
            try bench.expect("unknown", of: "a@example.org")
            gate.open()
        }
    }

    @Test("a message sent after the end is given back, and the end can be asked for again")
    func afterwards() throws {
        try withBench { bench in
            try bench.shutDown()
            try bench.expect("abandoned", sending: "a@example.org")
            try bench.shutDown()
            #expect(bench.server.connections.elements.isEmpty)
        }
    }

    @Test("a message that had to start again is given back")
    func retried() throws {
        let gate = SMTPScriptGate()
        try withBench(script: { event in
            switch (event.stage, event.connection) {
            case (.mail, 0) where event.messagesBefore == 1: .hangUp
            case (.greeting, 1): .hold(gate, then: .hangUp)
            default: .proceed
            }
        }) { bench in
            try bench.send("first@example.org")
            bench.start("a@example.org")
            try bench.server.connections.wait(forCount: 2)
            try bench.shutDown()
            try bench.expect("abandoned", of: "a@example.org")
            gate.open()
        }
    }
}
