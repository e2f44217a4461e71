import Glibc
import JobQueue

/// Where results and notes go, and what is known about the place they are read.
struct Console {
    /// Takes results.
    var writeOut: ([UInt8]) throws -> Void
    /// Takes notes, errors and progress.
    var writeError: ([UInt8]) -> Void
    /// Columns of the terminal results go to; nil: no terminal, nothing is cut.
    var width: Int?
    /// Columns of the terminal notes go to; nil: no terminal, no progress is shown.
    var noteWidth: Int?
    var now: () -> Timestamp

    /// Prints lines of a result.
    func print(_ lines: [String]) throws {
        guard !lines.isEmpty else { return }
        try writeOut(Array((lines.joined(separator: "\n") + "\n").utf8))
    }

    /// Prints one line of a result.
    func print(_ line: String) throws {
        try print([line])
    }

    /// Prints a document on a line of its own.
    func print(document: [UInt8]) throws {
        guard let last = document.last else { return }
        try writeOut(last == UInt8(ascii: "\n") ? document : document + [UInt8(ascii: "\n")])
    }

    /// Prints a line that is no part of the result.
    func note(_ line: String) {
        writeError(Array((line + "\n").utf8))
    }

    /// Prints why a command did not do what it was asked.
    func report(_ failure: CommandFailure, asJSON: Bool) {
        if asJSON {
            note(String(decoding: failure.json, as: UTF8.self))
        } else {
            for line in failure.lines { note(line) }
        }
    }

    /// The instant an option means: a date as it is written, or a span before now.
    func instant(sinceOrAgo text: String) -> String {
        Span(argument: text).map { (now() - $0.duration).description } ?? text
    }

    /// A bar on the terminal, or one that shows nothing where there is none.
    func progressBar(_ title: String, unit: ProgressMeter.Unit) -> ProgressBar {
        ProgressBar(title: title, unit: unit, width: noteWidth)
    }
}

extension Console {
    /// The standard streams.
    static func standard() -> Console {
        let clock = SystemClock()
        return Console(
            writeOut: { try write($0, to: STDOUT_FILENO) },
            writeError: { try? write($0, to: STDERR_FILENO) },
            width: terminalWidth(of: STDOUT_FILENO),
            noteWidth: terminalWidth(of: STDERR_FILENO),
            now: { clock.wall }
        )
    }

    private static func terminalWidth(of descriptor: Int32) -> Int? {
        guard isatty(descriptor) == 1 else { return nil }
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return usualWidth
        }
        return Int(size.ws_col)
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) throws(CommandFailure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                if errno == EPIPE { endByBrokenPipe() }
                throw CommandFailure(
                    .inputOutput,
                    "the result could not be written: \(CommandFailure.systemMessage(errno))"
                )
            }
            rest = rest.dropFirst(count)
        }
    }

    /// Ends as a program does whose reader went away (`| head`); SwiftNIO ignores the signal.
    private static func endByBrokenPipe() {
        signal(SIGPIPE, SIG_DFL)
        raise(SIGPIPE)
    }

    /// Columns where a terminal does not tell its own.
    private static let usualWidth = 80
}
