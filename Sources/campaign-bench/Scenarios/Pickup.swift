import APIServer
import APITypes
import CampaignAPI
import Foundation
import JobQueue
import SQLiteStore
import Synchronization
import TestSupport

/// From another process's call to the start of the handler, the daemon being idle before.
///
/// The floor is the same call to a server of the same library that commits the rows of an order and
/// wakes a thread.
enum Pickup: Scenario {
    static let name = "pickup"
    static let standardSize = 500
    private static let rounds = 4

    static func run(_ bench: Bench) throws -> [Figure] {
        let starts = Starts()
        let engine = try Engine(bench) { starts.note($0) }
        let spec = try Audience(engine.service, contacts: 1).spec
        engine.start()
        let server = try serve(engine, socket: "\(bench.folder)/s")
        let floorStarts = Starts()
        let floor = try RawServer(bench, socket: "\(bench.folder)/r") { floorStarts.note($0) }
        let request = "{\"spec\":\(spec),\"until\":\"create\"}"
        let comparison = try withExtendedLifetime(floor) {
            try Comparison(rounds: rounds) {
                try lap(bench, "r", request, floorStarts)
            } product: {
                try lap(bench, "s", request, starts)
            }
        }
        server.stop(timeout: .seconds(2))
        try engine.stop()
        let figure = Figure(name, "over the socket", comparison)
        let isReached = (figure.p50Ms ?? .infinity) < 1 && (figure.p99Ms ?? .infinity) < 5
        return [figure.toReach("p50 under 1 ms, p99 under 5 ms", isReached)]
    }

    /// Calls in turn; a lap lasts as long as they took, the pauses between them left out.
    private static func lap(_ bench: Bench, _ socket: String, _ request: String, _ starts: Starts)
        throws -> Lap
    {
        var lap = try Lap.measure(bench.size(in: rounds)) {
            try call(bench, "\(bench.folder)/\(socket)", request).map { campaign, time in
                Double(try starts.wait(for: campaign) - time) / 1_000_000
            }
        }
        lap.seconds = lap.milliseconds.reduce(0, +) / 1_000
        return lap
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
    private static func call(_ bench: Bench, _ socket: String, _ body: String) throws
        -> [(String, UInt64)]
    {
        let input = "\(bench.folder)/request"
        try TestFile.write(body + "\n", to: input)
        let run = try Program.run(
            Program.itself,
            ["--call", socket, "--n", "\(bench.size(in: rounds))"],
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
