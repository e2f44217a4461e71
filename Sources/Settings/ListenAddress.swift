import Glibc

/// A host and a TCP port to listen on, written `127.0.0.1:8080` or `[::1]:8080`.
package struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    /// An address or a name; an IPv6 address stands here without its brackets.
    package let host: String
    /// 0 lets the system choose a port.
    package let port: UInt16

    /// Reads an address; nil unless it has both a host and a port.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"),
            let port = text[text.index(after: colon)...].wholeNumber.flatMap(UInt16.init(exactly:))
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard Host.isWellFormed(host) else { return nil }
        self.host = String(host)
        self.port = port
    }

    /// Whether only programs of this machine can connect.
    package var isLoopback: Bool { Host.isLoopback(host) }

    /// The address as the configuration writes it.
    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// What can be told from the text of a host alone, without asking the resolver.
enum Host {
    private static let lengthMax = 253

    /// Whether the text could be a host name or a numeric address.
    static func isWellFormed(_ host: some StringProtocol) -> Bool {
        !host.hasPrefix("-") && (1...lengthMax).contains(host.utf8.count)
            && host.utf8.allSatisfy {
                $0.isASCIIAlphanumeric || [.dot, .hyphen, .underscore, .colon].contains($0)
            }
    }

    /// Whether the host is `localhost` (RFC 6761, 6.3) or a numeric loopback address.
    static func isLoopback(_ host: String) -> Bool {
        if host.lowercased() == "localhost" { return true }
        var v4 = in_addr()
        if inet_pton(AF_INET, host, &v4) == 1 {
            return UInt32(bigEndian: v4.s_addr) >> 24 == 127
        }
        var v6 = in6_addr()
        guard inet_pton(AF_INET6, host, &v6) == 1 else { return false }
        return withUnsafeBytes(of: &v6) { $0.dropLast().allSatisfy { $0 == 0 } && $0.last == 1 }
    }
}

extension UInt8 {
    fileprivate static let dot = UInt8(ascii: ".")
    fileprivate static let hyphen = UInt8(ascii: "-")
    fileprivate static let underscore = UInt8(ascii: "_")
    fileprivate static let colon = UInt8(ascii: ":")

    fileprivate var isASCIIAlphanumeric: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }
}
