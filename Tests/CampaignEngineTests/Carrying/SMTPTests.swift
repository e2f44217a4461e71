import Dispatch
import JobQueue
import Outbound
import TestSupport
import Testing
import Transports

@testable import Campaigns

@Suite("Campaigns delivered by SMTP: replies by stage", .timeLimit(.minutes(10)))
struct SMTPTests {
    @Test("taken over: the reply to the final dot is kept, and the email is complete")
    func accepted() throws {
        let mail = try Mail()
        let id = try mail.engine.campaign(to: "ann", "bob")
        try mail.engine.wait(for: id, .sent)

        #expect(
            mail.server.accepted.elements.flatMap(\.recipients).sorted() == mail.all("ann", "bob")
        )
        let message = try mail.engine.message(to: "ann", of: id)
        #expect(message.lastReply?.hasPrefix("250") == true)
        let text = mail.server.accepted.elements.map { String(decoding: $0.content, as: UTF8.self) }
        #expect(text.contains { $0.contains("Message-ID: <\(message.id).\(id)@example.org>") })
        #expect(mail.server.accepted.elements.allSatisfy { $0.sender == "news@example.org" })
        try mail.finish()
    }

    @Test("a sender refused at MAIL FROM pauses the campaign and spends no recipient")
    func mailFrom() throws {
        let mail = try Mail { event in
            event.stage == .mail ? .reply("550 5.7.1 sender refused") : .proceed
        }
        let id = try mail.engine.campaign(to: "ann", "bob")
        let paused = try mail.engine.wait(for: id, .paused)

        #expect(paused.reason?.contains("550 5.7.1 sender refused") == true)
        #expect(try mail.engine.messages(of: id).allSatisfy { $0.attempts == 0 })
        try mail.finish()
    }

    @Test("refusals at RCPT and after the dot are the message's own, for the right one's sake")
    func refusals() throws {
        let mail = try Mail { event in
            switch (event.stage, event.recipient) {
            case (.rcpt, "nobody@example.org"): .reply("550 5.1.1 no such user")
            case (.rcpt, "policy@example.org"): .reply("550 5.7.1 refused by policy")
            case (.dot, "spam@example.org"): .reply("554 5.7.1 looks like spam")
            case (.dot, "full@example.org"): .reply("552 5.2.2 mailbox full")
            default: .proceed
            }
        }
        let id = try mail.engine.campaign(to: "ann", "nobody", "policy", "spam", "full")
        let partial = try mail.engine.wait(for: id, .partial)

        #expect(partial.count(.sent) == 1)
        let faults = try ["nobody", "policy", "spam", "full"].map {
            try mail.engine.message(to: $0, of: id).fault
        }
        #expect(faults == [.recipient, .content, .content, .recipient])
        let reply = try mail.engine.message(to: "nobody", of: id).lastReply
        #expect(reply?.contains("550 5.1.1 no such user") == true)
        try mail.finish()
    }

    @Test("a 4xx about a message defers it alone")
    func deferred() throws {
        let mail = try Mail { event in
            event.stage == .rcpt && event.recipient == "later@example.org"
                ? .reply("451 4.7.1 greylisted") : .proceed
        }
        let id = try mail.engine.campaign(to: "ann", "later")
        try mail.waitForEnd(of: "later", in: id)

        let message = try mail.engine.message(to: "later", of: id)
        #expect(message.state == .deferred && message.attempts == 1)
        #expect(message.lastReply?.contains("451 4.7.1 greylisted") == true)
        try mail.finish()
    }

    @Test("421 opens the breaker, and nothing is spent")
    func unavailable() throws {
        let mail = try Mail { event in
            event.stage == .mail ? .reply("421 4.3.2 closing", then: .hangUp) : .proceed
        }
        let id = try mail.engine.campaign(to: "ann")
        try mail.waitForEnd(of: "ann", in: id)

        let message = try mail.engine.message(to: "ann", of: id)
        #expect(message.state == .ready && message.attempts == 0)
        let status = try required(mail.engine.dispatchers[.email]?.status)
        #expect(status.breaker == "open" && status.reason?.contains("421") == true)
        try mail.finish()
    }

    @Test(
        "a reply about how much is sent halves the rate and spends nothing, at whatever stage",
        arguments: [
            (SMTPScriptEvent.Stage.mail, "421 4.7.0 too fast"), (.rcpt, "421 too fast"),
            (.dot, "421 4.7.28 too fast"), (.mail, "451 4.7.500 server busy"),
            (.mail, "450 4.7.1 too many messages"),
            (.rcpt, "454 Throttling failure: Maximum sending rate exceeded."),
            (.dot, "450 4.7.28 mail flood"),
        ]
    )
    func throttled(stage: SMTPScriptEvent.Stage, reply: String) throws {
        let mail = try Mail { $0.stage == stage ? .reply(reply) : .proceed }
        let id = try mail.engine.campaign(to: "ann")
        try mail.waitForEnd(of: "ann", in: id)

        let message = try mail.engine.message(to: "ann", of: id)
        #expect(message.state == .deferred && message.attempts == 0)
        let dispatcher = try required(mail.engine.dispatchers[.email])
        #expect(dispatcher.status.breaker == "open")
        #expect(dispatcher.queue.sync { dispatcher.pace.throttles[.transport]?.cut } != nil)
        try mail.finish()
    }

    @Test(
        "a reply about one message leaves the rate as it is",
        arguments: [
            (SMTPScriptEvent.Stage.rcpt, "451 4.7.1 greylisted"),
            (.rcpt, "454 4.7.1 relay access denied"),
            (.mail, "452 4.3.1 no room"), (.dot, "451 4.7.1 come again"),
        ]
    )
    func notThrottled(stage: SMTPScriptEvent.Stage, reply: String) throws {
        let mail = try Mail { $0.stage == stage ? .reply(reply) : .proceed }
        let id = try mail.engine.campaign(to: "ann")
        try mail.waitForEnd(of: "ann", in: id)

        #expect(try mail.engine.message(to: "ann", of: id).attempts == 1)
        let dispatcher = try required(mail.engine.dispatchers[.email])
        #expect(dispatcher.queue.sync { dispatcher.pace.throttles.isEmpty })
        try mail.finish()
    }

    @Test("a server that is not there opens the breaker, and nothing is spent")
    func absent() throws {
        let mail = try Mail()
        mail.server.stop()
        let id = try mail.engine.campaign(to: "ann")
        try mail.waitForEnd(of: "ann", in: id)

        #expect(try mail.engine.message(to: "ann", of: id).attempts == 0)
        #expect(mail.engine.dispatchers[.email]?.status.breaker == "open")
        try mail.finish()
    }

    @Test("hanging up after the final dot puts the message in doubt: sent once more, then unknown")
    func afterDot() throws {
        let mail = try Mail { event in
            event.stage == .dot && event.recipient == "ann@example.org" ? .hangUp : .proceed
        }
        let id = try mail.engine.campaign(to: "ann", "bob")
        let partial = try mail.engine.wait(for: id, .partial)

        #expect(partial.count(.unknown) == 1 && partial.count(.sent) == 1)
        let copies = mail.server.dots.elements.filter { $0.recipients == mail.all("ann") }
        #expect(copies.count == 2 && copies[0].content == copies[1].content)
        try mail.finish()
    }

    @Test("a message that is held at the dot when the engine stops is waited for")
    func stop() throws {
        let gate = SMTPScriptGate()
        let mail = try Mail { event in
            event.stage == .dot ? .hold(gate, then: .proceed) : .proceed
        }
        let id = try mail.engine.campaign(to: "ann")
        try mail.server.dots.wait(forCount: 1)
        let stopped = TestSignal()
        mail.engine.dispatchers[.email]?.stop(timeout: .seconds(10)) { _ in stopped.fire() }
        gate.open()
        try stopped.wait(for: "the stop")

        #expect(try mail.engine.message(to: "ann", of: id).state == .sent)
        try mail.engine.audit()
        try mail.engine.kill()
        mail.server.stop()
    }
}

/// An engine whose emails go to a scripted server.
private struct Mail {
    let server: ScriptedSMTPServer
    let engine: Engine

    init(_ script: @escaping ScriptedSMTPServer.Script = { _ in .proceed }) throws {
        server = try ScriptedSMTPServer(script: script)
        let configuration = SMTPConfiguration(
            host: "127.0.0.1",
            port: server.port,
            maxConnections: 2,
            heloName: "test.example"
        )
        engine = try Engine(email: SMTPTransport(configuration, inDoubt: .resend))
    }

    func all(_ names: String...) -> [String] { names.map { "\($0)@example.org" } }

    /// Blocks until the end of the message's first flight is committed and shown.
    func waitForEnd(of name: String, in campaign: String) throws {
        try engine.wait(for: campaign, .sending)
        let message = try engine.message(to: name, of: campaign)
        try engine.taps[.email]?.wait(forEndOf: message.id)
        try required(engine.dispatchers[.email]).queue.sync {}
    }

    func finish() throws {
        try engine.finish()
        server.stop()
    }
}
