import CampaignAPI
import HTTPTypes
import HummingbirdCore
import JobQueue
import NIOCore
import ServiceLifecycle

/// Writes one answer, as fast as the client reads it.
struct ReplyWriter {
    let requests: BlockingPool
    let channel: any Channel
    /// Whether the request was HEAD: then nothing but the head is written.
    let isHead: Bool
    /// Whether the connection is to be closed behind the answer.
    let closes: Bool

    func write(_ reply: APIReply, to writer: consuming ResponseWriter) async throws {
        switch reply.content {
        case .bytes(let bytes):
            var head = head(of: reply)
            head.headerFields[.contentLength] = "\(bytes.count)"
            guard !isHead else { return try await writer.writeResponse(head) }
            let deadline = closeChannel()
            defer { deadline.cancel() }
            try await writer.write(
                response: head,
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
            )
        case .lines(let source):
            guard !isHead else { return try await writer.writeResponse(head(of: reply)) }
            var body: any ResponseBodyWriter = try await writer.writeHead(head(of: reply))
            try await write(source, to: &body)
            try await body.finish(nil)
        case .events(let feed):
            guard !isHead else { return try await writer.writeResponse(head(of: reply)) }
            var body: any ResponseBodyWriter = try await writer.writeHead(head(of: reply))
            try await write(feed, to: &body)
            try await body.finish(nil)
        case .later:
            preconditionFailure("a later answer is awaited before it is written")
        }
    }

    /// Pulls page after page; an error cuts the connection, so that a part is never taken for all.
    private func write(
        _ source: any ByteSource,
        to body: inout any ResponseBodyWriter
    ) async throws {
        while true {
            let page = await requests.run { Result { try source.next() } }
            guard let bytes = try page.get() else { return }
            try await write(bytes, to: &body)
        }
    }

    /// Writes events until the client or the server goes; a watcher that falls too far behind is
    /// cut off, and comes back to read the state anew.
    private func write(_ feed: EventFeed, to body: inout any ResponseBodyWriter) async throws {
        let (events, source) = AsyncStream<StoreEvent?>.makeStream(
            bufferingPolicy: .bufferingOldest(ServerLimits.eventsBehind)
        )
        let subscription = feed.subscribe { event in
            if case .dropped = source.yield(event) { source.finish() }
        }
        defer { subscription.cancel() }
        let heartbeat = channel.eventLoop.scheduleRepeatedTask(
            initialDelay: .zero,
            delay: ServerLimits.heartbeat
        ) { _ in
            source.yield(nil)
        }
        defer { heartbeat.cancel() }
        try await withGracefulShutdownHandler {
            for await event in events {
                guard let event else {
                    try await write(EventFeed.heartbeat, to: &body)
                    continue
                }
                let bytes = await requests.run { feed.render(event) }
                if let bytes { try await write(bytes, to: &body) }
            }
        } onGracefulShutdown: {
            source.finish()
        }
    }

    private func write(_ bytes: [UInt8], to body: inout any ResponseBodyWriter) async throws {
        let deadline = closeChannel()
        defer { deadline.cancel() }
        try await body.write(ByteBuffer(bytes: bytes))
    }

    /// Returns when all that was written has left; closing the connection drops what has not.
    func drain() async {
        let deadline = closeChannel()
        defer { deadline.cancel() }
        try? await channel.close(mode: .output).get()
    }

    private func head(of reply: APIReply) -> HTTPResponse {
        var fields = HTTPFields()
        for (name, value) in reply.headers {
            if let name = HTTPField.Name(name) {
                fields.append(HTTPField(name: name, value: value))
            }
        }
        fields[.date] = HTTPDate.now
        fields[.xContentTypeOptions] = "nosniff"
        if closes { fields[.connection] = "close" }
        return HTTPResponse(status: HTTPResponse.Status(code: reply.status), headerFields: fields)
    }

    /// Closes the connection of a client that does not read what is written now.
    private func closeChannel() -> Scheduled<Void> {
        channel.eventLoop.scheduleTask(in: ServerLimits.write) { [channel] in
            channel.close(mode: .all, promise: nil)
        }
    }
}
