import NIOCore

/// What a server listens on, and what it lets in.
package struct ServerSettings: Sendable {
    /// The Unix socket, always served.
    package var socket: SocketSettings
    /// The TCP listener; nil where there is none.
    package var tcp: TCPSettings?
    /// The public listener; nil where there is none.
    package var `public`: PublicSettings?

    /// Makes settings.
    package init(socket: SocketSettings, tcp: TCPSettings?, public: PublicSettings? = nil) {
        self.socket = socket
        self.tcp = tcp
        self.public = `public`
    }
}

/// The TCP listener that serves nothing but what providers and recipients must reach.
package struct PublicSettings: Sendable {
    package var host: String
    /// 0 lets the system choose.
    package var port: Int
    /// The most bytes of any body; routes set lower limits of their own.
    package var maximumBodyBytes: Int

    /// Makes settings.
    package init(host: String, port: Int, maximumBodyBytes: Int) {
        self.host = host
        self.port = port
        self.maximumBodyBytes = maximumBodyBytes
    }
}

/// The Unix socket and who may connect.
package struct SocketSettings: Sendable {
    package var path: String
    /// Permission bits.
    package var mode: UInt32
    /// The group that owns it; nil leaves the process's own.
    package var group: String?

    /// Makes settings.
    package init(path: String, mode: UInt32, group: String?) {
        self.path = path
        self.mode = mode
        self.group = group
    }
}

/// A TCP listener and who may call over it.
package struct TCPSettings: Sendable {
    package var host: String
    /// 0 lets the system choose.
    package var port: Int
    /// Empty: everybody on this machine may call; the host must then be a loopback address.
    package var tokens: [UserToken]
    /// The most bytes of any body; routes set lower limits of their own.
    package var maximumBodyBytes: Int

    /// Makes settings.
    package init(host: String, port: Int, tokens: [UserToken], maximumBodyBytes: Int) {
        self.host = host
        self.port = port
        self.tokens = tokens
        self.maximumBodyBytes = maximumBodyBytes
    }
}

/// A token and the user it proves; no description shows the token.
package struct UserToken: Sendable, CustomStringConvertible {
    package var user: String
    let token: String

    /// Makes a token.
    package init(user: String, token: String) {
        self.user = user
        self.token = token
    }

    package var description: String { "token of \(user)" }
}

/// How much one client may ask of a server.
enum ServerLimits {
    /// Connections of a listener; further clients wait until one is closed.
    static let connections = 512
    /// A connection on which nothing comes in for so long is closed, unless its answer is awaited.
    static let idle = TimeAmount.seconds(60)
    /// How long the head of a request may take, from the connection or the last answer on; longer
    /// than a connection may be idle.
    static let head = TimeAmount.seconds(75)
    /// How long a client may take to send a body that is held in memory.
    static let wholeBody = TimeAmount.seconds(60)
    /// How long one piece of an answer may lie unread.
    static let write = TimeAmount.seconds(60)
    /// All headers of a request together.
    static let headerBytes = 32 * 1_024
    static let headerCount = 100
    /// The slowest upload over TCP that is waited for, measured after a minute.
    static let bytesPerSecond = 1_024
    static let rateAfter = Duration.seconds(60)
    /// What of a refused body is read and dropped, so that the client gets to see the refusal.
    static let discardedBytes = 16 * 1_024 * 1_024
    static let discard = TimeAmount.seconds(2)
    /// Requests of a listener that may block on the store at once; others wait.
    static let requestThreads = 32
    /// Uploads of a listener that are taken in at once; others wait.
    static let uploadThreads = 8
    /// Pieces of an upload that lie ready.
    static let uploadPieces = 4
    /// Events a slow watcher may fall behind before it is cut off.
    static let eventsBehind = 1_000
    /// A quiet event stream says so this often.
    static let heartbeat = TimeAmount.seconds(15)
}
