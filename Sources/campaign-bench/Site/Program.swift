import Foundation
import Glibc

/// Other programs: started directly, so that nothing but their own time is measured.
enum Program {
    /// What a program did.
    struct Run {
        var exitCode: Int32
        var output: String
        var errors: String
        var milliseconds: Double
    }

    /// This program.
    static let itself: String = {
        let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return link ?? ProcessInfo.processInfo.arguments[0]
    }()

    /// A program that is built beside this one.
    static func built(_ name: String) throws -> String {
        try required("\((itself as NSString).deletingLastPathComponent)/\(name)", "make build")
    }

    /// A program that is installed, or says how it comes.
    static func required(_ path: String, _ remedy: String) throws -> String {
        guard access(path, X_OK) == 0 else { throw BenchFailure("no \(path): \(remedy)") }
        return path
    }

    /// Runs a program to its end.
    static func run(
        _ path: String,
        _ arguments: [String],
        environment: [String: String] = [:],
        input: String = "/dev/null"
    ) throws -> Run {
        let base = NSTemporaryDirectory() + "bench-\(UUID().uuidString)"
        defer { for ending in ["out", "err"] { unlink("\(base).\(ending)") } }
        let start = ContinuousClock.now
        let id = try spawn(
            path,
            arguments,
            environment: environment,
            files: [input, "\(base).out", "\(base).err"]
        )
        let status = wait(for: id)
        let milliseconds = start.milliseconds
        func text(_ ending: String) -> String {
            (try? String(contentsOfFile: "\(base).\(ending)", encoding: .utf8)) ?? ""
        }
        return Run(
            exitCode: status & 0x7F == 0 ? status >> 8 & 0xFF : -1,
            output: text("out"),
            errors: text("err"),
            milliseconds: milliseconds
        )
    }

    /// Starts a program with these files as its standard three.
    static func spawn(
        _ path: String,
        _ arguments: [String],
        environment: [String: String] = [:],
        files: [String]
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, files[0], O_RDONLY, 0)
        for descriptor in [1, 2] {
            posix_spawn_file_actions_addopen(
                &actions,
                Int32(descriptor),
                files[descriptor],
                O_WRONLY | O_CREAT | O_APPEND,
                0o600
            )
        }
        let all = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let words = cStrings([path] + arguments)
        let variables = cStrings(all.map { "\($0.key)=\($0.value)" })
        defer { for pointer in words + variables { free(pointer) } }
        var id: pid_t = 0
        let code = posix_spawn(&id, path, &actions, nil, words, variables)
        guard code == 0 else {
            throw BenchFailure("starting \(path): \(String(cString: strerror(code)))")
        }
        return id
    }

    /// Waits for a program's end; answers its status as waitpid(2) has it.
    @discardableResult
    static func wait(for id: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0, errno == EINTR {}
        return status
    }

    private static func cStrings(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
        texts.map { strdup($0) } + [nil]
    }
}
