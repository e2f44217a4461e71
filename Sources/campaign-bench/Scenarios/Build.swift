import Campaigns
import JobQueue

/// One campaign built from a large list: every message rendered once, digested and stored.
///
/// The floor inserts as many rows into the same table, 500 in each transaction.
enum Build: Scenario {
    static let name = "build"
    static let standardSize = 500_000
    private static let smallSize = 1_000
    private static let memoryAllowance = 30.0

    static func run(_ bench: Bench) throws -> [Figure] {
        let engine = try Engine(bench)
        let large = try Audience(engine.service, contacts: bench.size)
        let small = try Audience(engine.service, contacts: min(smallSize, bench.size))
        engine.start()
        _ = try build(small, engine)
        Usage.resetPeak()
        _ = try build(small, engine)
        let smallPeak = Usage.peakMegabytes() ?? 0
        Usage.resetPeak()
        let floor = try RawMessages(bench)
        let comparison = try Comparison(rounds: 1) {
            try Lap.measure(bench.size) { try floor.insert(bench.size) }
        } product: {
            try Lap.measure(bench.size) { try build(large, engine) }
        }
        try engine.stop()
        let figure = Figure(name, "one campaign", comparison)
        let growth = (figure.rssMB ?? 0) - smallPeak
        return [
            figure.toReach(
                "60,000/s, and at most \(Int(memoryAllowance)) MB above a build of \(smallSize) "
                    + "(\(Int(growth)) MB)",
                comparison.product.rate >= 60_000 && growth <= memoryAllowance
            )
        ]
    }

    private static func build(_ audience: Audience, _ engine: Engine) throws -> [Double] {
        let campaign = try engine.enqueue(audience, until: .build)
        try engine.wait(for: campaign, toBe: .build)
        return []
    }
}
