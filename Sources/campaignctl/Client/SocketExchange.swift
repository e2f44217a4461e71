import APITypes
import Dispatch
import JobQueue
import NIOCore
import NIOHTTP1

/// One call and its reply over one connection, for a thread that may block.
final class SocketExchange {
    /// What happened on the connection.
    enum Event: Sendable {
        case head(HTTPResponseHead)
        case body(ByteBuffer)
        case end
        /// All that was there has been read.
        case readComplete
        /// A part of the request has left.
        case written
        case closed(String)
    }

    private let channel: any Channel
    private let mailbox: Mailbox<Event>

    init(channel: any Channel, mailbox: Mailbox<Event>) {
        self.channel = channel
        self.mailbox = mailbox
    }

    deinit { channel.close(promise: nil) }

    /// Sends the call and waits for the head of its reply.
    ///
    /// - Parameter patience: how long the daemon may take for each step.
    func perform(_ call: Call, patience: Duration) throws -> Reply {
        // One read is always under way, so that a refusal is seen in the middle of an upload.
        channel.read()
        let head = try send(call, patience: patience) ?? awaitHead(patience: patience)
        return Reply(status: Int(head.status.code)) { [self] in
            try nextPart(patience: patience)
        }
    }

    /// Returns the head of the reply if it came before the whole body had left.
    private func send(_ call: Call, patience: Duration) throws -> HTTPResponseHead? {
        var head = HTTPRequestHead(
            version: .http1_1,
            method: HTTPMethod(rawValue: call.method),
            uri: call.target
        )
        head.headers.add(name: "host", value: "localhost")
        head.headers.add(name: "connection", value: "close")
        head.headers.add(name: "user-agent", value: "campaignctl/\(ProductVersion.current)")
        for header in call.allHeaders { head.headers.add(name: header.name, value: header.value) }
        switch call.body {
        case .none:
            if call.isWrite { head.headers.add(name: "content-length", value: "0") }
            channel.write(HTTPClientRequestPart.head(head), promise: nil)
        case .json(let bytes):
            head.headers.add(name: "content-length", value: String(bytes.count))
            channel.write(HTTPClientRequestPart.head(head), promise: nil)
            channel.write(part(bytes), promise: nil)
        case .upload(let file, _):
            head.headers.add(name: "transfer-encoding", value: "chunked")
            channel.write(HTTPClientRequestPart.head(head), promise: nil)
            if let early = try upload(file, patience: patience) { return early }
        }
        channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
        return nil
    }

    /// Sends the file part by part, each after the one before it has left.
    private func upload(_ file: InputFile, patience: Duration) throws -> HTTPResponseHead? {
        while let bytes = try file.next() {
            let mailbox = mailbox
            channel.writeAndFlush(part(bytes)).whenSuccess { mailbox.post(.written) }
            var hasLeft = false
            while !hasLeft {
                switch try take(patience: patience) {
                case .written: hasLeft = true
                case .head(let head): return head
                case .readComplete: channel.read()
                case .body, .end: break
                case .closed(let reason): throw ReplyError.lost(reason)
                }
            }
        }
        return nil
    }

    private func awaitHead(patience: Duration) throws -> HTTPResponseHead {
        while true {
            switch try take(patience: patience) {
            case .head(let head): return head
            case .readComplete: channel.read()
            case .written, .body, .end: break
            case .closed(let reason): throw ReplyError.lost(reason)
            }
        }
    }

    private func nextPart(patience: Duration) throws -> [UInt8]? {
        while true {
            switch try take(patience: patience) {
            case .body(let buffer): return Array(buffer.readableBytesView)
            case .end: return nil
            case .readComplete: channel.read()
            case .written, .head: break
            case .closed(let reason): throw ReplyError.lost(reason)
            }
        }
    }

    private func take(patience: Duration) throws -> Event {
        let wait = Int(patience.wholeMilliseconds)
        guard let event = mailbox.take(by: .now() + .milliseconds(wait)) else {
            throw ReplyError.lost("the daemon has not answered for \(wait / 1_000) s")
        }
        return event
    }

    private func part(_ bytes: [UInt8]) -> HTTPClientRequestPart {
        .body(.byteBuffer(ByteBuffer(bytes: bytes)))
    }
}

extension SocketExchange {
    /// Puts what the event loop reads into the mailbox.
    final class Reader: ChannelInboundHandler {
        typealias InboundIn = HTTPClientResponsePart

        private let mailbox: Mailbox<Event>

        init(mailbox: Mailbox<Event>) {
            self.mailbox = mailbox
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): mailbox.post(.head(head))
            case .body(let buffer): mailbox.post(.body(buffer))
            case .end: mailbox.post(.end)
            }
        }

        func channelReadComplete(context: ChannelHandlerContext) {
            mailbox.post(.readComplete)
        }

        func channelInactive(context: ChannelHandlerContext) {
            mailbox.post(.closed("the daemon hung up before it had answered"))
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            mailbox.post(.closed("the connection failed: \(error)"))
            context.close(promise: nil)
        }
    }
}
