import CampaignAPI
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

/// Answers the requests of one listener.
struct Responder: Sendable {
    let handler: APIHandler
    let access: AccessRules
    /// The most bytes of any body; nil leaves it to the routes.
    let maximumBodyBytes: Int?
    let logger: Logger
    private let requests: BlockingPool
    private let uploads: BlockingPool

    init(
        handler: APIHandler,
        access: AccessRules,
        maximumBodyBytes: Int?,
        label: String,
        logger: Logger
    ) {
        self.handler = handler
        self.access = access
        self.maximumBodyBytes = maximumBodyBytes
        self.logger = logger
        requests = BlockingPool(
            label: "campaignd.api.\(label).request",
            threads: ServerLimits.requestThreads
        )
        uploads = BlockingPool(
            label: "campaignd.api.\(label).upload",
            threads: ServerLimits.uploadThreads
        )
    }

    /// Reads one request, answers it, and closes the connection where its rest is not worth reading.
    func respond(
        to request: Request,
        _ writer: consuming ResponseWriter,
        _ channel: any Channel
    ) async throws {
        var body = BodyReader(request, limit: maximumBodyBytes, channel: channel)
        let reply: APIReply
        do {
            let parsed = try RequestParser.parse(request, access: access)
            if request.expectsContinue {
                try await writer.writeInformationalHead(HTTPResponse(status: .continue))
            }
            reply = try await answer(parsed, body: &body)
        } catch let problem as Problem {
            reply = problem.reply
        }
        if reply.status >= 500 { log(reply, to: request) }
        let isDone = body.isRead
        let output = ReplyWriter(
            requests: requests,
            channel: channel,
            isHead: request.method == .head,
            closes: !isDone || request.closes
        )
        try await output.write(try await settled(reply), to: writer)
        if !isDone { await body.discard() }
        if output.closes {
            await output.drain()
            throw ConnectionDone()
        }
    }

    private func log(_ reply: APIReply, to request: Request) {
        guard case .bytes(let problem) = reply.content else { return }
        logger.error(
            "a request failed",
            metadata: [
                "method": "\(request.method)", "path": "\(loggedPath(of: request))",
                "status": "\(reply.status)",
                "problem": "\(String(decoding: problem.prefix(1_000), as: UTF8.self))",
            ]
        )
    }

    /// Paths of the public listener hold secrets.
    private func loggedPath(of request: Request) -> String {
        guard case .public = access else { return request.uri.path }
        return handler.pattern(ofPath: request.uri.path, method: request.method.rawValue)
    }

    private func answer(_ request: APIRequest, body: inout BodyReader) async throws -> APIReply {
        var request = request
        switch handler.bodyHandling(method: request.method, path: request.path) {
        case .streamed(let limit):
            return try await upload(request, body: &body, limit: limit)
        case .whole(let limit): request.body = .bytes(try await body.whole(limit: limit))
        case nil: try await body.skip()
        }
        return await requests.run { [request] in handler.respond(to: request) }
    }

    /// Takes the body in while it comes; the handler's thread and this task go hand in hand.
    private func upload(
        _ request: APIRequest,
        body: inout BodyReader,
        limit: Int
    ) async throws -> APIReply {
        let pipe = BodyPipe()
        var request = request
        request.body = .stream(pipe)
        async let reply = uploads.run { [request] in
            defer { pipe.close() }
            return handler.respond(to: request)
        }
        await body.stream(into: pipe, limit: limit)
        return await reply
    }

    /// The answer itself, where it comes later; a server that stops gives it up.
    private func settled(_ reply: APIReply) async throws -> APIReply {
        guard case .later(let pending) = reply.content else { return reply }
        let awaited = AwaitedReply()
        let stopping = Problem(
            .unavailable,
            "the daemon is stopping; the work is stored and goes on when it is back"
        ).reply
        return await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await awaited.reply(to: pending)
            } onGracefulShutdown: {
                awaited.fulfil(stopping)
            }
        } onCancel: {
            awaited.fulfil(stopping)
        }
    }
}

/// Thrown to have the server close a connection whose answer is written.
struct ConnectionDone: Error {}

extension Request {
    /// Whether the client waits to be told to send its body (RFC 9110 section 10.1.1).
    fileprivate var expectsContinue: Bool {
        headers[.expect]?.lowercased() == "100-continue"
    }

    /// Whether the client wants the connection closed behind the answer.
    fileprivate var closes: Bool { headers[.connection]?.lowercased() == "close" }
}
