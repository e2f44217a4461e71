import APITypes
import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Memory")
    struct Memory {
        /// The specification's 200,000 with `CAMPAIGND_LARGE_TESTS`.
        private static let contacts = LargeTests.areWanted ? 200_000 : 50_000

        @Test("a large campaign is imported, built and spooled under 150 MB resident")
        func spool() throws {
            let daemon = try TemporaryDaemon(configuration: Configuration.spool)
            let desk = Operator(daemon: daemon)
            try daemon.start()
            let start = ContinuousClock.now
            let list = try desk.importList(Contacts(count: Self.contacts).csv)
            let imported = ContinuousClock.now
            let id = try desk.enqueue(
                desk.emailSpec(template: try desk.putTemplate(), list: list)
            )
            try desk.watch(id) { $0.status == "SENDING" }
            let built = ContinuousClock.now
            #expect(try desk.wait(for: id, timeout: "20m") == "SENT")
            let sent = ContinuousClock.now
            let peak = try #require(daemon.running.peakResidentKilobytes) / 1_000
            print(
                "\(Self.contacts) contacts: imported in \(start.milliseconds(to: imported)) ms, ",
                "built in \(imported.milliseconds(to: built)) ms, ",
                "spooled in \(built.milliseconds(to: sent)) ms, peak \(peak) MB (a debug build)",
                separator: ""
            )
            #expect(peak < 150)
            #expect(try desk.campaign(id).messages == ["sent": Int64(Self.contacts)])
            let files = try FileManager.default.contentsOfDirectory(
                atPath: "\(daemon.dataFolder)/outbox/email/new"
            )
            #expect(files.count == Self.contacts)
        }
    }
}
