import ArgumentParser
import FoundationEssentials
import Glibc
import JobQueue
import Synchronization

@testable import campaignctl

/// Where a command is run: a folder of its own, perhaps with a scripted daemon, and what it printed.
final class Stage {
    let folder: String
    private(set) var daemon: ScriptedDaemon?
    private let output = Mutex("")
    private let notes = Mutex("")
    let clock = StageClock()
    /// What takes the lock where no daemon answers.
    var openFile: (String) throws -> OfflineFile.Attempt = { try OfflineFile.open(in: $0) }
    /// Called for each pause, after the clock was moved by it.
    var onPause: () throws -> Void = {}

    init() throws {
        // Short, as a socket's path has at most 107 bytes.
        var template = Array("/tmp/cctl-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw StageError.noFolder }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        try? daemon?.stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    var socket: String { folder + "/campaignd.sock" }
    var printed: String { output.withLock { $0 } }
    var noted: String { notes.withLock { $0 } }
    var requests: [ScriptedDaemon.Request] { daemon?.requests ?? [] }

    /// Starts a daemon that answers by `script`.
    func startDaemon(
        refusesEarly: Bool = false,
        script: @escaping ScriptedDaemon.Script
    ) throws {
        daemon = try ScriptedDaemon(at: socket, refusesEarly: refusesEarly, script: script)
    }

    /// Stops the daemon; its socket goes with it.
    func stopDaemon() throws {
        try daemon?.stop()
        daemon = nil
    }

    /// Writes a file into the folder and names it.
    func file(_ name: String, _ contents: String) throws -> String {
        let path = folder + "/" + name
        try Data(contents.utf8).write(to: URL(filePath: path))
        return path
    }

    var connection: Connection {
        let place = DaemonPlace(sockets: [socket], folder: folder)
        let surroundings = Surroundings(
            openFile: { [unowned self] in try openFile($0) },
            now: { [clock] in clock.now },
            pause: { [unowned self] span in
                clock.advance(by: span)
                try? onPause()
            }
        )
        return Connection(place: place, surroundings: surroundings)
    }

    /// Runs a command line and returns its exit code; what it prints adds to what was printed.
    @discardableResult
    func run(_ arguments: String..., width: Int? = nil) throws -> Int32 {
        var arguments = arguments
        let wantsJSON = arguments.contains("--json")
        arguments += ["--data-dir", folder]
        let console = Console(
            writeOut: { [unowned self] bytes in
                output.withLock { $0 += String(decoding: bytes, as: UTF8.self) }
            },
            writeError: { [unowned self] bytes in
                notes.withLock { $0 += String(decoding: bytes, as: UTF8.self) }
            },
            width: width,
            noteWidth: nil,
            now: { [clock] in clock.now }
        )
        let session = Session(connection: connection, console: console, wantsJSON: wantsJSON)
        do {
            guard let command = try CampaignCtl.parseAsRoot(arguments) as? any SessionCommand else {
                throw StageError.noCommand
            }
            try command.run(in: session)
            return 0
        } catch let failure as CommandFailure {
            console.report(failure, asJSON: wantsJSON)
            return failure.exit.rawValue
        } catch let code as ExitCode {
            return code.rawValue
        }
    }
}

/// What a stage could not do.
enum StageError: Error {
    case noFolder
    case noCommand
}

/// A clock that moves only when told.
final class StageClock: Sendable {
    /// 2025-08-28T20:00:00Z.
    static let start = Timestamp(milliseconds: 1_756_411_200_000)

    private let time = Mutex(StageClock.start)

    var now: Timestamp { time.withLock { $0 } }

    func advance(by span: Duration) {
        time.withLock { $0 = $0 + span }
    }
}
