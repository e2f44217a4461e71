import Campaigns
import Foundation
import Glibc
import TestSupport

/// From exec of the daemon to its first new work, after a death with eight running jobs and ten
/// thousand deferred messages that are due.
enum Recover: Scenario {
    static let name = "recover"
    static let standardSize = 10_000
    private static let repeats = 5
    private static let goalMilliseconds = 250.0

    static func run(_ bench: Bench) throws -> [Figure] {
        // The first message that leaves comes to this socket: that is new work.
        let server = try ListeningSocket(port: 0)
        let lap = try Lap.measure(repeats) {
            try (0..<repeats).map { round in
                let folder = "data\(round)"
                try CrowdedFolder.prepare(
                    bench,
                    folder: folder,
                    messages: bench.size,
                    state: .deferred
                )
                try die(in: "\(bench.folder)/\(folder)")
                return try recover("\(bench.folder)/\(folder)", server)
            }
        }
        let slowest = lap.percentile(1) ?? .infinity
        var figure = Figure(name, "8 running, \(bench.size) deferred", Comparison(lap))
        // Of the preparation, not of the daemon.
        figure.rate = nil
        figure.fsyncs = nil
        figure.cpuSeconds = nil
        figure.rssMB = nil
        return [figure.toReach("under 250 ms", slowest < goalMilliseconds)]
    }

    /// Has another process claim eight jobs and die of SIGKILL.
    private static func die(in folder: String) throws {
        let null = "/dev/null"
        let process = try Program.spawn(
            Program.itself,
            ["--die", folder],
            files: [null, null, "\(folder)/died"]
        )
        let status = Program.wait(for: process)
        guard status & 0x7F == SIGKILL else { throw BenchFailure("it did not die: \(status)") }
    }

    private static func recover(_ folder: String, _ server: ListeningSocket) throws -> Double {
        let configuration = "\(folder)/campaignd.yaml"
        try TestFile.write(
            """
            transports:
              email: { kind: smtp, host: 127.0.0.1, port: \(server.port), tls: none }
            """,
            to: configuration
        )
        let null = "/dev/null"
        let start = ContinuousClock.now
        let daemon = try Program.spawn(
            Program.built("campaignd"),
            ["--data-dir", folder, "--config", configuration],
            files: [null, null, "\(folder)/log"]
        )
        defer {
            kill(daemon, SIGKILL)
            Program.wait(for: daemon)
        }
        var request = pollfd(fd: server.descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&request, 1, 20_000) == 1 else {
            throw BenchFailure("no message left: \(TestFile.text("\(folder)/log") ?? "")")
        }
        let milliseconds = start.milliseconds
        drain(server)
        return milliseconds
    }

    /// Takes every connection that waits, so that the next round begins with none.
    private static func drain(_ server: ListeningSocket) {
        var request = pollfd(fd: server.descriptor, events: Int16(POLLIN), revents: 0)
        while poll(&request, 1, 50) == 1 { close(accept(server.descriptor, nil, nil)) }
    }
}
