extension ConfigurationKeys {
    private typealias Key = ConfigurationKey<TransportConfiguration>
    private typealias Kind = TransportConfiguration.Kind

    /// The rows of the kinds that speak HTTP or run a program, for a channel that has them.
    static func gateways(
        of channel: String,
        at field: Field<DaemonConfiguration, TransportConfiguration>,
        kinds: [TransportConfiguration.Kind]
    ) -> [ConfigurationKey<DaemonConfiguration>] {
        let calls = channel == "voice" ? call : []
        let rows = gateway.filter { !kinds.filter($0.kinds.contains).isEmpty }.map(\.key)
        return (rows + calls).map {
            $0.lifted(under: "transports.\(channel)", pattern: "transports.<channel>", at: field)
        }
    }

    private struct Row: Sendable {
        var kinds: [TransportConfiguration.Kind]
        var key: ConfigurationKey<TransportConfiguration>
    }

    private static func row<Value>(
        _ path: String,
        _ field: Field<TransportConfiguration, Value>,
        _ syntax: ValueSyntax<Value>,
        _ kinds: [Kind],
        default defaultNote: String? = nil,
        _ help: String
    ) -> Row {
        Row(
            kinds: kinds,
            key: Key(path, field, syntax, default: defaultNote, when: kind(kinds), help)
        )
    }

    private static func kind(_ kinds: [Kind]) -> ConfigurationCondition<TransportConfiguration> {
        ConfigurationCondition(
            key: "kind",
            value: kinds.map(\.rawValue).joined(separator: " or "),
            holds: { kinds.contains($0.kind) }
        )
    }

    private static let gateway: [Row] = [
        row(
            "baseURL",
            \.gateway.baseURL,
            .optional(.webAddress),
            [.twilio, .kannel],
            default: "`https://api.twilio.com` for `twilio`; required for `kannel`",
            "The root of the provider's API."
        ),
        row(
            "url",
            \.gateway.url,
            .optional(.text("a URL")),
            [.webhook],
            default: "required",
            "Where each message is posted."
        ),
        row(
            "accountSid",
            \.gateway.accountSID,
            .optional(.text()),
            [.twilio],
            default: "required",
            "The account at the provider."
        ),
        row(
            "authTokenFile",
            \.gateway.authTokenFile,
            .optional(.path),
            [.twilio],
            default: "required",
            "The file that holds the account's token; reports are verified with it."
        ),
        row(
            "username",
            \.gateway.username,
            .optional(.text()),
            [.kannel],
            default: "required for `kannel`",
            "The account at the gateway."
        ),
        row(
            "passwordFile",
            \.gateway.passwordFile,
            .optional(.path),
            [.kannel],
            default: "required for `kannel`",
            "The file that holds the account's password."
        ),
        row(
            "secretFile",
            \.gateway.secretFile,
            .optional(.path),
            [.webhook],
            default: "required",
            "The file that holds the secret of the signature, such as `whsec_…`."
        ),
        row(
            "callbackURL",
            \.gateway.callbackURL,
            .optional(.webAddress),
            [.twilio, .kannel],
            default: "`http.publicUrl`",
            "The root by which the provider reaches `http.public`; with neither, no reports come."
        ),
        row(
            "caFile",
            \.caFile,
            .optional(.path),
            [.smtp, .twilio, .kannel, .webhook],
            "The authorities to trust, as PEM; empty for those of the system."
        ),
        row(
            "replies",
            \.gateway.replies,
            .replies,
            [.twilio, .kannel, .webhook],
            default: "[built in](delivery.md#what-answers-mean)",
            "What answers mean, over what is built in, such as `30007: deferred`; "
                + "a number below 600 is an HTTP status, any other a code of the provider's."
        ),
        row(
            "argv",
            \.gateway.argv,
            .arguments,
            [.command],
            default: "required",
            "The program that is run for each message, and its arguments."
        ),
        row(
            "timeout",
            \.gateway.timeout,
            .duration(.seconds(1) ... .hours(1)),
            [.command],
            "How long the program may take; it is killed then, and the message is in doubt."
        ),
    ]

