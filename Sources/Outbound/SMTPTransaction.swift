/// One message's way through MAIL, RCPT, DATA, content and final dot (RFC 5321 section 3.3).
///
/// A value without a connection: replies go in, steps come out. With PIPELINING (RFC 2920) the three
/// commands leave together and their replies are read one after another; whatever was refused first
/// is the message's outcome, and the rest is read to leave the connection in a known state.
struct SMTPTransaction {
    /// What the connection has to do next.
    enum Step {
        /// Wait for the next reply.
        case wait
        /// Send `awaited`'s command.
        case sendCommand
        /// Send the content and the final dot.
        case sendContent
        /// Send a dot alone, which ends a DATA that was accepted although no recipient was.
        case sendEmptyContent
        /// The message has its outcome.
        case end(SMTPOutcome, Connection)
        /// The server broke the protocol: the connection is as good as lost.
        case fail(reason: String)
    }

    /// The state of the connection after a transaction.
    enum Connection {
        /// The server waits for the next MAIL.
        case ready
        /// The server may hold a half-made transaction, which RSET discards.
        case needsReset
        /// The connection cannot be used again.
        case unusable
    }

    /// What is waited for.
    enum Awaited {
        case reset
        case mail
        case rcpt
        case data
        /// The content is still leaving: no reply is due.
        case body
        case dot
        /// The reply to a dot that ends an empty content.
        case emptyDot

        var stage: SMTPStage {
            switch self {
            case .reset, .mail: .mail
            case .rcpt: .rcpt
            case .data, .emptyDot: .data
            case .body: .body
            case .dot: .dot
            }
        }
    }

    private let envelope: SMTPEnvelope
    private let isPipelined: Bool
    private(set) var awaited: Awaited
    /// The first refusal; later replies do not change it.
    private var verdict: SMTPOutcome?

    init(_ envelope: SMTPEnvelope, isPipelined: Bool, resetFirst: Bool) {
        self.envelope = envelope
        self.isPipelined = isPipelined
        awaited = resetFirst ? .reset : .mail
    }

    /// Whether nothing of the content has left and no refusal is known, so that the message may
    /// start again on another connection.
    var isRepeatable: Bool {
        guard verdict == nil else { return false }
        return switch awaited {
        case .reset, .mail, .rcpt, .data: true
        case .body, .dot, .emptyDot: false
        }
    }

    /// Whether the server has answered none of its commands.
    var isAtItsStart: Bool { verdict == nil && (awaited == .reset || awaited == .mail) }

    /// The outcome if the connection is lost now.
    func outcomeIfLost(reason: String) -> SMTPOutcome {
        verdict
            ?? (awaited == .dot
                ? .unknown(reason: reason) : .interrupted(awaited.stage, reason: reason))
    }

    /// The outcome if the message is given back now; nil once it cannot be taken back.
    var outcomeIfAbandoned: SMTPOutcome? {
        verdict ?? (awaited == .dot ? nil : .abandoned)
    }

    /// Writes the commands that may leave now: all of them when pipelined, else `awaited`'s own.
    func writeCommands(to buffer: SendBuffer) {
        var next: Awaited? = awaited
        while let command = next {
            switch command {
            case .reset:
                buffer.append("RSET\r\n")
                next = .mail
            case .mail:
                buffer.append("MAIL FROM:<\(envelope.sender)>\r\n")
                next = .rcpt
            case .rcpt:
                buffer.append("RCPT TO:<\(envelope.recipient)>\r\n")
                next = .data
            case .data:
                buffer.append("DATA\r\n")
                next = nil
            case .body, .dot, .emptyDot:
                preconditionFailure("no command is due in the content")
            }
            if !isPipelined { return }
        }
    }

    /// Writes the content and the final dot.
    func writeContent(to buffer: SendBuffer) {
        buffer.appendContent(envelope.content)
    }

    /// Notes that the kernel has the last byte of the final dot.
    mutating func contentHasLeft() {
        precondition(awaited == .body, "content leaves after DATA was accepted")
        awaited = .dot
    }

    /// Takes the reply to what was awaited.
    mutating func receive(_ raw: RawSMTPReply) -> Step {
        if raw.code == 421 { return closing(raw) }
        switch (awaited, raw.code / 100) {
        case (.reset, 2): return advance(to: .mail)
        case (.mail, 2): return advance(to: .rcpt)
        case (.rcpt, 2): return advance(to: .data)
        case (.data, 3): return startContent()
        case (.dot, 2): return .end(.accepted(SMTPReply(raw)), .ready)
        case (.mail, 4...5), (.rcpt, 4...5), (.data, 4...5), (.body, 4...5), (.dot, 4...5):
            return refuse(raw)
        case (.emptyDot, 2), (.emptyDot, 4...5): return end(.ready)
        default: return .fail(reason: "unexpected reply to \(awaited): \(SMTPReply(raw))")
        }
    }

    private mutating func advance(to next: Awaited) -> Step {
        awaited = next
        return isPipelined ? .wait : .sendCommand
    }

    private mutating func startContent() -> Step {
        guard verdict == nil else {
            awaited = .emptyDot
            return .sendEmptyContent
        }
        awaited = .body
        return .sendContent
    }

    private mutating func refuse(_ raw: RawSMTPReply) -> Step {
        verdict = verdict ?? .refused(awaited.stage, SMTPReply(raw))
        switch awaited {
        case .mail where isPipelined: return advance(to: .rcpt)
        case .rcpt where isPipelined: return advance(to: .data)
        case .dot: return end(.ready)
        case .body: return end(.unusable)
        default: return end(.needsReset)
        }
    }

    /// Reply 421: the server closes the connection, whatever it was asked (RFC 5321 section 3.8).
    private mutating func closing(_ raw: RawSMTPReply) -> Step {
        let reply = SMTPReply(raw)
        verdict =
            verdict
            ?? .serviceUnavailable(
                awaited.stage,
                reason: "the server closes the connection",
                reply: reply
            )
        return end(.unusable)
    }

    private func end(_ connection: Connection) -> Step {
        guard let verdict else { preconditionFailure("a transaction ends with a verdict") }
        return .end(verdict, connection)
    }
}
