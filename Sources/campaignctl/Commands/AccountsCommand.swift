import APITypes
import ArgumentParser

/// `campaignctl accounts`: accounts at other servers.
struct AccountsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accounts",
        abstract: "Look at accounts at other servers, pause and resume them.",
        discussion: """
            An account is configured under accounts; a campaign goes there with \
            campaignctl enqueue --account NAME, or by defaultAccount.
            """,
        subcommands: [
            AccountsList.self, AccountsShow.self, AccountsPause.self, AccountsResume.self,
        ]
    )
}

/// `campaignctl accounts list`.
struct AccountsList: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the accounts, and whether their servers are there.",
        discussion: """
            EXAMPLES
              campaignctl accounts list
              campaignctl accounts list --json
            """
    )

    @OptionGroup var limit: LimitOption
    @OptionGroup var global: GlobalOptions

    func run(in session: Session) throws {
        try session.list(
            AccountBody.self,
            .get("api", "accounts"),
            limit: limit.limit,
            noun: "account"
        ) {
            var table = Table([
                .text("account"), .text("state"), .number("open jobs"), .text("server"),
                .flexible("why"),
            ])
            for account in $0 {
                table.add([
                    account.name,
                    account.state == "open" ? account.state : account.state.uppercased(),
                    DisplayText.count(account.openJobs), account.baseURL, account.reason,
                ])
            }
            return table
        }
    }
}

/// `campaignctl accounts show`.
struct AccountsShow: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show an account and what keeps its requests back.",
        discussion: """
            EXAMPLES
              campaignctl accounts show intelsend
            """
    )

    @Argument(help: "The account's name.")
    var name: String

    @OptionGroup var global: GlobalOptions

    func run(in session: Session) throws {
        try session.show(AccountBody.self, .get("api", "accounts", name)) { account in
            let now = session.console.now()
            var fields = FieldList()
            fields.add("account", account.name)
            fields.add("server", account.baseURL)
            fields.add("user", account.userId)
            fields.add("state", account.state)
            fields.add("why", account.reason)
            fields.add("since", account.since.map { TimeText.relative($0, to: now) })
            fields.add("again", account.retryAt.map { TimeText.relative($0, to: now) })
            fields.add(
                "limits",
                "\(account.ratePerSecond) requests a second, \(account.maxConcurrent) at once"
            )
            let jobs = account.jobs.sorted { $0.key < $1.key }
                .map { "\(DisplayText.count($0.value)) \($0.key)" }
            fields.add("jobs", jobs.isEmpty ? "none" : jobs.joined(separator: ", "))
            guard account.state == "paused" else { return fields.lines }
            return fields.lines + ["", "next", "  campaignctl accounts resume \(account.name)"]
        }
    }
}

/// `campaignctl accounts pause`.
struct AccountsPause: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Start no request of an account until it is resumed.",
        discussion: """
            Requests under way keep their outcome; jobs wait, and nothing is spent.

            EXAMPLES
              campaignctl accounts pause intelsend
            """
    )

    @Argument(help: "The account's name.")
    var name: String

    @OptionGroup var global: GlobalOptions

    func run(in session: Session) throws {
        let document = try session.document(.put("api", "accounts", name, "pause"))
        try session.confirm(
            document,
            "account \(name) is paused; campaignctl accounts resume \(name) ends it"
        )
    }
}

/// `campaignctl accounts resume`.
struct AccountsResume: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Go on with an account; its token is read anew.",
        discussion: """
            An account is paused by hand, or by the daemon when the server wants a new session: \
            then renew the file that tokenFile names first.

            EXAMPLES
              campaignctl accounts resume intelsend
            """
    )

    @Argument(help: "The account's name.")
    var name: String

    @OptionGroup var global: GlobalOptions

    func run(in session: Session) throws {
        let document = try session.document(.put("api", "accounts", name, "resume"))
        try session.confirm(document, "account \(name) goes on")
    }
}

extension AccountBody {
    /// Jobs that have not ended.
    fileprivate var openJobs: Int64 {
        jobs.filter { !["completed", "cancelled", "discarded"].contains($0.key) }
            .values.reduce(0, +)
    }
}
