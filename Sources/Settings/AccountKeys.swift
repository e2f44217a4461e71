extension ConfigurationKeys {
    /// The section whose members are accounts by name.
    static let accountsSection = "accounts"

    /// The rows of the accounts of these names.
    static func accounts(_ names: [String]) -> [ConfigurationKey<DaemonConfiguration>] {
        names.flatMap { name in
            account.map {
                $0.lifted(
                    under: "\(accountsSection).\(name)",
                    pattern: "\(accountsSection).\(ConfigurationSchema.anyName)",
                    at: \.accounts[name]
                )
            }
        }
    }

    private static let account: [ConfigurationKey<AccountConfiguration>] = [
        .init(
            "kind",
            \.kind,
            .choice(AccountConfiguration.Kind.allCases),
            "What kind of server it is."
        ),
        .init(
            "baseURL",
            \.baseURL,
            .baseURL,
            default: "required",
            "The server's root: `https://host`, without `/api`."
        ),
        .init(
            "userId",
            \.userID,
            .text(),
            default: "required",
            "The user, sent as `x-user-id`."
        ),
        .init(
            "tokenFile",
            \.tokenFile,
            .path,
            default: "required",
            "The file that holds the session token; read again when the account is resumed."
        ),
        .init(
            "marker",
            \.marker,
            .flag,
            "Whether a campaign's name at the server ends in a short word of its own."
        ),
        .init(
            "ambiguousSend",
            \.ambiguousSend,
            .choice(AccountConfiguration.AmbiguousSend.allCases),
            "What is done with a send that may or may not have happened."
        ),
        .init(
            "settle",
            \.settle,
            .duration(.milliseconds(100) ... .hours(1)),
            "How long an effect may come after its reply was lost; nothing is repeated before."
        ),
        .init(
            "poll.first",
            \.poll.first,
            .duration(.milliseconds(100) ... .hours(1)),
            "The wait before a campaign is looked at again; it grows while nothing changes."
        ),
        .init(
            "poll.max",
            \.poll.max,
            .duration(.milliseconds(100) ... .days(1)),
            "The longest wait between two looks at a campaign."
        ),
        .init(
            "requestTimeout",
            \.requestTimeout,
            .duration(.milliseconds(100) ... .hours(1)),
            "How long a request and its reply may take."
        ),
        .init(
            "ratePerSecond",
            \.ratePerSecond,
            .rate,
            "Requests a second, evenly spaced; never exceeded."
        ),
        .init(
            "maxConcurrent",
            \.maxConcurrent,
            .integer(1...64),
            "Requests under way at once."
        ),
        .init(
            "retry.first",
            \.retry.first,
            .duration(.milliseconds(1) ... .days(1)),
            "The wait after a step's first failure; it grows with each further one."
        ),
        .init(
            "retry.max",
            \.retry.max,
            .duration(.milliseconds(1) ... .days(30)),
            "The longest wait between two attempts of a step."
        ),
        .init(
            "statuses",
            \.statuses,
            .statuses,
            default: "none",
            "What the server's own statuses mean, such as `READY=BUILD,OVER=SENT`."
        ),
        .init(
            "caFile",
            \.caFile,
            .optional(.path),
            "The authorities to trust, as PEM; empty for those of the system."
        ),
    ]
}

extension ValueSyntax where Value == String {
    /// An `http` or `https` URL of a server's root, taken without the slash at its end.
    ///
    /// One that holds a user or a password is refused: it would be shown and logged.
    static var baseURL: Self {
        Self(
            allowed: "an http or https URL without user, query and fragment",
            isShown: false,
            read: { text in
                let url = text.hasSuffix("/") ? String(text.dropLast()) : text
                let rest = ["https://", "http://"].first(where: url.hasPrefix).map {
                    url.dropFirst($0.count)
                }
                guard let rest, !rest.isEmpty, !rest.hasPrefix("/"),
                    rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
                    !rest.contains(where: { "@?#\\\"<>".contains($0) })
                else { return nil }
                return url
            },
            write: { $0 }
        )
    }
}

extension ValueSyntax where Value == [String: String] {
    /// Words of a server with what they mean here, as in `READY=BUILD,OVER=SENT`.
    static var statuses: Self {
        let known = [
            "DRAFT", "BUILDING", "BUILD", "SENDING", "PAUSED", "SENT", "PARTIAL", "FAILED",
            "CANCELLED",
        ]
        return pairs(
            "a word of the server's with its meaning: one of " + known.joined(separator: ", "),
            key: { $0.isEmpty ? nil : $0.uppercased() },
            value: { known.contains($0.uppercased()) ? $0.uppercased() : nil },
            written: (key: { $0 }, value: { $0 })
        )
    }
}
