import APITypes
import ArgumentParser

/// `campaignctl jobs`: what the queue holds, and what to do about it.
struct JobsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs",
        abstract: "List jobs, tell their stories, and retry, cancel, release or give them up.",
        subcommands: [
            JobsList.self, JobsShow.self, JobsWhy.self, JobsFailed.self, JobsRetry.self,
            JobsCancel.self,
            JobsDiscard.self, JobsRelease.self, JobsResolve.self,
        ]
    )
}

/// `campaignctl jobs list`.
struct JobsList: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List jobs, newest first.",
        discussion: """
            EXAMPLES
              campaignctl jobs list --state held,discarded
              campaignctl jobs list --kind build --since 2h
              campaignctl jobs list --json | jq .id
            """
    )

    @Option(
        help: ArgumentHelp(
            "Only these: scheduled, available, running, retryable, held, completed, cancelled, discarded.",
            valueName: "state,…"
        )
    )
    var state: String?

    @Option(help: ArgumentHelp("Only create, build or send.", valueName: "kind"))
    var kind: String?

    @Option(help: ArgumentHelp("Only this campaign's.", valueName: "id"))
    var campaign: String?

    @Option(
        help: ArgumentHelp("Only those made since: RFC 3339, or 2h ago as 2h.", valueName: "time")
    )
    var since: String?

    @OptionGroup var limit: LimitOption
    @OptionGroup var global: GlobalOptions

    func run(in session: Session) throws {
        let call = Call.get("api", "jobs").asking("state", state).asking("kind", kind)
            .asking("campaign", campaign)
            .asking("since", since.map { session.console.instant(sinceOrAgo: $0) })
        try session.list(JobBody.self, call, limit: limit.limit, noun: "job") { jobs in
            JobTable.table(of: jobs, now: session.console.now())
        }
    }
}

/// `campaignctl jobs show`.
struct JobsShow: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Tell a job's whole story: every attempt, why it failed, what comes next.",
        discussion: """
            EXAMPLES
              campaignctl jobs show 7
              campaignctl jobs show 7 --json | jq '.attempts[].message'
            """
    )

    @Argument(help: "The job's id.")
    var id: Int64

    @OptionGroup var global: GlobalOptions

    func run(in session: Session) throws {
        try session.show(JobBody.self, .get("api", "jobs", "\(id)")) { job in
            JobStory(job: job, now: session.console.now()).lines
        }
    }
}

/// `campaignctl jobs why`.
struct JobsWhy: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Say what a job waits for, and what would move it on.",
        discussion: """
            EXAMPLES
              campaignctl jobs why 7
              campaignctl jobs why 7 --json | jq -r .waitsFor
            """
    )

    @Argument(help: "The job's id.")
    var id: Int64

    @OptionGroup var global: GlobalOptions

    func run(in session: Session) throws {
        try session.show(WhyBody.self, .get("api", "jobs", "\(id)", "why")) { why in
            WhyReport(why: why, now: session.console.now()).lines
        }
    }
}

/// `campaignctl jobs failed`.
struct JobsFailed: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "failed",
        abstract: "Show failed work grouped by kind and error, newest first.",
        discussion: """
            Counts discarded, retryable and held jobs; names one example of each group and what \
            to do about it.

            EXAMPLES
              campaignctl jobs failed
              campaignctl jobs failed --json | jq 'select(.count > 10)'
            """
    )

    @OptionGroup var global: GlobalOptions

    func run(in session: Session) throws {
        let call = Call.get("api", "jobs", "failed")
        guard !session.wantsJSON else { return try session.printLines(call) }
        let groups = try session.rows(FailureGroupBody.self, call)
        guard !groups.isEmpty else { return session.console.note("nothing has failed") }
        try session.console.print(FailureReport(groups: groups, now: session.console.now()).lines)
    }
}

/// `campaignctl jobs resolve`.
struct JobsResolve: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve",
        abstract: "Say what became of a job that is in doubt.",
        usage: "campaignctl jobs resolve <id> --sent|--resend [<options>]",
        discussion: """
            EXAMPLES
              campaignctl jobs resolve 7 --sent       it happened: go on from there
              campaignctl jobs resolve 7 --resend     it did not: do it again
            """
    )

    @Argument(help: "The job's id.")
    var id: Int64

    @Flag(help: "Whether the effect happened.")
    var resolution: Resolution

    @OptionGroup var global: GlobalOptions

    func run(in session: Session) throws {
        let body = ResolutionBody(as: resolution.rawValue)
        let call = Call.post("api", "jobs", "\(id)", "resolve")
            .carrying(.json(try JSONCoding.encode(body)))
        try session.show(JobBody.self, call) { ["job \($0.id) is \($0.state)"] }
    }
}

/// How something in doubt is settled by hand.
enum Resolution: String, EnumerableFlag {
    case sent
    case resend

    static func help(for value: Resolution) -> ArgumentHelp? {
        switch value {
        case .sent: "It happened."
        case .resend: "It did not: do it again."
        }
    }
}
