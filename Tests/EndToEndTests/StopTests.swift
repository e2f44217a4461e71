import APITypes
import TestSupport
import Testing

extension EndToEnd {
    /// Stops that are asked for.
    @Suite("Stops")
    struct Stops {
        @Test("SIGTERM in the middle of a campaign drains it and leaves nothing in doubt")
        func terminate() throws {
            let server = try ScriptedSMTPServer()
            defer { server.stop() }
            let daemon = try TemporaryDaemon(configuration: Configuration.smtp(port: server.port))
            let desk = Operator(daemon: daemon)
            try daemon.start()
            let contacts = Contacts(count: 2_000)
            let id = try desk.enqueueEmail(to: contacts)
            for count in [300, 1_100] {
                try server.dots.wait(forCount: count)
                #expect(try daemon.terminate() == .exited(0))
                let messages = try desk.checkBooks(of: id, built: contacts.count)
                #expect(messages.allSatisfy { $0.doubts == 0 })
                #expect(messages.allSatisfy { $0.state == "sent" || $0.state == "ready" })
                #expect(messages.count { $0.state == "sent" } == server.accepted.elements.count)
                try daemon.start()
            }
            #expect(try desk.wait(for: id) == "SENT")
            #expect(Copies(server.dots.elements).repeated.isEmpty)
            #expect(server.accepted.elements.count == contacts.count)
        }

        @Test("of what is under way at the deadline only what passed the final dot is in doubt")
        func deadline() throws {
            let gate = SMTPScriptGate()
            let held = Recorder<String>()
            let server = try ScriptedSMTPServer { event in
                let isHeld =
                    event.stage == .dot && event.recipient.hasPrefix("ann000001")
                    || event.stage == .rcpt && event.recipient.hasPrefix("ann000002")
                guard isHeld else { return .proceed }
                held.append(event.recipient)
                return .hold(gate, then: .hangUp)
            }
            defer { server.stop() }
            let yaml = Configuration.smtp(port: server.port) + "\nshutdownTimeout: 200ms\n"
            let daemon = try TemporaryDaemon(configuration: yaml)
            let desk = Operator(daemon: daemon)
            try daemon.start()
            let id = try desk.enqueueEmail(to: Contacts(count: 20))
            try held.wait(forCount: 2)
            try desk.watch(id) { $0.count("sent") == 18 }
            #expect(try daemon.terminate() == .exited(0))
            gate.open()
            let messages = try desk.checkBooks(of: id, built: 20)
            let doubts = messages.filter { $0.doubts > 0 }
            #expect(doubts.map(\.recipient) == ["ann000001@example.com"])
            let other = try #require(messages.first { $0.recipient.hasPrefix("ann000002") })
            #expect(other.state == "ready")
            #expect(other.attempts == 0)
        }

        @Test("a second daemon on the same folder is refused and harms nothing")
        func second() throws {
            let daemon = try TemporaryDaemon(configuration: Configuration.spool)
            let desk = Operator(daemon: daemon)
            try daemon.start()
            let first = daemon.running
            #expect(try daemon.launch().wait() == .exited(75))
            #expect(
                daemon.log.contains(
                    "a daemon already works on this data folder (process \(first.id))"
                )
            )
            #expect(try desk.status().pid == first.id)
            let id = try desk.enqueueEmail(to: Contacts(count: 1))
            #expect(try desk.wait(for: id) == "SENT")
        }

        @Test("pause starts no new message, and resume sends the rest")
        func pause() throws {
            try withSending { server, desk, id in
                #expect(try desk.run("campaigns", "pause", id).end == .exited(0))
                let begun = Set(server.commands.elements.filter { $0.hasPrefix("RCPT TO:<ann") })
                try passBarrier(desk)
                let paused = try desk.campaign(id)
                #expect(paused.status == "PAUSED")
                #expect(paused.count("inflight") == 0)
                let later = Set(server.commands.elements.filter { $0.hasPrefix("RCPT TO:<ann") })
                print("pause: \(later.count - begun.count) messages began after the command's end")
                #expect(later == begun)
                #expect(paused.count("sent") + paused.count("ready") == 1_000)
                _ = try desk.run("campaigns", "resume", id)
                #expect(try desk.wait(for: id) == "SENT")
                #expect(server.accepted.elements.count == 1_001)
            }
        }

        @Test("cancel ends a campaign at once, and what was sent stays sent")
        func cancel() throws {
            try withSending { server, desk, id in
                #expect(try desk.run("campaigns", "cancel", id).end == .exited(0))
                #expect(try desk.campaign(id).status == "CANCELLED")
                try passBarrier(desk)
                let campaign = try desk.watch(id) { $0.count("ready") + $0.count("inflight") == 0 }
                #expect(campaign.count("sent") + campaign.count("cancelled") == 1_000)
                #expect(campaign.count("sent") + 1 == server.accepted.elements.count)
                #expect(campaign.count("cancelled") > 0)
                try desk.checkBooks(of: id, built: 1_000)
            }
        }

        /// A campaign to 1,000 contacts of which at least 50 have been written to.
        private func withSending(
            _ body: (ScriptedSMTPServer, Operator, _ campaign: String) throws -> Void
        ) throws {
            let server = try ScriptedSMTPServer { event in
                event.stage == .dot ? .delay(milliseconds: 20, then: .proceed) : .proceed
            }
            defer { server.stop() }
            let daemon = try TemporaryDaemon(configuration: Configuration.smtp(port: server.port))
            let desk = Operator(daemon: daemon)
            try daemon.start()
            let id = try desk.enqueueEmail(to: Contacts(count: 1_000))
            try server.dots.wait(forCount: 50)
            try body(server, desk, id)
        }

        /// Sends another message through the same transport: whatever would still be sent is then.
        private func passBarrier(_ desk: Operator) throws {
            let barrier = try desk.enqueueEmail(to: Contacts(count: 1, name: "barrier"))
            #expect(try desk.wait(for: barrier) == "SENT")
        }
    }
}
