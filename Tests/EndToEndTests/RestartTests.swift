import APITypes
import TestSupport
import Testing

extension EndToEnd {
    /// What a restart finds, and whom it keeps waiting.
    @Suite("Restarts")
    struct Restarts {
        @Test(
            "after a kill with eight running jobs and 10,000 open messages new work is done at once"
        )
        func loaded() throws {
            let server = try ScriptedSMTPServer { event in
                event.stage == .rcpt && event.recipient.hasPrefix("later")
                    ? .reply("451 4.7.1 come back later") : .proceed
            }
            defer { server.stop() }
            let retry = "{ first: 1h, max: 4h, attempts: 20, giveUpAfter: 2d }"
            let daemon = try TemporaryDaemon(
                configuration: Configuration.smtp(port: server.port, retry: retry)
            )
            let desk = Operator(daemon: daemon)
            try daemon.start()
            let probe = try desk.enqueueEmail(
                to: Contacts(count: 1, name: "probe"),
                options: "--until",
                "build"
            )
            #expect(try desk.wait(for: probe) == "BUILD")
            let later = Contacts(count: 10_000, name: "later")
            let open = try desk.enqueueEmail(to: later)
            try desk.watch(open) { $0.count("deferred") == later.count }
            let builds = try killWhileBuilding(8, desk)
            _ = try desk.read(JobBody.self, "enqueue", "send", probe, "--priority", "1")

            let start = ContinuousClock.now
            try daemon.start()
            let ready = ContinuousClock.now
            try server.dots.wait(for: "the new message") {
                $0.last?.recipient.hasPrefix("probe") ?? false
            }
            let done = ContinuousClock.now
            print(
                "ready in \(start.milliseconds(to: ready)) ms, new message sent ",
                "\(ready.milliseconds(to: done)) ms after that (a debug build)",
                separator: ""
            )

            #expect(try desk.wait(for: probe) == "SENT")
            for build in builds {
                #expect(try desk.wait(for: build) == "BUILD")
                try desk.checkBooks(of: build, built: 2_000)
            }
            #expect(
                try desk.checkBooks(of: open, built: later.count).allSatisfy { $0.attempts == 1 }
            )
        }

        /// Kills the daemon with so many build jobs running; answers their campaigns.
        private func killWhileBuilding(_ count: Int, _ desk: Operator) throws -> [String] {
            let spec = desk.emailSpec(
                template: try desk.putTemplate(),
                list: try desk.importList(Contacts(count: 2_000).csv)
            )
            _ = try desk.run("pause", "build")
            let campaigns = try (0..<count).map { _ in
                try desk.read(JobBody.self, "enqueue", "-", "--until", "build", input: spec)
                    .campaignId ?? ""
            }
            _ = try desk.run("resume", "build")
            var running: [JobBody] = []
            for _ in 0..<100 where running.count < count {
                running = try desk.lines(
                    JobBody.self,
                    "jobs",
                    "list",
                    "--state",
                    "running",
                    "--kind",
                    "build"
                )
            }
            #expect(running.count == count)
            try desk.daemon.kill()
            return campaigns
        }

