import Foundation
import TestSupport

/// Many jobs in one call: at the store, and as campaigns through `campaignctl enqueue --bulk`.
///
/// The floor inserts as many rows in one transaction: of the job, or of all that a campaign's line
/// makes.
enum EnqueueBulk: Scenario {
    static let name = "enqueue-bulk"
    static let standardSize = 100_000
    private static let rounds = 3

    static func run(_ bench: Bench) throws -> [Figure] {
        [try store(bench), try command(bench)]
    }

    private static func store(_ bench: Bench) throws -> Figure {
        let open = try bench.openStore()
        defer { try? open.close() }
        let floor = try bench.openFloor()
        let comparison = try Comparison(rounds: rounds) {
            try Lap.measure(bench.size) {
                try floor.insert(bench.size)
                return []
            }
        } product: {
            try Lap.measure(bench.size) {
                try open.enqueue(bench.size)
                return []
            }
        }
        return Figure(name, "store", comparison).toReach(ratio: 0.5, "to raw bulk insert")
    }

    /// Campaigns of a distant date, so that the daemon has nothing else to do meanwhile.
    private static func command(_ bench: Bench) throws -> Figure {
        let daemon = try TemporaryDaemon(configuration: "")
        try FileManager.default.createDirectory(
            atPath: daemon.dataFolder,
            withIntermediateDirectories: true
        )
        let spec = try Audience(onFolder: daemon.dataFolder, contacts: 1).spec
        let file = "\(bench.folder)/bulk.ndjson"
        let line = "{\"spec\":\(spec),\"until\":\"create\",\"at\":\"2100-01-01T00:00:00Z\"}\n"
        try TestFile.write(String(repeating: line, count: bench.size), to: file)
        try daemon.start()
        defer { try? daemon.kill() }
        let floor = try RawCampaigns(bench)
        let comparison = try Comparison(rounds: 1) {
            try Lap.measure(bench.size) {
                try floor.insert(bench.size)
                return []
            }
        } product: {
            try Lap.measure(bench.size) {
                let run = try Program.run(
                    Program.built("campaignctl"),
                    ["enqueue", "--bulk", file],
                    environment: ["CAMPAIGND_DATA_DIR": daemon.dataFolder]
                )
                guard run.exitCode == 0 else {
                    throw BenchFailure("enqueue --bulk: \(run.errors)")
                }
                return []
            }
        }
        var figure = Figure(name, "campaignctl --bulk", comparison)
        figure.fsyncs = nil
        figure.cpuSeconds = nil
        figure.rssMB = daemon.running.peakResidentKilobytes.map { Double($0) / 1_024 }
        return figure.toReach("40,000/s", comparison.product.rate >= 40_000)
    }
}
