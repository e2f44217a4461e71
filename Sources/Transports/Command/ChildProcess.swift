import CLinux
import Dispatch
import Glibc
import Synchronization

/// A program that was started, until its end is known.
///
/// Used on one queue, after it was made on the `SpawnThread`.
final class ChildProcess: @unchecked Sendable {
    // The protector is the queue of `watch`, to which it is handed on once.

    /// How a program ended.
    enum Exit: Sendable {
        /// With a status, and the first line of its output.
        case exited(Int32, output: String)
        case signalled(Int32)
    }

    /// The system refused a process or a descriptor.
    struct StartFailure: Error, CustomStringConvertible {
        let code: Int32

        var description: String { String(cString: strerror(code)) }
    }

    private let id: pid_t
    private let output: Int32
    private let descriptor: Int32
    private var source: (any DispatchSourceRead)?
    private var isRunning = true

    /// Starts a program with `input` on its standard input.
    init(_ argv: [String], input: [UInt8]) throws(StartFailure) {
        let inputFile = try Self.memoryFile("campaignd message", holding: input)
        defer { close(inputFile) }
        output = try Self.memoryFile("campaignd output", holding: [])
        var arguments = argv.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        id = clinux_spawn(&arguments, inputFile, output)
        guard id > 0 else {
            let failure = StartFailure(code: errno)
            close(output)
            throw failure
        }
        descriptor = clinux_process_descriptor(id)
        guard descriptor >= 0 else {
            let failure = StartFailure(code: errno)
            Glibc.kill(-id, SIGKILL)
            waitpid(id, nil, 0)
            close(output)
            throw failure
        }
    }

    /// Calls `completion` once, when the program has ended.
    func watch(on queue: DispatchQueue, completion: @escaping (Exit) -> Void) {
        let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        source.setEventHandler { [self] in
            guard let exit = collect() else { return }
            source.cancel()
            self.source = nil
            completion(exit)
        }
        source.setCancelHandler { [descriptor, output] in
            close(descriptor)
            close(output)
        }
        self.source = source
        source.activate()
    }

    /// Kills the program and what it started.
    func kill() {
        if isRunning { Glibc.kill(-id, SIGKILL) }
    }

    private func collect() -> Exit? {
        var status: Int32 = 0
        guard waitpid(id, &status, WNOHANG) == id else { return nil }
        isRunning = false
        // The macros of wait(2), which Swift does not import.
        let signal = status & 0x7F
        return signal == 0 ? .exited(status >> 8 & 0xFF, output: firstLine) : .signalled(signal)
    }

    private var firstLine: String {
        var bytes = [UInt8](repeating: 0, count: Self.outputBytesMax)
        let count = pread(output, &bytes, bytes.count, 0)
        let line = bytes.prefix(max(0, count)).prefix { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
        return String(decoding: line, as: UTF8.self)
    }

    private static func memoryFile(
        _ name: String,
        holding bytes: [UInt8]
    ) throws(StartFailure) -> Int32 {
        let file = clinux_memory_file(name)
        guard file >= 0 else { throw StartFailure(code: errno) }
        // A write to memory is whole, or the memory is out.
        guard write(file, bytes, bytes.count) == bytes.count, lseek(file, 0, SEEK_SET) == 0 else {
            let failure = StartFailure(code: errno)
            close(file)
            throw failure
        }
        return file
    }

    /// How much of the output is kept.
    private static let outputBytesMax = 400
}

/// The thread that starts programs.
///
/// It never ends: the kernel kills a program when the thread that started it does.
final class SpawnThread: Sendable {
    static let shared = SpawnThread()

    private let waiting = Mutex<[@Sendable () -> Void]>([])
    private let signal = DispatchSemaphore(value: 0)

    private init() {
        var thread = pthread_t()
        let code = pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<SpawnThread>.fromOpaque(argument).takeRetainedValue().serve()
            },
            Unmanaged.passRetained(self).toOpaque()
        )
        precondition(code == 0, "the system has no thread for programs")
        pthread_detach(thread)
    }

    /// Runs work on the thread, in the order given.
    func run(_ work: @escaping @Sendable () -> Void) {
        waiting.withLock { $0.append(work) }
        signal.signal()
    }

    private func serve() -> Never {
        while true {
            signal.wait()
            let work = waiting.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            work?()
        }
    }
}
