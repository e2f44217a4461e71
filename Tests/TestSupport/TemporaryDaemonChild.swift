package import Glibc
import Synchronization

/// A program that a test started; it dies with the test at the latest.
package final class ChildProcess: Sendable {
    /// How a process ended.
    package enum End: Sendable, Equatable {
        /// By itself, with this exit code.
        case exited(Int32)
        /// By this signal.
        case killed(Int32)
    }

    /// What a program is started with.
    package struct Start: Sendable {
        package var program: String
        package var arguments: [String]
        package var environment: [String: String]
        /// The file it reads on standard input.
        package var input: String
        /// The files its output is added to.
        package var output: String
        package var errors: String

        package init(
            _ program: String,
            _ arguments: [String],
            environment: [String: String] = [:],
            input: String = "/dev/null",
            output: String = "/dev/null",
            errors: String = "/dev/null"
        ) {
            self.program = program
            self.arguments = arguments
            self.environment = environment
            self.input = input
            self.output = output
            self.errors = errors
        }
    }

    /// The system started no process.
    package struct StartFailure: Error {
        package let program: String
        package let errno: Int32
    }

    package let id: pid_t
    /// One end of a socket pair whose other end the process holds until it dies: its death can be
    /// waited for without asking again and again.
    let lifeline: Int32
    private let end = Mutex<End?>(nil)

    package init(_ start: Start) throws(StartFailure) {
        (id, lifeline) = try ChildSpawner.shared.spawn(start)
    }

    deinit {
        kill()
        _ = reap()
        close(lifeline)
    }

    /// Sends a signal, unless the process has ended.
    package func signal(_ number: Int32) {
        end.withLock { end in
            if end == nil { _ = Glibc.kill(id, number) }
        }
    }

    /// What `kill -9` does.
    package func kill() { signal(SIGKILL) }

    /// Waits for the end and says how it came.
    @discardableResult
    package func wait(seconds: Int32 = 60) throws(TestTimeout) -> End {
        guard hasEnded(within: seconds * 1_000) else {
            throw TestTimeout(what: "the end of process \(id)")
        }
        return reap()
    }

    /// Whether the process ends within so many milliseconds.
    package func hasEnded(within milliseconds: Int32) -> Bool {
        var request = pollfd(fd: lifeline, events: 0, revents: 0)
        return poll(&request, 1, milliseconds) == 1
    }

    /// The most memory it has had resident, in kilobytes (proc_pid_status(5)).
    package var peakResidentKilobytes: Int? {
        guard let status = TestFile.text("/proc/\(id)/status"),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") })
        else { return nil }
        return Int(line.split(whereSeparator: { $0 == " " || $0 == "\t" })[1])
    }

    private func reap() -> End {
        end.withLock { end in
            if let end { return end }
            var status: Int32 = 0
            while waitpid(id, &status, 0) < 0, errno == EINTR {}
            let signal = status & 0x7F
            let reaped: End = signal == 0 ? .exited(status >> 8 & 0xFF) : .killed(signal)
            end = reaped
            return reaped
        }
    }
}
