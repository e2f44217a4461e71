import APITypes
import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// Copies of the database, and what a daemon does when it finds that it works on one.
    @Suite("Backup and restore")
    struct Backups {
        @Test("a backup taken in mid-campaign, restored after the end, sends nothing by itself")
        func restore() throws {
            let server = try ScriptedSMTPServer { event in
                event.stage == .rcpt && event.recipient.hasPrefix("later")
                    ? .reply("451 4.7.1 come back later") : .proceed
            }
            defer { server.stop() }
            let daemon = try TemporaryDaemon(
                configuration: Configuration.smtp(
                    port: server.port,
                    retry: "{ first: 1h, max: 4h, attempts: 20, giveUpAfter: 2d }"
                )
            )
            let desk = Operator(daemon: daemon)
            try daemon.start()
            let campaign = try desk.enqueueEmail(to: Contacts(count: 40, name: "later"))
            try desk.watch(campaign) { $0.count("deferred") == 40 }
            // Larger than what a socket holds, so that it goes through in parts.
            _ = try desk.importList(Contacts(count: 5_000, name: "filler").csv)

            let file = "\(daemon.folder)/backup.sqlite3"
            let backup = try desk.read(BackupBody.self, "backup", file)
            let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int64
            #expect(size == backup.bytes)
            #expect(backup.bytes > 500_000)
            #expect(try desk.run("restore", file).end == .exited(75), "the daemon runs")
            #expect(try daemon.terminate() == .exited(0))

            let restored = try desk.read(RestoreBody.self, "restore", file)
            #expect(restored.heldJobs == 1)
            #expect(restored.setAside != nil)
            let accepted = server.commands.elements.count
            try daemon.start()
            let held = try desk.campaign(campaign)
            #expect(held.status == "PAUSED")
            #expect(held.reason?.hasPrefix("restored: ") == true)
            #expect(held.count("unknown") == 40)
            #expect(try desk.status().warnings.contains { $0.contains("restore --acknowledge") })
            #expect(try desk.run("restore", "--acknowledge", campaign).end == .exited(0))
            #expect(try desk.wait(for: campaign) == "PARTIAL")
            #expect(server.commands.elements.count == accepted)
            #expect(try daemon.terminate() == .exited(0))
        }
    }
}
