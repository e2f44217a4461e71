import Glibc

/// Tells systemd how the service stands (sd_notify(3)); does nothing elsewhere.
enum SystemdNotifier {
    /// Sends one assignment such as `READY=1` to `$NOTIFY_SOCKET`.
    static func notify(_ state: String) {
        guard let path = getenv("NOTIFY_SOCKET").map({ String(cString: $0) }),
            let first = path.utf8.first, path.utf8.count <= 107
        else { return }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
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
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                _ = sendto(descriptor, state, state.utf8.count, 0, name, length)
            }
        }
    }
}
