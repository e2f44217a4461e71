import Campaigns
import Foundation
import Glibc
import Transports

/// Messages to the default spool: a durable file each, and its bookkeeping.
///
/// The floor writes the same files, each made durable by itself, without a store.
enum SendSpool: Scenario {
    static let name = "send-spool"
    static let standardSize = 10_000
    private static let rounds = 2

    static func run(_ bench: Bench) throws -> [Figure] {
        let outbox = try bench.subfolder("outbox")
        let engine = try Engine(
            bench,
            email: try SpoolTransport(channel: .email, outbox: outbox, maxConnections: 32)
        )
        let count = bench.size(in: rounds)
        let audience = try Audience(engine.service, contacts: count)
        engine.start()
        let floor = try bench.subfolder("floor")
        var written = 0
        let comparison = try Comparison(rounds: rounds) {
            try Lap.each(count) { _ in
                written += 1
                try write("message \(written)\n", as: "\(written).eml", in: floor)
            }
        } product: {
            let campaign = try engine.enqueue(audience, until: .build)
            try engine.wait(for: campaign, toBe: .build)
            return try Lap.measure(count) {
                try engine.send(campaign)
                try engine.wait(for: campaign, toBe: .sent)
                return []
            }
        }
        try engine.stop()
        return [Figure(name, "32 at once", comparison)]
    }

    /// File and folder synced, as a file that must survive has to be (fsync(2)).
    private static func write(_ text: String, as name: String, in folder: String) throws {
        let draft = open("\(folder)/draft", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        let place = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { for descriptor in [draft, place] { close(descriptor) } }
        let bytes = Array(text.utf8)
        guard Glibc.write(draft, bytes, bytes.count) == bytes.count, fsync(draft) == 0,
            rename("\(folder)/draft", "\(folder)/\(name)") == 0, fsync(place) == 0
        else { throw BenchFailure("writing to \(folder): errno \(errno)") }
    }
}
