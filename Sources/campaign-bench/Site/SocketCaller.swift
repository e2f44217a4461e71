import Foundation
import Glibc

/// The other process of `pickup`: enqueues over the daemon's socket, one call after another.
///
/// Reads request bodies from standard input, one a line; writes one line for each call: the
/// campaign it made, and the nanoseconds of CLOCK_MONOTONIC at which the call began.
struct SocketCaller {
    let socket: String

    /// How long the daemon is left alone between two calls.
    private static let pause: UInt32 = 5_000

    func run(calls: Int) throws {
        guard let body = readLine() else { throw BenchFailure("no request to make") }
        for _ in 0..<calls {
            usleep(Self.pause)
            let began = Self.monotonicNanoseconds
            print(try campaign(in: reply(to: body)), began)
        }
    }

    /// The clock that two processes share.
    static var monotonicNanoseconds: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// Connects anew, as a command does.
    private func reply(to body: String) throws -> String {
        let connection = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(connection) }
        try connect(connection)
        let request = """
            POST /api/jobs HTTP/1.1\r
            Host: localhost\r
            Connection: close\r
            Content-Type: application/json\r
            Content-Length: \(body.utf8.count)\r
            \r
            \(body)
            """
        let bytes = Array(request.utf8)
        guard send(connection, bytes, bytes.count, 0) == bytes.count else {
            throw BenchFailure("the request was not taken whole")
        }
        var reply: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 8_192)
        while case let count = recv(connection, &part, part.count, 0), count > 0 {
            reply += part[..<count]
        }
        return String(decoding: reply, as: UTF8.self)
    }

    private func connect(_ connection: Int32) throws {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard socket.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw BenchFailure("the path of the socket is too long: \(socket)")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: socket.utf8) }
        let code = withUnsafeBytes(of: &address) { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) {
                Glibc.connect(connection, $0.baseAddress, socklen_t(bytes.count))
            }
        }
        guard code == 0 else { throw BenchFailure("connecting to \(socket): errno \(errno)") }
    }

    private func campaign(in reply: String) throws -> String {
        let parts = reply.split(separator: "\"campaignId\":\"", maxSplits: 1)
        guard reply.hasPrefix("HTTP/1.1 201"), parts.count == 2 else { throw BenchFailure(reply) }
        return String(parts[1].prefix { $0 != "\"" })
    }
}
