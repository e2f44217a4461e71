import Foundation
import TestSupport

/// A whole `campaignctl enqueue` process, with a daemon and without.
///
/// The floor is a whole `sqlite3 FILE "INSERT …"` process on the same tables.
enum CommandLine: Scenario {
    static let name = "cli"
    static let standardSize = 200

    static func run(_ bench: Bench) throws -> [Figure] {
        let daemon = try TemporaryDaemon(configuration: "")
        try FileManager.default.createDirectory(
            atPath: daemon.dataFolder,
            withIntermediateDirectories: true
        )
        let spec = "\(bench.folder)/spec.json"
        try TestFile.write(
            try Audience(onFolder: daemon.dataFolder, contacts: 1).spec,
            to: spec
        )
        let floor = try Shell(bench)
        func compare() throws -> Comparison {
            try Comparison(rounds: bench.size) {
                try Lap.each(1) { _ in try floor.insert() }
            } product: {
                try Lap.each(1) { _ in try enqueue(spec, daemon) }
            }
        }
        let down = figure("daemon down", try compare())
        try daemon.start()
        defer { try? daemon.kill() }
        let up = figure("daemon up", try compare())
        return [up.toReach(ratio: 0.4, "to sqlite3: p50 at most 2.5 x"), down]
    }

    private static func figure(_ variant: String, _ comparison: Comparison) -> Figure {
        var figure = Figure(name, variant, comparison)
        // Theirs, not this process's.
        figure.fsyncs = nil
        figure.cpuSeconds = nil
        figure.rssMB = nil
        return figure
    }

    /// A campaign of a distant date, so that the daemon has nothing else to do meanwhile.
    private static func enqueue(_ spec: String, _ daemon: TemporaryDaemon) throws {
        let run = try Program.run(
            Program.built("campaignctl"),
            ["enqueue", spec, "--until", "create", "--at", "2100-01-01T00:00:00Z"],
            environment: ["CAMPAIGND_DATA_DIR": daemon.dataFolder]
        )
        guard run.exitCode == 0 else { throw BenchFailure("enqueue: \(run.errors)") }
    }
}

/// The `sqlite3` shell on an empty queue.
private struct Shell {
    private let program: String
    private let file: String

    init(_ bench: Bench) throws {
        program = try Program.required("/usr/bin/sqlite3", "apt-get install sqlite3")
        file = "\(try bench.subfolder("floor"))/raw.sqlite3"
        try RawDatabase(path: file, sync: bench.sync).makeTables()
    }

    func insert() throws {
        let sql = FloorSQL.insert.replacingOccurrences(of: "?1", with: "1")
        let run = try Program.run(program, [file, sql])
        guard run.exitCode == 0 else { throw BenchFailure("sqlite3: \(run.errors)") }
    }
}
