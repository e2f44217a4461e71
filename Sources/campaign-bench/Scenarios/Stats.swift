import APITypes
import CampaignAPI
import Campaigns
import SQLiteStore

/// A page of campaigns with their counts, beside a campaign of a million messages.
enum Stats: Scenario {
    static let name = "stats"
    static let standardSize = 1_000_000
    private static let calls = 500
    private static let campaigns = 20

    static func run(_ bench: Bench) throws -> [Figure] {
        try CrowdedFolder.prepare(bench, messages: bench.size, state: .sent)
        let engine = try Engine(bench)
        let audience = try Audience(engine.service, contacts: 1)
        _ = try engine.enqueue(campaigns - 1, audience, until: .create)
        let api = APIHandler(
            service: engine.service,
            events: engine.open.store.events,
            place: APIPlace(version: ProductVersion.current, dataDir: "", databasePath: ""),
            daemon: nil
        )
        let request = APIRequest(
            method: "GET",
            path: "/api/campaign",
            query: [(name: "limit", value: "\(campaigns)")],
            rawQuery: "limit=\(campaigns)"
        )
        let lap = try Lap.each(calls) { _ in
            let reply = api.respond(to: request)
            guard reply.status == 200 else { throw BenchFailure("status \(reply.status)") }
        }
        try engine.stop()
        let isReached = (lap.percentile(0.99) ?? .infinity) < 5
        return [
            Figure(name, "\(campaigns) campaigns beside \(bench.size) messages", Comparison(lap))
                .toReach("p99 under 5 ms", isReached)
        ]
    }
}
