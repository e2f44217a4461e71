import Glibc
import Synchronization

/// A daemon on a folder of its own: the built `campaignd`, with the built `campaignctl` beside it.
package final class TemporaryDaemon: Sendable {
    /// What a command printed and how it ended.
    package struct CommandResult: Sendable {
        package let end: ChildProcess.End
        package let output: String
        package let errors: String
    }

    /// The daemon ended before it was ready.
    package struct NotReady: Error, CustomStringConvertible {
        package let end: ChildProcess.End
        package let log: String

        package var description: String { "campaignd \(end) before it was ready: \(log)" }
    }

    /// Holds everything of this daemon's; the data folder is one folder in it.
    package let folder: String
    private let owner: TestFolder
    private let notices: NotifySocket
    private let process = Mutex<ChildProcess?>(nil)
    private let commands = Atomic<Int>(0)

    /// Writes the configuration; nothing runs before ``start(failpoint:)``.
    package init(configuration yaml: String) throws {
        owner = try TestFolder()
        folder = owner.path
        notices = try NotifySocket(path: "\(folder)/ready")
        try TestFile.write(yaml, to: "\(folder)/campaignd.yaml")
    }

    package var dataFolder: String { "\(folder)/data" }
    /// Everything that every daemon here has logged.
    package var log: String { TestFile.text(logFile) ?? "" }
    private var logFile: String { "\(folder)/campaignd.log" }

    // MARK: The daemon

    /// Starts the daemon and waits until it is ready.
    package func start(
        failpoint: String? = nil,
        environment: [String: String] = [:]
    ) throws {
        try launch(failpoint: failpoint, environment: environment)
        while try !notice().contains("READY=1") {}
    }

    /// The lines of what the daemon tells systemd next.
    package func notice() throws -> [String] {
        guard let lines = try notices.notice(of: running, seconds: 20) else {
            throw NotReady(end: try running.wait(), log: log)
        }
        return lines
    }

    /// Starts the daemon, and returns at once.
    ///
    /// - Parameter failpoint: where it kills itself, as in `message.claimed:ann@example.org`.
    @discardableResult
    package func launch(
        failpoint: String? = nil,
        environment: [String: String] = [:]
    ) throws -> ChildProcess {
        notices.drain()
        var environment = environment
        environment["NOTIFY_SOCKET"] = notices.path
        environment["CAMPAIGND_FAILPOINT"] = failpoint
        let started = try ChildProcess(
            ChildProcess.Start(
                BuiltProgram.daemon,
                ["--data-dir", dataFolder, "--config", "\(folder)/campaignd.yaml"],
                environment: environment,
                errors: logFile
            )
        )
        process.withLock { $0 = started }
        return started
    }

    /// `kill -9`, and waits until it is dead.
    package func kill() throws {
        running.kill()
        try running.wait()
    }

    /// SIGTERM; waits for the end and says how it came.
    package func terminate() throws -> ChildProcess.End {
        running.signal(SIGTERM)
        return try running.wait()
    }

    /// The daemon that was started last.
    package var running: ChildProcess {
        guard let process = process.withLock({ $0 }) else {
            preconditionFailure("a daemon was started")
        }
        return process
    }

    // MARK: Commands

    /// A command ends by its own time-outs long before.
    private static let commandPatience: Int32 = 1_800

    /// Runs `campaignctl` on this daemon's folder to its end.
    package func control(_ arguments: [String], input: String? = nil) throws -> CommandResult {
        let number = commands.add(1, ordering: .relaxed).newValue
        let base = "\(folder)/command-\(number)"
        defer { for ending in ["in", "out", "err"] { unlink("\(base).\(ending)") } }
        if let input { try TestFile.write(input, to: "\(base).in") }
        let command = try ChildProcess(
            ChildProcess.Start(
                BuiltProgram.control,
                arguments,
                environment: ["CAMPAIGND_DATA_DIR": dataFolder],
                input: input == nil ? "/dev/null" : "\(base).in",
                output: "\(base).out",
                errors: "\(base).err"
            )
        )
        return CommandResult(
            end: try command.wait(seconds: Self.commandPatience),
            output: TestFile.text("\(base).out") ?? "",
            errors: TestFile.text("\(base).err") ?? ""
        )
    }
}
