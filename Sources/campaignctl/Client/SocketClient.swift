import Dispatch
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

/// Connects to the daemon's Unix socket; each connection carries one call.
enum SocketClient {
    /// What came of trying to connect.
    enum Attempt {
        case connected(SocketExchange)
        /// No daemon listens there.
        case absent
        /// One listens, but could not take another connection just now.
        case busy(String)
        /// This user may not use the socket.
        case denied
    }

    /// Connects, or says why not.
    static func connect(to path: String) throws(CommandFailure) -> Attempt {
        // Without this look no event loop is needed where there is no daemon, the CLI's other half.
        guard path.utf8.count <= longestPath else { return .absent }
        guard access(path, F_OK) == 0 else { return errno == EACCES ? .denied : .absent }
        let mailbox = Mailbox<SocketExchange.Event>()
        do {
            let channel = try ClientBootstrap(group: group)
                .channelOption(.autoRead, value: false)
                .connectTimeout(connectTimeout)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let pipeline = channel.pipeline.syncOperations
                        try pipeline.addHTTPClientHandlers()
                        try pipeline.addHandler(SocketExchange.Reader(mailbox: mailbox))
                    }
                }
                .connect(unixDomainSocketPath: path)
                .wait()
            return .connected(SocketExchange(channel: channel, mailbox: mailbox))
        } catch let error as IOError {
            return try attempt(at: path, failedWith: error)
        } catch {
            return .busy("the daemon takes no connection: \(error)")
        }
    }

    private static func attempt(
        at path: String,
        failedWith error: IOError
    ) throws(CommandFailure) -> Attempt {
        switch error.errnoCode {
        case ENOENT, ENOTDIR, ECONNREFUSED, ENOTSOCK: return .absent
        case EACCES, EPERM: return .denied
        // What Linux answers while the socket's backlog is full.
        case EAGAIN, ECONNRESET, EPIPE: return .busy("the daemon takes no connection just now")
        default:
            throw CommandFailure(
                .inputOutput,
                "\(path): \(CommandFailure.systemMessage(error.errnoCode))"
            )
        }
    }

    /// One thread, made on first use; it lives as long as the process.
    private static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    /// `sun_path` without its final NUL (unix(7)).
    private static let longestPath = 107
    private static let connectTimeout = TimeAmount.seconds(5)
}
