import Foundation
import Glibc

/// A server that takes every message, in a process of its own.
final class SMTPSink {
    let port: UInt16
    private let process: pid_t

    /// Starts Debian's `smtp-sink` (package postfix), which is none of ours.
    convenience init() throws {
        let program = try Program.required("/usr/sbin/smtp-sink", "apt-get install postfix")
        // It refuses to run as root.
        let user = geteuid() == 0 ? ["-u", "nobody"] : []
        try self.init { port in (program, user + ["127.0.0.1:\(port)", "1000"]) }
    }

    /// Starts a sink of our own, which answers each message's final dot late: `smtp-sink` can only
    /// wait whole seconds.
    convenience init(dotDelayMilliseconds delay: Int) throws {
        try self.init { port in (Program.itself, ["--sink", "\(port)", "--n", "\(delay)"]) }
    }

    private init(_ command: (UInt16) -> (program: String, arguments: [String])) throws {
        port = try Self.freePort()
        let (program, arguments) = command(port)
        let null = "/dev/null"
        process = try Program.spawn(program, arguments, files: [null, null, null])
        for _ in 0..<500 {
            if Self.answers(port) { return }
            usleep(10_000)
        }
        stop()
        throw BenchFailure("\(program) does not listen")
    }

    deinit { stop() }

    func stop() {
        kill(process, SIGKILL)
        Program.wait(for: process)
    }

    /// A port that nobody has just now.
    private static func freePort() throws -> UInt16 {
        let listener = try ListeningSocket(port: 0)
        return listener.port
    }

    private static func answers(_ port: UInt16) -> Bool {
        let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(connection) }
        return ListeningSocket.withLoopback(port) { connect(connection, $0, $1) } == 0
    }
}

/// A TCP socket that listens on 127.0.0.1.
final class ListeningSocket {
    let descriptor: Int32
    private(set) var port: UInt16 = 0

    /// Listens on the port; 0 lets the system choose.
    init(port wanted: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        guard Self.withLoopback(wanted, { bind(descriptor, $0, $1) }) == 0,
            listen(descriptor, 1_024) == 0
        else { throw BenchFailure("listening on port \(wanted): errno \(errno)") }
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutableBytes(of: &address) { bytes in
            _ = bytes.withMemoryRebound(to: sockaddr.self) {
                getsockname(descriptor, $0.baseAddress, &length)
            }
        }
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(descriptor) }

    /// Calls `body` with the address of a port on 127.0.0.1.
    static func withLoopback(
        _ port: UInt16,
        _ body: (UnsafePointer<sockaddr>?, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafeBytes(of: &address) { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) {
                body($0.baseAddress, socklen_t(bytes.count))
            }
        }
    }
}
