import Dispatch
import Foundation
import Glibc
import TestSupport

/// A daemon with nothing to do: what it uses in a minute; `--n` is in seconds.
enum Idle: Scenario {
    static let name = "idle"
    static let standardSize = 60
    /// The log is copied two seconds after the last write, and threads end that have no more work.
    private static let settling: UInt32 = 10

    static func run(_ bench: Bench) throws -> [Figure] {
        let daemon = try TemporaryDaemon(configuration: "")
        try daemon.start()
        defer { try? daemon.kill() }
        // The same engine in this process, where its statements can be counted.
        StatementCount.begin()
        let engine = try Engine(bench)
        engine.start()
        sleep(settling)
        let before = try ProcessUse(daemon.running.id)
        let statements = StatementCount.value
        sleep(UInt32(bench.size))
        let used = try ProcessUse(daemon.running.id).since(before)
        var figure = Figure(
            name,
            "\(used.wakeUps) wake-ups",
            n: bench.size,
            seconds: Double(bench.size)
        )
        figure.sqlStatements = StatementCount.value - statements
        try engine.stop()
        figure.cpuSeconds = used.cpuSeconds
        figure.cpuPercent = used.cpuSeconds / Double(bench.size) * 100
        figure.rssMB = used.residentMegabytes
        return [
            figure.toReach(
                "0 statements, under 0.05 % CPU, under 40 MB",
                figure.sqlStatements == 0 && used.cpuSeconds / Double(bench.size) < 0.0005
                    && used.residentMegabytes < 40
            )
        ]
    }
}

/// What a process has used, as /proc has it (proc_pid_stat(5), proc_pid_status(5)).
private struct ProcessUse {
    var cpuSeconds: Double
    /// Times that a thread gave up its core by itself, and so was woken.
    var wakeUps: Int
    var residentMegabytes: Double

    init(_ process: pid_t) throws {
        // Behind the name, which is in brackets: fields 14 and 15, in hundredths of a second.
        let stat = TestFile.text("/proc/\(process)/stat")?.split(separator: ")").last ?? ""
        let ticks = stat.split(separator: " ").dropFirst(11).prefix(2).compactMap { Double($0) }
        cpuSeconds = ticks.reduce(0, +) / 100
        let threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task")
        wakeUps = threads.reduce(0) { sum, thread in
            let status = "/proc/\(process)/task/\(thread)/status"
            return sum + Int(Self.field("voluntary_ctxt_switches:", of: status))
        }
        residentMegabytes = Self.field("VmRSS:", of: "/proc/\(process)/status") / 1_024
    }

    func since(_ before: ProcessUse) -> ProcessUse {
        var use = self
        use.cpuSeconds -= before.cpuSeconds
        use.wakeUps -= before.wakeUps
        return use
    }

    private static func field(_ name: String, of file: String) -> Double {
        let line = TestFile.text(file)?.split(separator: "\n").first { $0.hasPrefix(name) }
        return line?.split { " \t".contains($0) }.dropFirst().first.flatMap { Double($0) } ?? 0
    }
}
