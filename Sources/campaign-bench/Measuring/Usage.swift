import CLinux
import Foundation
import Glibc

/// What this process has used so far.
struct Usage {
    var cpuSeconds: Double
    var fsyncs: Int

    static func now() -> Usage {
        var usage = rusage()
        getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
        return Usage(cpuSeconds: usage.cpuSeconds, fsyncs: SyncCount.value)
    }

    /// The most memory a process has had resident (proc_pid_status(5)); nil once it has ended.
    static func peakMegabytes(of process: String = "self") -> Double? {
        guard
            let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
            let kilobytes = Double(line.split { " \t".contains($0) }[1])
        else { return nil }
        return kilobytes / 1_024
    }

    /// Begins the peak of this process anew (proc_pid_clear_refs(5)).
    static func resetPeak() {
        malloc_trim(0)
        try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
    }
}

extension rusage {
    /// User and system time.
    var cpuSeconds: Double {
        Double(ru_utime.tv_sec + ru_stime.tv_sec)
            + Double(ru_utime.tv_usec + ru_stime.tv_usec) / 1_000_000
    }
}
