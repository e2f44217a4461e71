import Dispatch
import Glibc

/// Tells systemd how the service stands (sd_notify(3)); does nothing elsewhere.
enum SystemdNotifier {
    /// Sends assignments such as `READY=1` to `$NOTIFY_SOCKET`, all in one datagram.
    static func notify(_ assignments: String...) {
        guard let path = getenv("NOTIFY_SOCKET").map({ String(cString: $0) }),
            let first = path.utf8.first, path.utf8.count <= 107
        else { return }
        let kind = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_UNIX, kind, 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { bytes in
            bytes.copyBytes(from: path.utf8)
            // A name in the abstract space is written with an at sign.
            if first == UInt8(ascii: "@") { bytes[0] = 0 }
        }
        let length = socklen_t(
            MemoryLayout<sockaddr_un>.offset(of: \.sun_path).map { $0 + path.utf8.count } ?? 0
        )
        let text = assignments.joined(separator: "\n")
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                connect(descriptor, name, length)
            }
        }
        // A manager that does not read must not hold the daemon up for long.
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard code == 0, poll(&request, 1, patienceMilliseconds) == 1 else { return }
        send(descriptor, text, text.utf8.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
    }

    private static let patienceMilliseconds: Int32 = 5_000

    /// The time by which a start or a stop is to be waited for, from now.
    static func moreTime(_ span: Duration) -> String {
        let (seconds, attoseconds) = span.components
        return "EXTEND_TIMEOUT_USEC=\(seconds * 1_000_000 + attoseconds / 1_000_000_000_000)"
    }

    /// Asks for more time, again and again, until `work` has returned.
    ///
    /// For the opening of the file: a migration of millions of rows, with the backup before it, may
    /// take longer than any time-out that fits other starts.
    static func askingForTime<Result>(
        _ status: String,
        during work: () throws -> Result
    ) rethrows -> Result {
        let timer = DispatchSource.makeTimerSource(
            queue: DispatchQueue(label: "campaignd.start")
        )
        timer.schedule(deadline: .now() + .seconds(10), repeating: .seconds(10))
        timer.setEventHandler { notify(moreTime(.seconds(30))) }
        timer.activate()
        defer { timer.cancel() }
        notify("STATUS=\(status)", moreTime(.seconds(30)))
        return try work()
    }
}
