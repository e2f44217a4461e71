import NIOCore

/// Closes a connection whose next request's head does not come in time.
///
/// It stands behind the decoder, so bytes of a head that is dripped in do not pass it, while they
/// keep resetting the idle time-out before it. Between a head and the answer to it nothing is
/// counted here: bodies and answers have limits of their own.
final class HeadDeadline: ChannelInboundHandler, ChannelOutboundHandler, RemovableChannelHandler {
    // Never looked into: that something passes is enough.
    typealias InboundIn = Never
    typealias OutboundIn = Never

    private let span: TimeAmount
    private var deadline: Scheduled<Void>?

    init(_ span: TimeAmount) {
        self.span = span
    }

    func handlerAdded(context: ChannelHandlerContext) { arm(context) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        deadline?.cancel()
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        arm(context)
        context.write(data, promise: promise)
    }

    func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

    private func arm(_ context: ChannelHandlerContext) {
        deadline?.cancel()
        deadline = context.eventLoop.scheduleTask(in: span) { [channel = context.channel] in
            channel.close(mode: .all, promise: nil)
        }
    }
}
