import Campaigns

/// Campaigns of three messages from create through build to sent, over a transport that takes
/// every message at once.
enum DrainChained: Scenario {
    static let name = "drain-chained"
    static let standardSize = 2_000

    static func run(_ bench: Bench) throws -> [Figure] {
        let engine = try Engine(bench)
        let audience = try Audience(engine.service, contacts: 3)
        engine.start()
        let lap = try Lap.measure(bench.size) {
            let campaigns = try engine.enqueue(bench.size, audience, until: .send)
            for campaign in campaigns { try engine.wait(for: campaign, toBe: .sent) }
            return []
        }
        try engine.stop()
        return [Figure(name, "campaigns of 3", Comparison(lap))]
    }
}
