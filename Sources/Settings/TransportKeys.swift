extension ConfigurationKeys {
    private typealias Key = ConfigurationKey<TransportConfiguration>

    /// The rows of `transports`; those of a server stand where a channel has a kind that uses one.
    static let transports: [ConfigurationKey<DaemonConfiguration>] =
        together
        + rows(of: "email", at: \.transports.email, kinds: [.spool, .smtp, .webhook, .command])
        + rows(
            of: "sms",
            at: \.transports.sms,
            kinds: [.spool, .twilio, .kannel, .webhook, .command]
        )
        + rows(of: "voice", at: \.transports.voice, kinds: [.spool, .twilio, .webhook, .command])
        + smtp.map { $0.lifted(under: "transports.email", at: \.transports.email) }

    private static let together: [ConfigurationKey<DaemonConfiguration>] = [
        .init(
            "transports.ratePerSecond",
            \.transports.rate.perSecond,
            .optional(.rate),
            "Messages a second on all channels together; an SMS counts once for each part. Empty: no limit."
        ),
        .init(
            "transports.burst",
            \.transports.rate.burst,
            .optional(.integer(1...1_000_000)),
            default: "one second's worth, at least 1",
            "Messages of all channels that may go at once after a rest; needs `ratePerSecond`."
        ),
    ]

    private static func rows(
        of channel: String,
        at field: Field<DaemonConfiguration, TransportConfiguration>,
        kinds: [TransportConfiguration.Kind]
    ) -> [ConfigurationKey<DaemonConfiguration>] {
        let kind = Key("kind", \.kind, .choice(kinds), "What carries the channel's messages.")
        return ([kind] + shared).map {
            $0.lifted(
                under: "transports.\(channel)",
                pattern: "transports.<channel>",
                at: field
            )
        } + gateways(of: channel, at: field, kinds: kinds)
    }

    private static func kind(
        _ kind: TransportConfiguration.Kind
    ) -> ConfigurationCondition<TransportConfiguration> {
        ConfigurationCondition(key: "kind", value: kind.rawValue, holds: { $0.kind == kind })
    }

    private static let shared: [Key] = [
        .init(
            "folder",
            \.folder,
            .path,
            when: kind(.spool),
            "Where messages are written; a relative path starts in `dataDir`."
        ),
        .init(
            "maxConnections",
            \.maxConnections,
            .integer(1...1_000),
            "Messages under way at once; a crash puts at most twice as many in doubt."
        ),
        .init(
            "ratePerSecond",
            \.rate.perSecond,
            .optional(.rate),
            "Messages a second, such as 0.5; an SMS counts once for each part. Empty: no limit."
        ),
        .init(
            "burst",
            \.rate.burst,
            .optional(.integer(1...1_000_000)),
            default: "one second's worth, at least 1",
            "Messages that may go at once after a rest; needs `ratePerSecond`."
        ),
        .init(
            "perSender.ratePerSecond",
            \.perSender.perSecond,
            .optional(.rate),
            "The same for each sender by itself."
        ),
        .init(
            "perSender.burst",
            \.perSender.burst,
            .optional(.integer(1...1_000_000)),
            default: "one second's worth, at least 1",
            "The same for each sender by itself; needs `perSender.ratePerSecond`."
        ),
        .init(
            "quietHours.from",
            \.quietHours.from,
            .optional(.timeOfDay),
            "From when on, by the recipient's clock, nothing is sent. Empty: there are no such hours."
        ),
        .init(
            "quietHours.to",
            \.quietHours.to,
            .optional(.timeOfDay),
            default: "required with `quietHours.from`",
            "When messages may leave again, on the next day if it is before `from`."
        ),
        .init(
            "quietHours.zone",
            \.quietHours.zone,
            .optional(.timeZone),
            default: "required with `quietHours.from`",
            "The time zone of recipients whose contact names none."
        ),
        .init(
            "inDoubt",
            \.inDoubt,
            .choice(TransportConfiguration.InDoubt.allCases),
            "What is done with a message that may or may not have been delivered."
        ),
        .init(
            "retry.first",
            \.retry.backoff.first,
            .duration(.milliseconds(1) ... .days(1)),
            "The wait after a message is first deferred; it grows with each further time."
        ),
        .init(
            "retry.max",
            \.retry.backoff.max,
            .duration(.milliseconds(1) ... .days(30)),
            "The longest wait between two attempts of a message."
        ),
        .init(
            "retry.attempts",
            \.retry.attempts,
            .integer(1...1_000),
            "Replies about a message itself after which it is given up."
        ),
        .init(
            "retry.giveUpAfter",
            \.retry.giveUpAfter,
            .duration(.seconds(1) ... .days(30)),
            "The age at which a deferred message is given up."
        ),
    ]

    private static let smtp: [Key] = [
        .init(
            "host",
            \.smtp.host,
            .host,
            default: "required",
            when: kind(.smtp),
            "The SMTP server."
        ),
        .init(
            "port",
            \.smtp.chosenPort,
            .optional(.integer(1...65_535)),
            default: "by `tls`: 25, 587 or 465",
            when: kind(.smtp),
            "The server's port."
        ),
        .init(
            "tls",
            \.smtp.tls,
            .choice(SMTPConfiguration.TLS.allCases),
            when: kind(.smtp),
            "Unprotected, by STARTTLS (which the server must offer), or TLS from the first byte."
        ),
        .init(
            "username",
            \.smtp.username,
            .optional(.text()),
            when: kind(.smtp),
            "The account at the server; empty for none."
        ),
        .init(
            "passwordFile",
            \.smtp.passwordFile,
            .optional(.path),
            when: kind(.smtp),
            "The file that holds the account's password."
        ),
        timeout(
            "connect",
            \.smtp.timeouts.connect,
            "How long connecting and the TLS handshake may take."
        ),
        timeout(
            "reply",
            \.smtp.timeouts.reply,
            "How long a reply may take, but for the one to the final dot."
        ),
        timeout(
            "afterDot",
            \.smtp.timeouts.afterDot,
            "How long the reply to the final dot may take."
        ),
        timeout("idle", \.smtp.timeouts.idle, "How long a connection without work is kept."),
    ]

    private static func timeout(
        _ stage: String,
        _ field: Field<TransportConfiguration, TimeSpan>,
        _ help: String
    ) -> Key {
        Key(
            "timeouts.\(stage)",
            field,
            .duration(.milliseconds(100) ... .hours(1)),
            when: kind(.smtp),
            help
        )
    }
}
