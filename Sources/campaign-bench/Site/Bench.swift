import Foundation
import JobQueue
import SQLiteStore

/// What a scenario has: its size, its durability, and a folder that goes when it ends.
final class Bench {
    let size: Int
    let sync: Sync
    /// Short, as a Unix socket's path has at most 107 bytes.
    let folder: String

    init(size: Int, sync: Sync) throws {
        self.size = size
        self.sync = sync
        let base = ProcessInfo.processInfo.environment["CAMPAIGN_BENCH_DIR"] ?? "/tmp"
        folder = "\(base)/bench-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: false
        )
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// A new folder in the scenario's own.
    func subfolder(_ name: String) throws -> String {
        let path = "\(folder)/\(name)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    /// The product's store on a new file, or on one that lies in the folder, as the daemon opens it.
    func openStore(_ name: String = "data") throws -> OpenStore {
        let opened = try SQLiteStore.open(
            StoreOptions(
                folder: try subfolder(name),
                version: "bench",
                mayCreate: true,
                runsJobs: true,
                durability: sync == .full ? .full : .normal
            )
        )
        return OpenStore(store: opened.store, clock: opened.clock)
    }

    /// An empty queue of the floor.
    func openFloor(_ name: String = "floor") throws -> RawQueue {
        try RawQueue(path: "\(try subfolder(name))/raw.sqlite3", sync: sync)
    }

    /// The size shared out over rounds, at least one each.
    func size(in rounds: Int) -> Int { max(1, size / rounds) }
}

/// A store and the clock it was opened with.
struct OpenStore {
    let store: SQLiteStore
    let clock: any EngineClock

    func close() throws { try store.close(now: clock.now) }

    /// Stores that many no-op jobs in one call.
    func enqueue(_ count: Int) throws {
        _ = try store.enqueue(
            Array(repeating: NewJob(kind: .bench), count: count),
            now: clock.now
        )
    }
}

extension JobKind {
    /// Jobs that do nothing.
    static let bench = JobKind(rawValue: "bench")
}
