import Dispatch

/// One connection's life: opened, then idle or busy with one message at a time, then closed.
///
/// Used on its client's queue alone. It holds its client until it has closed.
final class SMTPSession {
    /// What the session is doing.
    enum State {
        case opening
        case idle
        case busy
        case quitting
        case closed
    }

    /// How long the reply to QUIT is waited for.
    static let quitTimeout = Duration.seconds(5)

    /// The bytes read at once.
    private static let readBytes = 4_096

    private(set) var state = State.opening
    /// When `expire` is due; while the session opens, libcurl keeps the time.
    private(set) var deadline = DeadlineTimer.Instant.max

    private struct Work {
        let delivery: SMTPDelivery
        var transaction: SMTPTransaction
        /// Whether the message may start again elsewhere if this connection turns out dead.
        let mayMove: Bool
    }

    private let client: SMTPClient
    private let timeouts: SMTPTimeouts
    private let stream: SMTPStream
    private let buffer = SendBuffer()
    private var parser = SMTPReplyParser()
    private var first: SMTPDelivery?
    private var work: Work?
    private var offersPipelining = false
    private var needsReset = false
    private var isReused = false
    private var peerHasEnded = false

    /// A session that will send `first`, if there is one, before anything else.
    init(client: SMTPClient, first: SMTPDelivery?) {
        self.client = client
        self.first = first
        timeouts = client.configuration.timeouts
        stream = SMTPStream(client.configuration, queue: client.queue)
    }

    /// Starts to connect.
    func open() {
        stream.open { [self] result in
            switch result {
            case .success(let capabilities): opened(capabilities)
            case .failure(let fault): failed(fault)
            }
        }
    }

    /// Sends a message; the session must be idle.
    func start(_ delivery: SMTPDelivery) {
        precondition(state == .idle, "a session sends one message at a time")
        let transaction = SMTPTransaction(
            delivery.envelope,
            isPipelined: offersPipelining,
            resetFirst: needsReset
        )
        state = .busy
        needsReset = false
        work = Work(
            delivery: delivery,
            transaction: transaction,
            mayMove: isReused && !delivery.isSecondTry
        )
        transaction.writeCommands(to: buffer)
        wait(timeouts.reply)
        flush()
    }

    /// Acts on a deadline that has passed.
    func expire() {
        switch state {
        case .opening, .closed: break
        case .idle: quit()
        case .busy: lose("the server was silent for too long", mayMove: false)
        case .quitting: close()
        }
    }

    /// Ends an idle session in the orderly way.
    func quit() {
        precondition(state == .idle, "QUIT ends an idle session")
        state = .quitting
        buffer.append("QUIT\r\n")
        wait(Self.quitTimeout)
        flush()
    }

    /// Gives the message back unless its final dot has left, and ends the session when it can.
    func shutDown() {
        switch state {
        case .opening:
            first?.completion(.abandoned)
            first = nil
            close()
        case .idle:
            quit()
        case .busy:
            guard let outcome = work?.transaction.outcomeIfAbandoned else { return }
            finish(outcome, .unusable)
        case .quitting, .closed:
            break
        }
    }

    /// Ends the session now; a message whose final dot has left becomes unknown.
    func giveUp() {
        guard work != nil else { return close() }
        finish(.unknown(reason: "shut down before the reply to the final dot"), .unusable)
    }
}

extension SMTPSession {
    private func opened(_ capabilities: SMTPStream.Capabilities) {
        offersPipelining = capabilities.pipelining
        state = .idle
        stream.watch(onReadable: { [self] in read() }, onWritable: { [self] in flush() })
        if let delivery = first {
            first = nil
            start(delivery)
        } else {
            becomeFree()
        }
        isReused = true
        // What TLS has read already makes no socket readable.
        read()
    }

    private func failed(_ fault: SMTPStream.Fault) {
        first?.completion(fault.outcome)
        first = nil
        state = .closed
        stream.close()
        client.sessionHasFailed(self, fault)
    }

    private func becomeFree() {
        state = .idle
        wait(timeouts.idle)
        client.sessionIsFree(self)
    }

    private func finish(_ outcome: SMTPOutcome, _ connection: SMTPTransaction.Connection) {
        guard let delivery = work?.delivery else { preconditionFailure("no message to finish") }
        work = nil
        delivery.completion(outcome)
        needsReset = connection == .needsReset
        // Bytes left over would be taken for replies to the next message.
        if connection == .unusable || peerHasEnded || !parser.isEmpty || !buffer.isEmpty {
            close()
        } else {
            becomeFree()
        }
    }

    /// The connection is of no use any more: it has ended, is silent, or makes no sense.
    private func lose(_ reason: String, mayMove: Bool = true) {
        guard let work else { return close() }
        if mayMove && work.mayMove && work.transaction.isRepeatable {
            self.work = nil
            close(retrying: work.delivery)
        } else {
            finish(work.transaction.outcomeIfLost(reason: reason), .unusable)
        }
    }

    private func close(retrying delivery: SMTPDelivery? = nil) {
        guard state != .closed else { return }
        state = .closed
        deadline = .max
        stream.close()
        client.sessionHasClosed(self, retrying: delivery)
    }

    private func wait(_ duration: Duration) {
        deadline = DeadlineTimer.after(duration)
        client.deadlines.arm(deadline)
    }
}

extension SMTPSession {
    private func flush() {
        while state != .closed && !buffer.isEmpty {
            switch stream.send(buffer.nextChunk) {
            case .moved(let count):
                buffer.advance(by: count)
                if work?.transaction.awaited == .body { wait(timeouts.block) }
            case .wouldBlock:
                return
            case .ended(let reason):
                // The server may have said why before it went.
                read()
                if state != .closed { lose(reason) }
                return
            }
        }
        if work?.transaction.awaited == .body {
            work?.transaction.contentHasLeft()
            wait(timeouts.afterDot)
        }
    }

    private func read() {
        while state != .closed {
            switch receive() {
            case .moved:
                if parser.isFull { takeReplies() }
            case .wouldBlock:
                return takeReplies()
            case .ended(let reason):
                peerHasEnded = true
                takeReplies()
                if state != .closed { lose(reason) }
                return
            }
        }
    }

    private func receive() -> SMTPStream.Transfer {
        withUnsafeTemporaryAllocation(byteCount: Self.readBytes, alignment: 1) { bytes in
            let transfer = stream.receive(into: bytes)
            if case .moved(let count) = transfer {
                parser.append(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
            }
            return transfer
        }
    }

    private func takeReplies() {
        do {
            while state != .closed, let reply = try parser.next() { take(reply) }
            // A server that speaks unasked is about to close.
            if state == .idle && !parser.isEmpty { close() }
        } catch {
            lose(error.reason)
        }
    }

    private func take(_ reply: RawSMTPReply) {
        if reply.code == 421, let work, work.mayMove, work.transaction.isAtItsStart {
            return lose("the server closed an idle connection: \(SMTPReply(reply))")
        }
        // Without a message, a reply is the one to QUIT, or the server speaks unasked.
        guard let step = work?.transaction.receive(reply) else { return close() }
        switch step {
        case .wait:
            wait(timeouts.reply)
        case .sendCommand:
            work?.transaction.writeCommands(to: buffer)
            wait(timeouts.reply)
            flush()
        case .sendContent:
            work?.transaction.writeContent(to: buffer)
            wait(timeouts.block)
            flush()
        case .sendEmptyContent:
            buffer.appendContent([])
            wait(timeouts.afterDot)
            flush()
        case .end(let outcome, let connection):
            finish(outcome, connection)
        case .fail(let reason):
            lose(reason)
        }
    }
}
