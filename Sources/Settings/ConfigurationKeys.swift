/// The table of keys: the one place that says what can be configured.
///
/// Reading, defaults, ranges, the names of flags and environment variables, and the table in
/// `docs/configuration.md` all come from these rows. A new key is a field and a row.
enum ConfigurationKeys {
    /// All rows, for a file that lists `tokens` tokens and these accounts.
    static func all(tokens: Int, accounts names: [String] = [])
        -> [ConfigurationKey<DaemonConfiguration>]
    {
        // An override of a kind starts as a copy of what holds for all kinds, so the rows of
        // `jobs` come before those of its kinds.
        daemon + jobs + jobKinds + transports + accounts(names) + http
            + (0..<tokens).flatMap { index in
                token.map {
                    $0.lifted(
                        under: "http.tokens[\(index)]",
                        pattern: "http.tokens[]",
                        at: \.http.tokens[index]
                    )
                }
            } + optOut + events + socket
    }

    private static let daemon: [ConfigurationKey<DaemonConfiguration>] = [
        .init(
            "dataDir",
            \.dataDir,
            .path,
            default: "`/var/lib/campaignd` for root, else `$XDG_STATE_HOME/campaignd`",
            "The folder of the database, the socket and the spool."
        ),
        .init(
            "workers",
            \.workers,
            .integer(1...128),
            "How many create and build jobs run at once."
        ),
        .init(
            "shutdownTimeout",
            \.shutdownTimeout,
            .duration(.seconds(0) ... .hours(1)),
            "How long work in flight may take to end once the daemon is told to stop."
        ),
        .init(
            "logLevel",
            \.logLevel,
            .choice(DaemonConfiguration.LogLevel.allCases),
            "The least severe level that is logged."
        ),
        .init(
            "logFormat",
            \.logFormat,
            .choice(DaemonConfiguration.LogFormat.allCases),
            "Lines of logfmt (`key=value`), or one JSON object a line."
        ),
        .init(
            "logAddresses",
            \.logAddresses,
            .flag,
            "Whether email addresses and phone numbers are logged as they are."
        ),
        .init(
            "region",
            \.region,
            .region,
            "The region of phone numbers without a country code."
        ),
        .init(
            "defaultAccount",
            \.defaultAccount,
            .text("`local`, or the name of an account"),
            "What carries campaigns that name no account: this daemon itself, or an account."
        ),
        .init(
            "jobs.lateAfter",
            \.lateAfter,
            .duration(.minutes(1) ... .days(3_650)),
            "How late a dated send may begin; a later one is held until `jobs release`."
        ),
        .init(
            "minFreeSpace",
            \.minFreeSpace,
            .bytes(0...1_000_000_000_000),
            "Below so much room on the data folder's disk nothing new is taken on."
        ),
        .init(
            "retention.completed",
            \.retention.completed,
            .optional(.duration(.days(1) ... .days(36_500))),
            "How long completed and cancelled jobs are kept; empty for ever."
        ),
        .init(
            "retention.failed",
            \.retention.failed,
            .optional(.duration(.days(1) ... .days(36_500))),
            "How long discarded jobs are kept; empty for ever."
        ),
        .init(
            "retention.campaigns",
            \.retention.campaigns,
            .optional(.duration(.days(90) ... .days(36_500))),
            "How long campaigns that are SENT, FAILED or CANCELLED are kept, with their messages; empty for ever."
        ),
    ]

    private static let jobs: [ConfigurationKey<DaemonConfiguration>] = job.map {
        $0.lifted(under: "jobs", at: \.jobs.all)
    }

    private static let jobKinds: [ConfigurationKey<DaemonConfiguration>] = JobsConfiguration.kinds
        .flatMap { kind in
            job.map {
                $0.lifted(
                    under: "jobs.kinds.\(kind)",
                    pattern: "jobs.kinds.<kind>",
                    at: \.jobs[kind],
                    default: "as `jobs.\($0.path)`"
                )
            }
        }

    private static let job: [ConfigurationKey<JobConfiguration>] = [
        .init(
            "maxAttempts",
            \.maxAttempts,
            .integer(1...1_000),
            "Attempts after which a failing job is discarded."
        ),
        .init(
            "retry.first",
            \.retry.first,
            .duration(.milliseconds(1) ... .days(1)),
            "The wait after a job's first failure; it grows with each further one."
        ),
        .init(
            "retry.max",
            \.retry.max,
            .duration(.milliseconds(1) ... .days(30)),
            "The longest wait between two attempts of a job."
        ),
    ]

    private static let http: [ConfigurationKey<DaemonConfiguration>] = [
        .init(
            "http.listen",
            \.http.listen,
            .optional(.listenAddress),
            "The TCP address of the API; without tokens, a loopback address only."
        ),
        .init(
            "http.public",
            \.http.publicListen,
            .optional(.listenAddress),
            "The TCP address that serves receipts and recipients' links, and nothing else."
        ),
        .init(
            "http.publicUrl",
            \.http.publicURL,
            .optional(.webAddress),
            "The URL by which the world reaches the root of `http.public`, through a proxy if need be."
        ),
        .init(
            "http.linkKeyFile",
            \.http.linkKeyFile,
            .optional(.path),
            "The file with the key that signs recipients' links; if empty, `link.key` in `dataDir`, made when it is first needed."
        ),
        .init(
            "http.maxBody",
            \.http.maxBodyBytes,
            .bytes(1_000...1_000_000_000),
            "The largest request body."
        ),
    ]

    private static let token: [ConfigurationKey<TokenConfiguration>] = [
        .init("user", \.user, .text(), default: "required", "The user that the token stands for."),
        .init(
            "file",
            \.file,
            .path,
            default: "required",
            "The file that holds the token."
        ),
    ]

    private static let optOut: [ConfigurationKey<DaemonConfiguration>] = [
        .init(
            "optOut.wordsFile",
            \.optOut.wordsFile,
            .optional(.path),
            "A CSV file of stop and start words in place of the English ones; see docs/consent.md."
        ),
        .init(
            "optOut.inboundSecretFile",
            \.optOut.inboundSecretFile,
            .optional(.path),
            "The file with the secret part of the path to which a gateway hands what recipients write back."
        ),
    ]

    private static let events: [ConfigurationKey<DaemonConfiguration>] = [
        .init(
            "events.url",
            \.events.url,
            .optional(.webAddress),
            "The webhook that is told what happens to jobs and campaigns; empty for none."
        ),
        .init(
            "events.secretFile",
            \.events.secretFile,
            .optional(.path),
            "The file that holds the webhook's secret: `whsec_` and Base64 of 24 to 64 bytes."
        ),
    ]

    private static let socket: [ConfigurationKey<DaemonConfiguration>] = [
        .init("socket.mode", \.socket.mode, .fileMode, "The permissions of the Unix socket."),
        .init(
            "socket.group",
            \.socket.group,
            .optional(.text("the name of a group")),
            "The group of the Unix socket; empty for the daemon's own."
        ),
    ]
}
