import APITypes
import TestSupport
import Testing

extension EndToEnd {
    /// How fast campaigns go beside each other, by the clock of the server they are sent to.
    @Suite("Pace")
    struct Pacing {
        @Test("beside a campaign held to a message a second, another sends 500 at its full rate")
        func neighbours() throws {
            let site = try SMTPSite()
            defer { site.server.stop() }
            let slow = try site.desk.enqueueEmail(
                to: Contacts(count: 400, name: "slow"),
                options: "--rate",
                "1"
            )
            try site.begun.wait(forCount: 1)
            let fast = try site.desk.enqueueEmail(to: Contacts(count: 500, name: "fast"))
            #expect(try site.desk.wait(for: fast) == "SENT")

            let begun = site.begun.elements
            let slowOnes = begun.filter { $0.name == "slow" }
            let firstFast = try #require(begun.firstIndex { $0.name == "fast" })
            let lastFast = try #require(begun.lastIndex { $0.name == "fast" })
            let between = begun[firstFast..<lastFast].count { $0.name == "slow" }
            #expect(begun.count { $0.name == "fast" } == 500)
            #expect(between < 10, "of the slow one, between the first and the last of 500")
            let seconds = try #require(slowOnes.first).at.milliseconds(to: .now) / 1_000
            #expect(Double(slowOnes.count) <= seconds + 2)
            print("500 of a free campaign, and among them \(between) of one held to 1/s")

            let campaign = try site.desk.campaign(slow)
            #expect(campaign.status == "SENDING" && campaign.ratePerSecond == 1)
            let throttles = try #require(campaign.pace?.first?.throttles)
            #expect(throttles.map(\.scope) == ["campaign"])
            _ = try site.desk.read(ResultBody.self, "campaigns", "rate", slow, "none")
            #expect(try site.desk.wait(for: slow) == "SENT")
            #expect(Copies(site.server.dots.elements).repeated.isEmpty)
        }

        @Test("a second after pause is answered no message of it begins, and its neighbour goes on")
        func pause() throws {
            let site = try SMTPSite(answersAfter: 20)
            defer { site.server.stop() }
            let paused = try site.desk.enqueueEmail(to: Contacts(count: 1_500, name: "paused"))
            let other = try site.desk.enqueueEmail(to: Contacts(count: 1_500, name: "other"))
            try site.begun.wait(for: "messages of both") { begun in
                ["paused", "other"].allSatisfy { name in begun.count { $0.name == name } > 20 }
            }
            #expect(try site.desk.run("campaigns", "pause", paused).end == .exited(0))
            let answered = ContinuousClock.now
            #expect(try site.desk.wait(for: other) == "SENT")

            let later = site.begun.elements.filter { $0.at > answered + .seconds(1) }
            #expect(later.count { $0.name == "paused" } == 0)
            #expect(
                later.contains { $0.name == "other" },
                "the test looks at a time in which some left"
            )
            let campaign = try site.desk.campaign(paused)
            #expect(campaign.status == "PAUSED" && campaign.count("inflight") == 0)
            let latest = site.begun.elements.last { $0.name == "paused" }?.at ?? answered
            print(
                "the last message of a paused campaign began \(answered.milliseconds(to: latest)) ms after the answer"
            )
            _ = try site.desk.run("campaigns", "resume", paused)
            #expect(try site.desk.wait(for: paused) == "SENT")
            #expect(Copies(site.server.dots.elements).repeated.isEmpty)
            #expect(site.server.accepted.elements.count == 3_000)
        }

        @Test(
            "a campaign that waits for a token is paused at once; at another rate it loses nobody"
        )
        func pauseWithoutToken() throws {
            let site = try SMTPSite()
            defer { site.server.stop() }
            let id = try site.desk.enqueueEmail(
                to: Contacts(count: 20),
                options: "--rate",
                "0.001"
            )
            try site.desk.watch(id) { $0.count("sent") == 1 }
            #expect(try site.desk.run("campaigns", "pause", id).end == .exited(0))
            let campaign = try site.desk.campaign(id)
            #expect(campaign.status == "PAUSED" && campaign.messages == ["sent": 1, "ready": 19])
            _ = try site.desk.read(ResultBody.self, "campaigns", "rate", id, "1000")
            _ = try site.desk.run("campaigns", "resume", id)
            #expect(try site.desk.wait(for: id) == "SENT")
            #expect(Set(site.server.accepted.elements.map(\.recipient)).count == 20)
            #expect(Copies(site.server.dots.elements).repeated.isEmpty)
        }

        @Test("a rate of all channels holds over a kill, is shown, and SIGHUP takes it away")
        func global() throws {
            let rate = "  ratePerSecond: 0.001\n  burst: 3\n"
            let site = try SMTPSite(transports: rate)
            defer { site.server.stop() }
            let id = try site.desk.enqueueEmail(to: Contacts(count: 20))
            try site.desk.watch(id) { $0.count("sent") == 3 }
            #expect(try site.desk.status().globalThrottle?.limit == 0.001)
            #expect(try site.desk.status().globalThrottle?.available == 0)
            let pace = try #require(try site.desk.campaign(id).pace?.first)
            #expect(pace.throttles.map(\.scope) == ["global"])
            #expect(pace.earliest != nil, "17 messages take at least 16,000 s")

            try site.daemon.kill()
            try site.daemon.start()
            let job = try #require(try site.desk.campaign(id).job)
            let why = try site.desk.read(WhyBody.self, "jobs", "why", "\(job.id)")
            #expect(why.waitsFor == "throttle")
            #expect(
                try site.desk.campaign(id).count("sent") == 3,
                "a new daemon starts no new burst"
            )

            try TestFile.write(
                Configuration.smtp(port: site.server.port),
                to: "\(site.daemon.folder)/campaignd.yaml"
            )
            site.daemon.running.signal(1)
            #expect(try site.desk.wait(for: id) == "SENT")
            #expect(site.daemon.log.contains("transports.ratePerSecond, transports.burst"))
            #expect(try site.desk.status().globalThrottle == nil)
        }
    }
}

/// A daemon that sends to a server which notes when each message begins.
private struct SMTPSite {
    /// A message whose recipient was named to the server.
    struct Begun: Sendable {
        /// The recipient's address up to its number.
        var name: String
        var at: ContinuousClock.Instant
    }

    let server: ScriptedSMTPServer
    let daemon: TemporaryDaemon
    let begun: Recorder<Begun>
    var desk: Operator { Operator(daemon: daemon) }

    /// - Parameters:
    ///   - delay: milliseconds after which the server answers a message's final dot.
    ///   - transports: lines that stand in the configuration under `transports`.
    init(answersAfter delay: UInt32 = 0, transports: String = "") throws {
        let begun = Recorder<Begun>()
        self.begun = begun
        server = try ScriptedSMTPServer { event in
            if event.stage == .rcpt {
                let name = String(event.recipient.prefix { $0.isLetter })
                begun.append(Begun(name: name, at: .now))
            }
            return event.stage == .dot && delay > 0
                ? .delay(milliseconds: delay, then: .proceed) : .proceed
        }
        daemon = try TemporaryDaemon(
            configuration: Configuration.smtp(port: server.port) + "\n" + transports
        )
        try daemon.start()
    }
}
