package import Campaigns
import Dispatch
import Glibc
import JobQueue

/// Which program is run for each message.
package struct CommandSettings: Sendable {
    /// The program, looked up in PATH, and its arguments.
    package var argv: [String]
    /// How long one message may take.
    package var timeout: Duration

    /// Makes settings.
    package init(argv: [String], timeout: Duration) {
        precondition(!argv.isEmpty, "a command has a name")
        self.argv = argv
        self.timeout = timeout
    }
}

/// Runs a local program for each message: JSON on its standard input, the outcome in its exit status.
///
/// The program dies with the daemon. One that is killed, by us or by others, may have sent the
/// message: that is in doubt.
package final class CommandTransport: MessageTransport, @unchecked Sendable {
    // The protector is `queue`: all variables are touched on it alone.

    package let kind = "command"
    package let maxConnections: Int
    package let inDoubt: InDoubtPolicy
    let settings: CommandSettings
    private let queue = DispatchQueue(label: "campaignd.command")
    private var running: [ObjectIdentifier: ChildProcess] = [:]
    private var startingCount = 0
    private var onDrained: (@Sendable () -> Void)?
    /// The time to wait at the end is up: what starts now is killed at once.
    private var isTimeUp = false

    /// Makes the transport; nothing is run before the first message.
    package init(_ settings: CommandSettings, maxConnections: Int, inDoubt: InDoubtPolicy) {
        self.settings = settings
        self.maxConnections = maxConnections
        self.inDoubt = inDoubt
    }

    package func send(
        _ message: OutgoingMessage,
        completion: @escaping @Sendable (Result<Delivery, TransportError>) -> Void
    ) {
        let input = MessageDocument(message).encoded
        queue.async { [self] in
            guard onDrained == nil else { return completion(.failure(.abandoned)) }
            startingCount += 1
            SpawnThread.shared.run { [self] in
                let started = Result { () throws(ChildProcess.StartFailure) in
                    try ChildProcess(settings.argv, input: input)
                }
                queue.async { self.watch(started, completion) }
            }
        }
    }

    package func shutDown(timeout: Duration, completion: @escaping @Sendable () -> Void) {
        queue.async { [self] in
            onDrained = completion
            let wait = DispatchTimeInterval.milliseconds(Int(timeout.wholeMilliseconds))
            queue.asyncAfter(deadline: .now() + wait) { [self] in
                isTimeUp = true
                for child in running.values { child.kill() }
            }
            reportIfDrained()
        }
    }

    private func watch(
        _ started: Result<ChildProcess, ChildProcess.StartFailure>,
        _ completion: @escaping @Sendable (Result<Delivery, TransportError>) -> Void
    ) {
        startingCount -= 1
        switch started {
        case .failure(let failure):
            let reason = "the program cannot be started: \(failure)"
            completion(.failure(.unavailable(reason: reason, retryAfter: nil)))
            reportIfDrained()
        case .success(let child):
            running[ObjectIdentifier(child)] = child
            child.watch(on: queue) { [self] exit in
                running[ObjectIdentifier(child)] = nil
                completion(Self.judgement(exit).delivery)
                reportIfDrained()
            }
            if isTimeUp { return child.kill() }
            let wait = DispatchTimeInterval.milliseconds(Int(settings.timeout.wholeMilliseconds))
            queue.asyncAfter(deadline: .now() + wait) { [weak child] in child?.kill() }
        }
    }

    private func reportIfDrained() {
        guard running.isEmpty, startingCount == 0, let onDrained else { return }
        onDrained()
        self.onDrained = {}
    }

    private static func judgement(_ exit: ChildProcess.Exit) -> Judgement {
        switch exit {
        case .signalled(let signal):
            return Judgement(.unknown, reply: "the program was killed by signal \(signal)")
        case .exited(let status, let output):
            let words = output.isEmpty ? "exit \(status)" : "exit \(status): \(output)"
            return Judgement(meanings[status] ?? .content, reply: words)
        }
    }

    /// What an exit status says (sysexits.h, and a shell's words for a program that cannot be run);
    /// any other one refuses the message.
    private static let meanings: [Int32: ReplyClass] = [
        0: .accepted, 67: .recipient(nil), 68: .recipient(nil), 69: .away, 75: .deferred,
        77: .away, 78: .away, 126: .away, 127: .away,
    ]
}
