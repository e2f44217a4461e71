import APITypes
import TestSupport
import Testing

extension EndToEnd {
    /// SMTP servers that are not well.
    @Suite("Refusals")
    struct Refusals {
        @Test("each recipient ends in the state that its reply means, with the reply recorded")
        func replies() throws {
            let server = try ScriptedSMTPServer(script: Self.answers)
            defer { server.stop() }
            let retry = "{ first: 10ms, max: 50ms, attempts: 3, giveUpAfter: 2d }"
            let daemon = try TemporaryDaemon(
                configuration: Configuration.smtp(port: server.port, retry: retry)
            )
            let desk = Operator(daemon: daemon)
            try daemon.start()
            let names = ["busy", "gone", "lost", "full", "good", "later", "spam", "twice"]
            let list = try desk.importList(
                "email,name\n" + names.map { "\($0)@example.com,\($0)\n" }.joined()
            )
            let id = try desk.enqueue(
                desk.emailSpec(template: try desk.putTemplate(), list: list)
            )
            #expect(try desk.wait(for: id) == "PARTIAL")
            let messages = try desk.checkBooks(of: id, built: names.count)
            let found = messages.map { message in
                [
                    message.recipient.prefix { $0 != "@" }, message.state[...],
                    message.fault?[...] ?? "-",
                ]
                .joined(separator: " ")
                    + " \(message.attempts) \(message.doubts): \(message.lastReply ?? "")"
            }
            let noReply = "no reply to the final dot: the server closed the connection"
            #expect(
                found.sorted() == [
                    "busy sent - 2 0: 250 2.0.0 queued",
                    "full failed recipient 1 0: 552 5.2.2 mailbox full",
                    "gone failed recipient 1 0: 550 5.1.1 no such user",
                    "good sent - 1 0: 250 2.0.0 queued",
                    "later failed gave-up 3 0: given up after 3 attempts; the last answer: "
                        + "451 4.3.0 come back later",
                    "lost sent - 2 1: 250 2.0.0 queued",
                    "spam failed content 1 0: 554 5.7.1 looks like spam",
                    "twice unknown - 2 2: \(noReply)",
                ]
            )
            let copies = Copies(server.dots.elements)
            #expect(
                copies.repeated == ["later@example.com", "lost@example.com", "twice@example.com"]
            )
            let ids = Set(copies["twice@example.com"].map { $0.header("Message-ID") })
            #expect(ids.count == 1)
            #expect(copies["twice@example.com"].count == 2)
        }

        /// Answers by the recipient's name.
        private static let answers: ScriptedSMTPServer.Script = {
            let seen = Recorder<String>()
            return { event in
                let name = String(event.recipient.prefix { $0 != "@" })
                let isFirst = { (what: String) in
                    defer { seen.append(what) }
                    return !seen.elements.contains(what)
                }
                switch (event.stage, name) {
                case (.rcpt, "busy") where isFirst("busy"): return .reply("450 4.2.1 busy")
                case (.rcpt, "gone"): return .reply("550 5.1.1 no such user")
                case (.dot, "full"): return .reply("552 5.2.2 mailbox full")
                case (.dot, "later"): return .reply("451 4.3.0 come back later")
                case (.dot, "spam"): return .reply("554 5.7.1 looks like spam")
                case (.dot, "lost") where isFirst("lost"), (.dot, "twice"): return .hangUp
                default: return .proceed
                }
            }
        }()

        @Test("mailboxes that do not exist leave the campaign SENT")
        func settled() throws {
            let server = try ScriptedSMTPServer { event in
                event.stage == .rcpt && event.recipient.hasSuffix("3@example.com")
                    ? .reply("550 5.1.1 no such user") : .proceed
            }
            defer { server.stop() }
            let daemon = try TemporaryDaemon(configuration: Configuration.smtp(port: server.port))
            let desk = Operator(daemon: daemon)
            try daemon.start()
            let id = try desk.enqueueEmail(to: Contacts(count: 100))
            #expect(try desk.wait(for: id) == "SENT")
            #expect(try desk.campaign(id).messages == ["sent": 90, "failed": 10])
            try desk.checkBooks(of: id, built: 100)
        }

        @Test("a refused sender pauses the campaign, spends nothing, and is told")
        func sender() throws {
            let isRefusing = Recorder<Bool>()
            let server = try ScriptedSMTPServer { event in
                event.stage == .mail && isRefusing.elements.isEmpty
                    ? .reply("550 5.7.1 not your domain") : .proceed
            }
            defer { server.stop() }
            let daemon = try TemporaryDaemon(configuration: Configuration.smtp(port: server.port))
            let desk = Operator(daemon: daemon)
            try daemon.start()
            let id = try desk.enqueueEmail(to: Contacts(count: 50))
            #expect(try desk.wait(for: id) == "PAUSED")
            let paused = try desk.watch(id) { $0.count("ready") == 50 }
            #expect(paused.reason?.contains("550 5.7.1 not your domain") == true)
            #expect(try desk.checkBooks(of: id, built: 50).allSatisfy { $0.attempts == 0 })
            isRefusing.append(false)
            _ = try desk.run("campaigns", "resume", id)
            #expect(try desk.wait(for: id) == "SENT")
            #expect(Copies(server.dots.elements).repeated.isEmpty)
        }

        @Test("while the server is down nothing is spent, status says so, and it goes on by itself")
        func down() throws {
            let reserved = try ScriptedSMTPServer()
            let port = reserved.port
            reserved.stop()
            let daemon = try TemporaryDaemon(configuration: Configuration.smtp(port: port))
            let desk = Operator(daemon: daemon)
            try daemon.start()
            let id = try desk.enqueueEmail(to: Contacts(count: 50))
            var transport = try desk.emailTransport()
            for _ in 0..<1_000 where transport.state == "closed" || transport.inflight > 0 {
                transport = try desk.emailTransport()
            }
            #expect(transport.state == "open")
            #expect(transport.reason?.contains("connect") == true)
            #expect(transport.retryAt != nil)
            #expect(try desk.status().warnings.count == 1)
            print("breaker: \(transport.reason ?? "")")
            #expect(try desk.checkBooks(of: id, built: 50).allSatisfy { $0.attempts == 0 })
            #expect(try desk.campaign(id).status == "SENDING")
            let server = try ScriptedSMTPServer(port: port)
            defer { server.stop() }
            #expect(try desk.wait(for: id) == "SENT")
            #expect(try desk.checkBooks(of: id, built: 50).allSatisfy { $0.attempts == 1 })
            #expect(try desk.emailTransport().state == "closed")
            #expect(server.accepted.elements.count == 50)
        }

        @Test("recipients whose server answers after ten seconds delay no other message")
        func tarpit() throws {
            let server = try ScriptedSMTPServer { event in
                event.stage == .dot && event.recipient.hasPrefix("slow")
                    ? .delay(milliseconds: 10_000, then: .proceed) : .proceed
            }
            defer { server.stop() }
            let daemon = try TemporaryDaemon(configuration: Configuration.smtp(port: server.port))
            let desk = Operator(daemon: daemon)
            try daemon.start()
            let slow = Contacts(count: 4, name: "slow")
            let fast = Contacts(count: 500)
            let list = try desk.importList(
                slow.csv + fast.csv.drop { $0 != "\n" }.dropFirst()
            )
            let id = try desk.enqueue(
                desk.emailSpec(template: try desk.putTemplate(), list: list)
            )
            let start = ContinuousClock.now
            try server.accepted.wait(forCount: fast.count)
            let seconds = start.milliseconds(to: .now) / 1_000
            #expect(server.accepted.elements.allSatisfy { !$0.recipient.hasPrefix("slow") })
            #expect(try desk.wait(for: id) == "SENT")
            let whole = start.milliseconds(to: .now) / 1_000
            print(
                "tarpit: 500 others were sent after \(seconds) s, the four slow ones after \(whole) s"
            )
            try desk.checkBooks(of: id, built: 504)
        }
    }
}
