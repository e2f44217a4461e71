import Dispatch
import Foundation
import Synchronization

/// The one thread that starts every child process.
///
/// `setpriv --pdeathsig` lets the kernel end a child when its parent dies, and the parent is the
/// thread that made it (prctl(2), PR_SET_PDEATHSIG): a pool's threads come and go, this one stays.
final class ChildSpawner: Sendable {
    static let shared = ChildSpawner()

    private typealias Outcome = Result<(id: pid_t, lifeline: Int32), ChildProcess.StartFailure>

    private final class Errand: Sendable {
        let start: ChildProcess.Start
        let outcome = Mutex<Outcome?>(nil)
        let isDone = DispatchSemaphore(value: 0)

        init(_ start: ChildProcess.Start) { self.start = start }
    }

    private let errands = Mutex<[Errand]>([])
    private let arrivals = DispatchSemaphore(value: 0)

    private init() {
        Thread.detachNewThread { [self] in
            while true {
                arrivals.wait()
                let errand = errands.withLock { $0.removeFirst() }
                errand.outcome.withLock { $0 = Self.spawned(errand.start) }
                errand.isDone.signal()
            }
        }
    }

    /// Starts a process; answers its id and the test's end of its lifeline.
    func spawn(
        _ start: ChildProcess.Start
    ) throws(ChildProcess.StartFailure) -> (id: pid_t, lifeline: Int32) {
        let errand = Errand(start)
        errands.withLock { $0.append(errand) }
        arrivals.signal()
        errand.isDone.wait()
        guard let outcome = errand.outcome.withLock({ $0 }) else {
            preconditionFailure("an errand that is done has an outcome")
        }
        return try outcome.get()
    }

    private static func spawned(_ start: ChildProcess.Start) -> Outcome {
        var ends: [Int32] = [0, 0]
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { return failed(start, errno) }
        defer { close(ends[1]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let adding = O_WRONLY | O_CREAT | O_APPEND
        posix_spawn_file_actions_adddup2(&actions, ends[1], lifelineInChild)
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, start.input, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, start.output, adding, 0o600)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, start.errors, adding, 0o600)
        let words = ["setpriv", "--pdeathsig", "KILL", start.program] + start.arguments
        let variables = start.environment.map { "\($0.key)=\($0.value)" }
        var id: pid_t = 0
        let code = withCStrings(words) { words in
            withCStrings(variables) { variables in
                posix_spawnp(&id, "setpriv", &actions, nil, words, variables)
            }
        }
        guard code == 0 else {
            close(ends[0])
            return failed(start, code)
        }
        return .success((id, ends[0]))
    }

    private static func failed(_ start: ChildProcess.Start, _ code: Int32) -> Outcome {
        .failure(ChildProcess.StartFailure(program: start.program, errno: code))
    }

    private static func withCStrings<Result>(
        _ texts: [String],
        _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = texts.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }

    /// Behind the standard three; nothing else is inherited.
    private static let lifelineInChild: Int32 = 3
}
