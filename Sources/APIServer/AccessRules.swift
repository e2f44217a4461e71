package import CampaignAPI
package import Campaigns
import Crypto
import Glibc
import Synchronization

/// Who a request is made for, and whether it may be made at all.
package enum AccessRules: Sendable {
    /// The Unix socket: its file's mode and group say who may connect.
    case socket
    /// TCP on a loopback address without tokens: open to this machine's programs, not to its
    /// browsers' pages.
    case openLoopback
    /// TCP with tokens: every call needs one.
    case tokens(TokenList)
    /// The public listener: anybody may call, as nobody; each route asks for a proof of its own.
    case `public`

    /// The caller; throws a problem where the request is refused.
    package func caller(of request: RequestHead) throws(Problem) -> Caller {
        if case .public = self { return .nobody }
        let user = try request.userID()
        switch self {
        case .socket, .public: break
        case .openLoopback:
            try request.checkHostIsLoopback()
            try request.checkOrigin()
        case .tokens(let list):
            try request.checkOrigin()
            let owner = try owner(of: try request.token(), among: list.digests)
            guard user == nil || user == owner else {
                throw Problem(.forbidden, "x-user-id is not the user of the token")
            }
            return .user(owner)
        }
        return user.map { .user($0) } ?? .operator
    }

    /// Compares with every token, in the same time whichever it is.
    private func owner(
        of token: String,
        among digests: [TokenDigest]
    ) throws(Problem) -> String {
        let given = SHA256.hash(data: Array(token.utf8))
        var owner: String?
        for digest in digests where digest.value == given { owner = digest.user }
        guard let owner else { throw Problem(.unauthorised, "the token is not valid") }
        return owner
    }
}

/// The tokens that are valid now.
package final class TokenList: Sendable {
    private let current: Mutex<[TokenDigest]>

    /// Makes a list.
    package init(_ tokens: [UserToken]) {
        current = Mutex(tokens.map { TokenDigest($0) })
    }

    var digests: [TokenDigest] { current.withLock { $0 } }

    /// Has other tokens be valid; requests under way go on.
    func replace(with tokens: [UserToken]) {
        let digests = tokens.map { TokenDigest($0) }
        current.withLock { $0 = digests }
    }
}

/// A token as it is kept: its SHA-256, whose comparison takes constant time, and its user.
package struct TokenDigest: Sendable {
    let user: String
    let value: SHA256.Digest

    /// Digests a token; spaces in the user's id are dropped.
    package init(_ token: UserToken) {
        user = token.user.filter { $0 != " " }
        value = SHA256.hash(data: Array(token.token.utf8))
    }
}

/// What of a request decides on access.
package struct RequestHead: Sendable {
    /// Names in lower case.
    package var headers: [(name: String, value: String)]

    /// Makes a head.
    package init(headers: [(name: String, value: String)]) {
        self.headers = headers
    }

    private static let sessionCookie = "__Secure-next-auth.session-token"
    private static let maximumUserBytes = 128

    private func values(_ name: String) -> [String] {
        headers.filter { $0.name == name }.map(\.value)
    }

    /// The user named, without the spaces that the seed's own example has in it.
    fileprivate func userID() throws(Problem) -> String? {
        let users = Set(values("x-user-id").map { $0.filter { $0 != " " } })
        guard let user = users.first, users.count == 1 else {
            if users.isEmpty { return nil }
            throw Problem(.malformed, "x-user-id is given twice")
        }
        guard user.utf8.count <= Self.maximumUserBytes,
            user.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw Problem(
                .malformed,
                "x-user-id must be 1 to \(Self.maximumUserBytes) visible ASCII characters"
            )
        }
        return user.isEmpty ? nil : user
    }

    /// The bearer token, else the seed's session cookie.
    fileprivate func token() throws(Problem) -> String {
        for value in values("authorization") {
            let parts = value.split(separator: " ", maxSplits: 1)
            if parts.count == 2, parts[0].lowercased() == "bearer" {
                return parts[1].trimmingSpaces
            }
        }
        for pair in values("cookie").flatMap({ $0.split(separator: ";") }) {
            let parts = pair.split(separator: "=", maxSplits: 1)
            if parts.count == 2, parts[0].trimmingSpaces == Self.sessionCookie {
                return parts[1].trimmingSpaces
            }
        }
        throw Problem(.unauthorised, "the call needs a token: Authorization: Bearer …")
    }

    /// A page that made its own name point here (DNS rebinding) cannot pass as this machine.
    fileprivate func checkHostIsLoopback() throws(Problem) {
        guard let host = values("host").first, values("host").count == 1,
            LoopbackName.matches(authority: host)
        else {
            throw Problem(
                .forbidden,
                "the Host header must name this machine, as in localhost:8080"
            )
        }
    }

    /// Browsers name the page's origin in every call that could change something.
    fileprivate func checkOrigin() throws(Problem) {
        let host = values("host").first?.lowercased() ?? ""
        for origin in values("origin")
        where !["http://\(host)", "https://\(host)"].contains(origin.lowercased()) {
            throw Problem(.forbidden, "calls from pages of another origin are refused")
        }
    }
}

/// The names and addresses that mean this machine (RFC 6761 section 6.3, RFC 4291 section 2.5.3).
package enum LoopbackName {
    /// Whether a host is one, without port and without brackets.
    package static func matches(host: String) -> Bool {
        if host.lowercased() == "localhost" { return true }
        var v4 = in_addr()
        if inet_pton(AF_INET, host, &v4) == 1 {
            return UInt32(bigEndian: v4.s_addr) >> 24 == 127
        }
        var v6 = in6_addr()
        guard inet_pton(AF_INET6, host, &v6) == 1 else { return false }
        return withUnsafeBytes(of: &v6) { $0.dropLast().allSatisfy { $0 == 0 } && $0.last == 1 }
    }

    /// The same for `host`, `host:port` or `[address]:port`.
    static func matches(authority: String) -> Bool {
        if authority.hasPrefix("[") {
            let inside = authority.dropFirst().prefix { $0 != "]" }
            let rest = authority.dropFirst(inside.count + 1)
            return (rest == "]" || rest.hasPrefix("]:")) && matches(host: String(inside))
        }
        return matches(host: String(authority.prefix { $0 != ":" }))
    }
}

extension Substring {
    fileprivate var trimmingSpaces: String {
        let trimmed = drop { $0 == " " }.reversed().drop { $0 == " " }
        return String(trimmed.reversed())
    }
}
