/// Where an SMTP server is, how to log in, and how many connections it may be given.
package struct SMTPConfiguration: Sendable {
    /// How a connection is secured.
    package enum Security: Sendable {
        /// Plain text throughout.
        case none
        /// The server must offer STARTTLS (RFC 3207); without it no session is opened.
        case startTLS
        /// TLS from the first byte (RFC 8314), usually on port 465.
        case implicit
    }

    /// A host name or an IP address without brackets.
    package var host: String
    package var port: UInt16
    package var tls: Security
    /// The login for AUTH (RFC 4954); empty for none.
    ///
    /// If it is set, a server that offers no AUTH counts as a fault.
    package var username: String
    package var password: String
    /// The most connections open at once, at least 1.
    package var maxConnections: Int
    /// The name given in EHLO; nil for the machine's own host name.
    package var heloName: String?
    package var timeouts: SMTPTimeouts
    /// A PEM file of the certificate authorities to trust; nil for the system's.
    package var caFile: String?

    package init(
        host: String,
        port: UInt16,
        tls: Security = .none,
        username: String = "",
        password: String = "",
        maxConnections: Int = 8,
        heloName: String? = nil,
        timeouts: SMTPTimeouts = SMTPTimeouts(),
        caFile: String? = nil
    ) {
        precondition(maxConnections >= 1, "an SMTP client needs at least one connection")
        self.host = host
        self.port = port
        self.tls = tls
        self.username = username
        self.password = password
        self.maxConnections = maxConnections
        self.heloName = heloName
        self.timeouts = timeouts
        self.caFile = caFile
    }
}

/// How long a client waits for a server at each stage (RFC 5321 section 4.5.3.2).
package struct SMTPTimeouts: Sendable {
    /// For a whole opening: name resolution, TCP, greeting, EHLO, TLS and AUTH together.
    package var connect: Duration
    /// For the reply to MAIL, to RCPT and to DATA.
    package var reply: Duration
    /// For the server to take a further part of the content.
    package var block: Duration
    /// For the reply to the final dot.
    package var afterDot: Duration
    /// How long a connection without work is kept before QUIT.
    package var idle: Duration

    package init(
        connect: Duration = .seconds(30),
        reply: Duration = .seconds(300),
        block: Duration = .seconds(180),
        afterDot: Duration = .seconds(600),
        idle: Duration = .seconds(60)
    ) {
        self.connect = connect
        self.reply = reply
        self.block = block
        self.afterDot = afterDot
        self.idle = idle
    }
}
