import APITypes
import Foundation
import Synchronization
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

        @Test("eight processes enqueue at once and none fails or is lost", arguments: [true, false])
        func crowd(isDaemonRunning: Bool) throws {
            let daemon = try TemporaryDaemon(configuration: Configuration.spool)
            let desk = Operator(daemon: daemon)
            try daemon.start()
            let spec = desk.emailSpec(
                template: try desk.putTemplate(),
                list: try desk.importList(Contacts(count: 1).csv)
            )
            // Nothing but the enqueueing is to be measured.
            _ = try desk.run("pause", "create")
            if !isDaemonRunning { #expect(try daemon.terminate() == .exited(0)) }
            let start = ContinuousClock.now
            let jobs = try enqueue(spec, by: 8, times: Self.enqueuesEach, desk)
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            #expect(jobs.count == 8 * Self.enqueuesEach)
            #expect(Set(jobs.map(\.id)).count == jobs.count)
            #expect(Set(jobs.compactMap(\.campaignId)).count == jobs.count)
            let stored = try desk.lines(JobBody.self, "jobs", "list")
            #expect(Set(stored.map(\.id)) == Set(jobs.map(\.id)))
            print(
                "\(jobs.count) enqueues by 8 processes at once ",
                isDaemonRunning ? "with" : "without",
                " a daemon: \(seconds) s",
                separator: ""
            )
        }

        /// The jobs of all enqueues; every one must succeed.
        private func enqueue(_ spec: String, by processes: Int, times: Int, _ desk: Operator) throws
            -> [JobBody]
        {
            let jobs = Mutex<[JobBody]>([])
            let faults = Mutex<[any Error]>([])
            atOnce(processes) {
                do {
                    for _ in 0..<times {
                        let job = try desk.read(JobBody.self, "enqueue", "-", input: spec)
                        jobs.withLock { $0.append(job) }
                    }
                } catch {
                    faults.withLock { $0.append(error) }
                }
            }
            if let fault = faults.withLock({ $0.first }) { throw fault }
            return jobs.withLock { $0 }
        }

        /// 500 each with `CAMPAIGND_LARGE_TESTS`: a debug build needs some minutes for them.
        private static let enqueuesEach = LargeTests.areWanted ? 500 : 100
    }
}
