import Campaigns
import Outbound
import SQLiteStore
import Transports

/// Ten messages enqueued behind a campaign that is sending a million on the same transport.
enum Fair: Scenario {
    static let name = "fair"
    static let standardSize = 1_000_000
    private static let repeats = 5
    private static let goalMilliseconds = 2_000.0

    static func run(_ bench: Bench) throws -> [Figure] {
        try CrowdedFolder.prepare(bench, messages: bench.size)
        let sink = try SMTPSink()
        defer { sink.stop() }
        let engine = try Engine(
            bench,
            email: SMTPTransport(
                SMTPConfiguration(host: "127.0.0.1", port: sink.port, maxConnections: 32),
                inDoubt: .resend
            )
        )
        let ten = try Audience(engine.service, contacts: 10)
        engine.start()
        let lap = try Lap.each(repeats) { _ in
            let campaign = try engine.enqueue(ten, until: .send)
            try engine.wait(for: campaign, toBe: .sent)
        }
        try engine.stop()
        let slowest = lap.percentile(1) ?? .infinity
        return [
            Figure(name, "10 behind \(bench.size)", Comparison(lap))
                .toReach("the ten are sent within 2 s", slowest < goalMilliseconds)
        ]
    }
}