        @Test("ten messages behind 20,000 on the same transport are sent long before them")
        func fairness() throws {
            // Slow enough that the large campaign takes its time.
            let server = try ScriptedSMTPServer { event in
                event.stage == .dot ? .delay(milliseconds: 10, then: .proceed) : .proceed
            }
            defer { server.stop() }
            let daemon = try TemporaryDaemon(configuration: Configuration.smtp(port: server.port))
            let desk = Operator(daemon: daemon)
            try daemon.start()
            let large = try desk.enqueueEmail(to: Contacts(count: 20_000))
            try server.dots.wait(forCount: 100)
            let start = ContinuousClock.now
            let small = try desk.enqueueEmail(to: Contacts(count: 10, name: "bo"))
            #expect(try desk.wait(for: small) == "SENT")
            let seconds = start.milliseconds(to: .now) / 1_000
            let before = try desk.campaign(large)
            #expect(before.status == "SENDING")
            #expect(before.count("ready") > 10_000)
            print(
                "ten messages behind 20,000: sent \(seconds) s after the first command, ",
                "with \(before.count("ready")) of the others still waiting",
                separator: ""
            )
            _ = try desk.run("campaigns", "cancel", large)
        }
    }

    /// What kills the process is found out and put aside.
    @Suite("Quarantine")
    struct Quarantine {
        @Test("a job that kills the process three times is discarded, and a hundred others finish")
        func job() throws {
            let daemon = try TemporaryDaemon(configuration: Configuration.spool)
            let desk = Operator(daemon: daemon)
            try daemon.start()
            let spec = desk.emailSpec(
                template: try desk.putTemplate(),
                list: try desk.importList(Contacts(count: 2).csv)
            )
            #expect(try daemon.terminate() == .exited(0))
            let bulk = try desk.run(
                "enqueue",
                "--bulk",
                "-",
                input: String(repeating: spec + "\n", count: 101)
            )
            try #require(bulk.end == .exited(0), "\(bulk.errors)")
            let jobs = try desk.lines(JobBody.self, "jobs", "list")
            let poison = jobs[50]
            let campaign = try #require(poison.campaignId)
            for _ in 1...3 {
                let process = try daemon.launch(failpoint: "job.started:\(campaign)")
                #expect(try process.wait() == .killed(9))
            }
            try daemon.start(failpoint: "job.started:\(campaign)")
            for id in jobs.compactMap(\.campaignId) where id != campaign {
                try #require(try desk.wait(for: id) == "SENT")
            }
            let found = try desk.job(poison.id)
            #expect(found.state == "discarded")
            #expect(found.errorClass == "crash-loop")
            #expect(found.crashes == 3)
            #expect(try desk.campaign(campaign).status == "FAILED")
            let groups = try desk.lines(FailureGroupBody.self, "jobs", "failed")
            #expect(groups.map(\.exampleJobId) == [poison.id])
            print("quarantined by name: \(found.error ?? "")")
        }

        @Test("a message that kills the process is unknown in the end, and all others are sent")
        func message() throws {
            let server = try ScriptedSMTPServer()
            defer { server.stop() }
            // In doubt twice.
            try check(Configuration.smtp(port: server.port), deaths: 2)
        }

        @Test("a file that kills the process, never in doubt, is unknown as a crash loop")
        func file() throws {
            let message = try check(Configuration.spool, deaths: 3)
            #expect(
                message.fault == "crash-loop" || message.lastReply?.contains("crash-loop") == true
            )
        }

        @discardableResult
        private func check(_ configuration: String, deaths: Int) throws -> MessageBody {
            let daemon = try TemporaryDaemon(configuration: configuration)
            let desk = Operator(daemon: daemon)
            let contacts = Contacts(count: 100)
            let poison = contacts.address(37)
            try daemon.start(failpoint: "message.claimed:\(poison)")
            let campaign = try desk.enqueueEmail(to: contacts)
            #expect(try daemon.running.wait() == .killed(9))
            for _ in 1..<deaths {
                let process = try daemon.launch(failpoint: "message.claimed:\(poison)")
                #expect(try process.wait() == .killed(9))
            }
            try daemon.start(failpoint: "message.claimed:\(poison)")
            #expect(try desk.wait(for: campaign) == "PARTIAL")
            let messages = try desk.checkBooks(of: campaign, built: contacts.count)
            #expect(messages.count { $0.state == "sent" } == contacts.count - 1)
            let unknown = messages.filter { $0.state == "unknown" }
            #expect(unknown.map(\.recipient) == [poison])
            return try #require(unknown.first)
        }
    }
}

extension ContinuousClock.Instant {
    func milliseconds(to later: Self) -> Double {
        ((later - self) / .milliseconds(1) * 10).rounded() / 10
    }
}
