/// One transport for each channel.
package struct TransportsConfiguration: Sendable {
    /// How fast the messages of all channels together may go.
    package var rate = RateConfiguration()
    /// The transport of emails.
    package var email = TransportConfiguration(inDoubt: .resend)
    /// The transport of text messages.
    package var sms = TransportConfiguration(inDoubt: .hold)
    /// The transport of calls.
    package var voice = TransportConfiguration(inDoubt: .hold)
}

/// How the messages of one channel leave.
package struct TransportConfiguration: Sendable {
    /// What carries the messages.
    package enum Kind: String, CaseIterable, Sendable {
        /// Files in a folder.
        case spool
        /// An SMTP server; email only.
        case smtp
        /// A provider that speaks Twilio's REST API; SMS and voice only.
        case twilio
        /// A Kannel gateway; SMS only.
        case kannel
        /// A signed POST for each message.
        case webhook
        /// A local program for each message.
        case command
    }

    /// What is done with a message that may or may not have been delivered.
    package enum InDoubt: String, CaseIterable, Sendable {
        /// Sent again, once, by itself.
        case resend
        /// Left for an operator to resolve.
        case hold
    }

    /// What carries the messages.
    package var kind = Kind.spool
    /// Where kind `spool` writes; relative paths have been resolved against `dataDir`.
    package var folder = "outbox"
    /// A PEM file of the authorities to trust, for kinds that use TLS; nil trusts those of the system.
    package var caFile: String?
    /// The server of kind `smtp`; holds defaults for any other kind.
    package var smtp = SMTPConfiguration()
    /// The provider or program of the other kinds.
    package var gateway = GatewayConfiguration()
    /// Messages under way at once, 1 to 1,000.
    package var maxConnections = 32
    /// How fast all messages of the channel may go; no rate: as fast as they are taken.
    package var rate = RateConfiguration()
    /// How fast those of each sender may go.
    package var perSender = RateConfiguration()
    /// The hours in which its recipients get nothing.
    package var quietHours = QuietHoursConfiguration()
    /// What is done with a message in doubt.
    package var inDoubt: InDoubt
    /// How often, and how long, a message is tried.
    package var retry = DeliveryRetryConfiguration()
}

/// How fast messages may go; an SMS counts as often as it has parts.
package struct RateConfiguration: Sendable {
    /// Nil: no limit.
    package var perSecond: Double?
    /// Nil: one second's worth, at least one.
    package var burst: Int?
}

/// Hours of the recipient's day in which nothing is sent; all are set, or none.
package struct QuietHoursConfiguration: Sendable {
    /// Minutes after midnight.
    package var from: Int?
    package var to: Int?
    /// The IANA name of the zone of recipients whose contact names none.
    package var zone: String?
}

/// How long, and how often, one message is tried.
package struct DeliveryRetryConfiguration: Sendable {
    /// The waits between attempts.
    package var backoff = RetryConfiguration(first: .seconds(30), max: .hours(4))
    /// Replies about the message itself after which it is given up.
    package var attempts = 20
    /// The age, from its first attempt, at which a message is given up.
    package var giveUpAfter = TimeSpan.days(2)
}

/// An SMTP server and how to speak to it.
package struct SMTPConfiguration: Sendable {
    /// How the connection is protected.
    package enum TLS: String, CaseIterable, Sendable {
        /// Not at all.
        case none
        /// By STARTTLS (RFC 3207), which the server must offer.
        case starttls
        /// From the first byte (RFC 8314, 3.3).
        case tls
    }

    /// Never empty where the transport's kind is `smtp`.
    package var host = ""
    var chosenPort: Int?
    /// How the connection is protected.
    package var tls = TLS.starttls
    /// Set exactly where `password` is.
    package var username: String?
    var passwordFile: String?
    /// The content of `passwordFile`.
    package internal(set) var password: Secret?
    /// How long each stage may take.
    package var timeouts = SMTPTimeouts()

    /// The port as set, else the one that goes with `tls`: 25, 587 (RFC 6409) or 465 (RFC 8314).
    package var port: Int {
        if let chosenPort { return chosenPort }
        return switch tls {
        case .none: 25
        case .starttls: 587
        case .tls: 465
        }
    }
}

/// How long each stage of an SMTP session may take.
package struct SMTPTimeouts: Sendable {
    /// For connecting and the TLS handshake.
    package var connect = TimeSpan.seconds(30)
    /// For each reply but the one to the final dot (RFC 5321, 4.5.3.2).
    package var reply = TimeSpan.minutes(5)
    /// For the reply to the final dot (RFC 5321, 4.5.3.2.6): too short a time here sends twice.
    package var afterDot = TimeSpan.minutes(10)
    /// How long a connection without work is kept.
    package var idle = TimeSpan.seconds(60)
}
