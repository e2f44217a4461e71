import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A real HTTP server on a Unix socket that answers what a test says.
final class ScriptedDaemon: Sendable {
    /// A request as it arrived.
    struct Request: Sendable {
        var method: String
        var target: String
        var headers: [String: String]
        var body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// What becomes of a request.
    enum Answer: Sendable {
        case reply(Int, String)
        /// The parts of a body, each written by itself.
        case parts(Int, [String])
        /// The parts of a body, and then the connection breaks.
        case broken([String])
        /// The connection breaks before anything is answered.
        case hangUp
    }

    typealias Script = @Sendable (Request) -> Answer

    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let channel: any Channel
    private let arrivals: Arrivals

    /// Listens on `path` and answers by `script`.
    init(at path: String, refusesEarly: Bool = false, script: @escaping Script) throws {
        let arrivals = Arrivals()
        self.arrivals = arrivals
        channel = try ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.configureHTTPServerPipeline()
                    try pipeline.addHandler(
                        Handler(arrivals: arrivals, script: script, refusesEarly: refusesEarly)
                    )
                }
            }
            .bind(unixDomainSocketPath: path)
            .wait()
    }

    /// What arrived so far, in order.
    var requests: [Request] { arrivals.all.withLock { $0 } }

    /// Stops listening and closes every connection.
    func stop() throws {
        try channel.close().wait()
        try group.syncShutdownGracefully()
    }

    private final class Arrivals: Sendable {
        let all = Mutex<[Request]>([])
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let arrivals: Arrivals
        private let script: Script
        private let refusesEarly: Bool
        private var head: HTTPRequestHead?
        private var body: [UInt8] = []

        init(arrivals: Arrivals, script: @escaping Script, refusesEarly: Bool) {
            self.arrivals = arrivals
            self.script = script
            self.refusesEarly = refusesEarly
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): self.head = head
            case .body(let part):
                body += part.readableBytesView
                if refusesEarly { answer(context) }
            case .end: answer(context)
            }
        }

        private func answer(_ context: ChannelHandlerContext) {
            guard let head else { return }
            self.head = nil
            let request = Request(
                method: head.method.rawValue,
                target: head.uri,
                headers: Dictionary(head.headers.map { ($0.name.lowercased(), $0.value) }) { $1 },
                body: body
            )
            arrivals.all.withLock { $0.append(request) }
            switch script(request) {
            case .reply(let status, let text): write([text], status, context)
            case .parts(let status, let parts): write(parts, status, context)
            case .broken(let parts): write(parts, 200, context, isBroken: true)
            case .hangUp: context.close(promise: nil)
            }
        }

        private func write(
            _ parts: [String],
            _ status: Int,
            _ context: ChannelHandlerContext,
            isBroken: Bool = false
        ) {
            let head = HTTPResponseHead(
                version: .http1_1,
                status: HTTPResponseStatus(statusCode: status)
            )
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            for part in parts {
                let body = IOData.byteBuffer(ByteBuffer(string: part))
                context.writeAndFlush(wrapOutboundOut(.body(body)), promise: nil)
            }
            if !isBroken { context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil) }
            context.close(promise: nil)
        }
    }
}
