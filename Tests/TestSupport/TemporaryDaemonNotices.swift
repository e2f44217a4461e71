import Glibc

/// The socket on which a daemon says how it stands, as systemd offers it (sd_notify(3)).
final class NotifySocket: Sendable {
    let path: String
    private let socket: Int32

    init(path: String) throws {
        self.path = path
        socket = Glibc.socket(
            AF_UNIX,
            Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue),
            0
        )
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        precondition(path.utf8.count < MemoryLayout.size(ofValue: address.sun_path))
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let code = withUnsafeBytes(of: &address) { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) {
                bind(socket, $0.baseAddress, socklen_t(bytes.count))
            }
        }
        guard code == 0 else { throw LoopbackServer.ListenFailure(errno: errno) }
    }

    deinit { close(socket) }

    /// Forgets what an earlier daemon said.
    func drain() {
        while next() != nil {}
    }

    /// Waits for the process to say something, in the lines it said; nil when it ends before.
    func notice(of process: ChildProcess, seconds: Int32) throws(TestTimeout) -> [String]? {
        var requests = [
            pollfd(fd: socket, events: Int16(POLLIN), revents: 0),
            pollfd(fd: process.lifeline, events: 0, revents: 0),
        ]
        while poll(&requests, 2, seconds * 1_000) > 0 {
            if let words = next() { return words }
            if requests[1].revents != 0 { return nil }
        }
        throw TestTimeout(what: "a word of the daemon's")
    }

    private func next() -> [String]? {
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = recv(socket, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        guard count > 0 else { return nil }
        return String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n")
            .map(String.init)
    }
}
