import APITypes
import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// Commands while no daemon runs, and many at once.
    @Suite("Offline and at once")
    struct Offline {
        @Test("what is enqueued while no daemon runs is done when one starts")
        func enqueueOffline() throws {
            let daemon = try TemporaryDaemon(configuration: Configuration.spool)
            let desk = Operator(daemon: daemon)
            try daemon.start()
            #expect(try daemon.terminate() == .exited(0))
            let spec = desk.emailSpec(
                template: try desk.putTemplate(),
                list: try desk.importList(Contacts(count: 3).csv)
            )
            let result = try desk.run("enqueue", "-", input: spec)
            #expect(result.end == .exited(0))
            #expect(result.errors == "stored; no daemon is running\n")
            let job = try JSONCoding.decode(JobBody.self, from: Data(result.output.utf8))
            #expect(job.state == "available")
            let id = try #require(job.campaignId)
            #expect(try desk.campaign(id).status == "DRAFT")
            try daemon.start()
            #expect(try desk.wait(for: id) == "SENT")
            try desk.checkBooks(of: id, built: 3)
        }

        @Test("a command where no daemon ever ran says how to start one")
        func noDatabase() throws {
            let daemon = try TemporaryDaemon(configuration: Configuration.spool)
            let result = try Operator(daemon: daemon).run("jobs", "list")
            #expect(result.end == .exited(69))
            #expect(result.errors.contains("campaignd --data-dir \(daemon.dataFolder)"))
            #expect(!FileManager.default.fileExists(atPath: daemon.dataFolder))
        }

        @Test(
            "eight processes enqueue at once and none fails or is lost",
            arguments: [true, false]
        )
        func crowd(isDaemonRunning: Bool) throws {
            let (desk, spec) = try pausedDesk()
            if !isDaemonRunning { #expect(try desk.daemon.terminate() == .exited(0)) }
            let start = ContinuousClock.now
            let jobs = try Crowd(desk, enqueueing: spec, times: Self.enqueuesEach).enqueued()
            let seconds = start.milliseconds(to: .now) / 1_000
            try check(jobs, count: Crowd.operators * Self.enqueuesEach, desk)
            print(
                "\(jobs.count) enqueues by 8 processes at once ",
                isDaemonRunning ? "with" : "without",
                " a daemon: \(seconds) s (a debug build)",
                separator: ""
            )
        }

        @Test("while the daemon dies again and again no enqueue fails, is lost or is doubled")
        func crowdAndKills() throws {
            let (desk, spec) = try pausedDesk()
            let crowd = Crowd(desk, enqueueing: spec, times: 15)
            var deaths = 0
            while !crowd.hasEnded(within: 200) {
                try desk.daemon.kill()
                try desk.daemon.start()
                deaths += 1
            }
            try check(try crowd.enqueued(), count: Crowd.operators * 15, desk)
            print("120 enqueues by 8 processes at once while the daemon died \(deaths) times")
            #expect(deaths > 3)
        }

        /// A daemon that takes campaigns in and does nothing about them, and a campaign for it.
        private func pausedDesk() throws -> (Operator, spec: String) {
            let desk = Operator(daemon: try TemporaryDaemon(configuration: Configuration.spool))
            try desk.daemon.start()
            let spec = desk.emailSpec(
                template: try desk.putTemplate(),
                list: try desk.importList(Contacts(count: 1).csv)
            )
            _ = try desk.run("pause", "create")
            return (desk, spec)
        }

        /// Checks that each job was enqueued once, and that no other is there.
        private func check(_ jobs: [JobBody], count: Int, _ desk: Operator) throws {
            #expect(jobs.count == count)
            #expect(Set(jobs.compactMap(\.campaignId)).count == count)
            let stored = try desk.lines(JobBody.self, "jobs", "list").map(\.id)
            #expect(stored.sorted() == jobs.map(\.id).sorted())
        }

        /// 500 with `CAMPAIGND_LARGE_TESTS`: a debug build needs some minutes for them.
        private static let enqueuesEach = LargeTests.areWanted ? 500 : 100
    }
}