    private static let call: [Key] =
        [
            row(
                "language",
                \.gateway.call.language,
                .optional(.text()),
                [.twilio],
                default: "the provider's",
                "The language of the voice, such as `en-US`."
            ),
            row(
                "optOutKey",
                \.gateway.call.optOutKey,
                .optional(.key),
                [.twilio],
                "The key by which a recipient opts out of calls."
            ),
            row(
                "repeatKey",
                \.gateway.call.repeatKey,
                .optional(.key),
                [.twilio],
                "The key by which a recipient hears the text again."
            ),
        ].map(\.key)
        + again("busy", \.gateway.call.busy, "a busy line")
        + again("noAnswer", \.gateway.call.noAnswer, "a call that nobody took")
        + again("machine", \.gateway.call.machine, "a call that a machine took")
        + again("network", \.gateway.call.network, "a call that did not get through") + [sipCodes]

    private static let sipCodes = row(
        "sipCodes",
        \.gateway.call.sipCodes,
        .sipCodes,
        [.twilio],
        "What SIP replies say of a call that did not get through; with any other it is `network`."
    ).key

    private static func again(
        _ outcome: String,
        _ field: Field<TransportConfiguration, CallRetryConfiguration>,
        _ what: String
    ) -> [Key] {
        let rows: [ConfigurationKey<CallRetryConfiguration>] = [
            .init(
                "after",
                \.after,
                .duration(.seconds(1) ... .days(1)),
                "How long after \(what) the next call is made."
            ),
            .init(
                "times",
                \.times,
                .integer(0...20),
                "How many further calls follow \(what)."
            ),
        ]
        return rows.map {
            var key = $0.lifted(under: "outcomes.\(outcome)", at: field)
            key.condition = kind([.twilio])
            return key
        }
    }
}

extension ValueSyntax where Value == [String] {
    /// A program and its arguments: a list in the file, words with blanks between them elsewhere.
    static var arguments: Self {
        Self(
            allowed: "a program and its arguments, as a list",
            isShown: false,
            isList: true,
            read: { text in
                let separator = text.contains(listSeparator) ? listSeparator : " "
                let words = text.split(separator: separator).map(String.init)
                return words.isEmpty ? nil : words
            },
            write: { $0.joined(separator: " ") }
        )
    }
}

extension ValueSyntax where Value == [Int: ReplyMeaning] {
    /// Numbers with what they mean.
    static var replies: Self {
        let words = ReplyMeaning.allCases.map(\.rawValue).joined(separator: ", ")
        return pairs(
            "an HTTP status from 300 to 599, or a code of the provider's from 600, with its meaning: "
                + "one of \(words)",
            key: { text in text.wholeNumber.map(Int.init).flatMap { $0 >= 300 ? $0 : nil } },
            value: { ReplyMeaning(rawValue: $0) },
            written: (key: { "\($0)" }, value: \.rawValue)
        )
    }
}

extension ValueSyntax where Value == [Int: CallFailure] {
    /// SIP replies with what they say of a call.
    static var sipCodes: Self {
        let words = CallFailure.allCases.map(\.rawValue).joined(separator: ", ")
        return pairs(
            "a SIP reply from 400 to 699 with what it says: one of \(words)",
            key: { text in
                text.wholeNumber.map(Int.init).flatMap { (400...699).contains($0) ? $0 : nil }
            },
            value: { CallFailure(rawValue: $0) },
            written: (key: { "\($0)" }, value: \.rawValue)
        )
    }
}

extension ValueSyntax where Value == String {
    /// A key of a telephone.
    static var key: Self {
        Self(
            allowed: "a key from 0 to 9, * or #",
            read: { text in
                text.count == 1 && "0123456789*#".contains(text) ? text : nil
            },
            write: { $0 }
        )
    }
}

/// Stands between the values of a list where they are one text; no other value may hold it.
let listSeparator: Character = "\u{1F}"
