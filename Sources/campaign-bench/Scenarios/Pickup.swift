import APIServer
import APITypes
import CampaignAPI
import Foundation
import JobQueue
import SQLiteStore
import Synchronization
import TestSupport

/// From another process's call to the start of the handler, the daemon being idle before.
enum Pickup: Scenario {
    static let name = "pickup"
    static let standardSize = 500

    static func run(_ bench: Bench) throws -> [Figure] {
        let starts = Starts()
        let engine = try Engine(bench) { starts.note($0) }
        let spec = try Audience(engine.service, contacts: 1).spec
        engine.start()
        let server = try serve(engine, socket: "\(bench.folder)/s")
        let lap = try Lap.measure(bench.size) {
            let began = try call(bench, "{\"spec\":\(spec),\"until\":\"create\"}")
            return try began.map { campaign, time in
                Double(try starts.wait(for: campaign) - time) / 1_000_000
            }
        }
        server.stop(timeout: .seconds(2))
        try engine.stop()
        let figure = Figure(name, "over the socket", Comparison(lap))
        let isReached =
            (lap.percentile(0.5) ?? .infinity) < 1 && (lap.percentile(0.99) ?? .infinity) < 5
        return [figure.toReach("p50 under 1 ms, p99 under 5 ms", isReached)]
    }

    private static func serve(_ engine: Engine, socket: String) throws -> APIServer {
        let handler = APIHandler(
            service: engine.service,
            events: engine.open.store.events,
            place: APIPlace(version: ProductVersion.current, dataDir: "", databasePath: ""),
            daemon: nil
        )
        return try APIServer.start(
            ServerSettings(
                socket: SocketSettings(path: socket, mode: 0o600, group: nil),
                tcp: nil
            ),
            handler: handler,
            logger: .bench
        )
    }

    /// Has another process make the calls; answers when each began.
    private static func call(_ bench: Bench, _ body: String) throws -> [(String, UInt64)] {
        let input = "\(bench.folder)/request"
        try TestFile.write(body + "\n", to: input)
        let run = try Program.run(
            Program.itself,
            ["--call", "\(bench.folder)/s", "--n", "\(bench.size)"],
            input: input
        )
        guard run.exitCode == 0 else { throw BenchFailure("the caller: \(run.errors)") }
        return run.output.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            return words.count == 2 ? UInt64(words[1]).map { (String(words[0]), $0) } : nil
        }
    }
}

/// When each campaign's handler started.
private final class Starts: Sendable {
    private let times = Mutex<[String: UInt64]>([:])

    func note(_ campaign: String) {
        let now = SocketCaller.monotonicNanoseconds
        times.withLock { $0[campaign] = now }
    }

    /// The caller is answered before the handler starts, so the last may be a moment late.
    func wait(for campaign: String) throws -> UInt64 {
        for _ in 0..<1_000 {
            if let time = times.withLock({ $0[campaign] }) { return time }
            usleep(1_000)
        }
        throw BenchFailure("campaign \(campaign) was not picked up")
    }
}
