import JobQueue
import SQLiteStore

/// What a claim costs, alone and beside millions of rows that it does not want.
///
/// The floor of the large cases is the product itself with nothing beside.
enum ClaimFlat: Scenario {
    static let name = "claim-flat"
    static let standardSize = 20_000
    /// Claims of one round: as many as the pool asks for at once.
    private static let batch = 128
    private static let pausedKind = JobKind(rawValue: "paused")

    static func run(_ bench: Bench) throws -> [Figure] {
        let size = bench.size
        let small = try fill(bench, "small") { try $0.jobs(size, .available) }
        let ready = try fill(bench, "ready") { try $0.jobs(size * 50, .available) }
        let beside = try fill(bench, "beside") { seed in
            try seed.jobs(size, .available)
            try seed.jobs(size * 50, .scheduled)
            try seed.jobs(size * 50, .completed)
            try seed.jobs(size * 5, .discarded)
            try seed.jobs(size * 25, .available, lane: 2, kind: pausedKind.rawValue)
        }
        defer { for open in [small, ready, beside] { try? open.close() } }
        var floor = Exchanger(small)
        return try [
            (ready, "\(size * 50) ready"),
            (beside, "\(size * 50) scheduled, \(size * 55) ended, \(size * 25) paused beside"),
        ].map { open, variant in
            var product = Exchanger(open)
            // Half for each case, so that the small store suffices; every claim is a round.
            let count = min(batch, max(1, size / 2))
            let comparison = try Comparison(rounds: size / 2 / count) {
                try Lap.measure(count) { try floor.claim(count, batch: batch) }
            } product: {
                try Lap.measure(count) { try product.claim(count, batch: batch) }
            }
            return Figure(name, variant, comparison)
                .toReach(ratio: 0.83, "to \(size) ready alone: within 1.2 x")
        }
    }

    private static func fill(
        _ bench: Bench,
        _ name: String,
        _ fill: (Filling) throws -> Void
    ) throws -> OpenStore {
        try bench.openStore(name).close()
        try fill(
            Filling(seed: Seed(path: "\(bench.folder)/\(name)/\(StoreOptions.fileName)"))
        )
        let open = try bench.openStore(name)
        try open.store.reconcileKinds(known: [.bench, pausedKind], now: open.clock.now)
        try open.store.setPaused(true, kind: pausedKind, now: open.clock.now)
        return open
    }
}

/// A seed with its two lanes.
private struct Filling {
    private let seed: Seed

    init(seed: Seed) throws {
        self.seed = seed
        try seed.lane(1, kind: JobKind.bench.rawValue)
        try seed.lane(2, kind: "paused")
    }

    func jobs(
        _ count: Int,
        _ state: Seed.State,
        lane: Int = 1,
        kind: String = JobKind.bench.rawValue
    ) throws {
        try seed.jobs(count, state, lane: lane, kind: kind)
    }
}
