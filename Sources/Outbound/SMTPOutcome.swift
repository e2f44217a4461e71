/// What became of one message: how far it got, and whether the server may have it.
package enum SMTPOutcome: Sendable, Equatable {
    /// The server took responsibility for it.
    case accepted(SMTPReply)
    /// The server answered 4xx or 5xx at MAIL, RCPT, DATA, in the content or after the final dot;
    /// also an address refused before anything was sent. Not delivered.
    case refused(SMTPStage, SMTPReply)
    /// The service cannot be used now: a fault of connection, TLS or AUTH, or reply 421 at any
    /// stage. Nothing of this message was delivered, and it is not this message's fault.
    case serviceUnavailable(SMTPStage, reason: String, reply: SMTPReply?)
    /// The connection died, fell silent or broke the protocol before the last byte of the final dot
    /// left. Not delivered.
    case interrupted(SMTPStage, reason: String)
    /// The connection died, fell silent or broke the protocol after the kernel had the whole final
    /// dot: the server may have the message or not.
    case unknown(reason: String)
    /// Given back at shutdown before the final dot left. Not delivered.
    case abandoned
}

/// A stage of an SMTP session, in order.
package enum SMTPStage: String, Sendable {
    /// Name resolution and TCP.
    case connect
    case greeting
    case ehlo
    /// STARTTLS and the TLS handshake, or the handshake alone where TLS comes first.
    case tls
    case auth
    case mail
    case rcpt
    case data
    /// The content, until the last byte of the final dot has left.
    case body
    /// The wait for the reply to the final dot.
    case dot
}
