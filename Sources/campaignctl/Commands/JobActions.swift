import APITypes
import ArgumentParser

/// Which jobs a command is for: ids, or conditions.
struct JobSelection: ParsableArguments {
    @Argument(help: "The jobs' ids.")
    var ids: [Int64] = []

    @Option(help: ArgumentHelp("All in these states instead.", valueName: "state,…"))
    var state: String?

    @Option(help: ArgumentHelp("With --state: only create, build or send.", valueName: "kind"))
    var kind: String?

    @Option(help: ArgumentHelp("With --state: only this campaign's.", valueName: "id"))
    var campaign: String?

    @Option(help: ArgumentHelp("With --state: only with this in the error.", valueName: "text"))
    var error: String?

    @Flag(help: "Only say what matches.")
    var dryRun = false

    func validate() throws {
        let hasCondition = [kind, campaign, error].contains { $0 != nil }
        if ids.isEmpty, state == nil {
            throw ValidationError("name the jobs, or say which with --state")
        }
        if !ids.isEmpty, state != nil || hasCondition {
            throw ValidationError("give ids or conditions, not both")
        }
    }

    var body: JobSelectionBody {
        var body = JobSelectionBody()
        body.ids = ids.isEmpty ? nil : ids
        body.states = state.map { $0.split(separator: ",").map(String.init) }
        body.kind = kind
        body.campaignId = campaign
        body.error = error
        body.dryRun = dryRun ? true : nil
        return body
    }

    /// Does the action called `verb` to the jobs, and says what came of it.
    func act(_ verb: String, done: String, in session: Session) throws {
        let call = Call.post("api", "jobs", verb)
            .carrying(.json(try JSONCoding.encode(body)))
        let target = ActionTarget(noun: "job", isByID: !ids.isEmpty, isDryRun: dryRun)
        try session.act(call, on: target, done: done)
    }
}

/// `campaignctl jobs retry`.
struct JobsRetry: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Make discarded or waiting jobs available again, with fresh attempts.",
        usage: """
            campaignctl jobs retry <ids> ... [--dry-run]
            campaignctl jobs retry --state <state,…> [<conditions>] [--dry-run]
            """,
        discussion: """
            EXAMPLES
              campaignctl jobs retry 7 8
              campaignctl jobs retry --state discarded --kind build --error "disk" --dry-run
            """
    )

    @OptionGroup var selection: JobSelection
    @OptionGroup var global: GlobalOptions

    func run(in session: Session) throws {
        try selection.act("retry", done: "available again", in: session)
    }
}

/// `campaignctl jobs cancel`.
struct JobsCancel: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Call jobs off, and their campaigns with them.",
        usage: """
            campaignctl jobs cancel <ids> ... [--dry-run]
            campaignctl jobs cancel --state <state,…> [<conditions>] [--dry-run]
            """,
        discussion: """
            A waiting job is cancelled at once, a running one at its next step. What has left has left.

            EXAMPLES
              campaignctl jobs cancel 7
              campaignctl jobs cancel --state scheduled,available --dry-run
            """
    )

    @OptionGroup var selection: JobSelection
    @OptionGroup var global: GlobalOptions

    func run(in session: Session) throws {
        try selection.act("cancel", done: "called off", in: session)
    }
}

/// `campaignctl jobs discard`.
struct JobsDiscard: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "discard",
        abstract: "Give jobs up; jobs retry brings them back.",
        usage: """
            campaignctl jobs discard <ids> ... [--dry-run]
            campaignctl jobs discard --state <state,…> [<conditions>] [--dry-run]
            """,
        discussion: """
            EXAMPLES
              campaignctl jobs discard 7
              campaignctl jobs discard --state held --error "unknown kind"
            """
    )

    @OptionGroup var selection: JobSelection
    @OptionGroup var global: GlobalOptions

    func run(in session: Session) throws {
        try selection.act("discard", done: "discarded", in: session)
    }
}

/// `campaignctl jobs release`.
struct JobsRelease: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "release",
        abstract: "Let jobs go on that are held as late, restored or of an unknown kind.",
        usage: """
            campaignctl jobs release <ids> ... [--dry-run]
            campaignctl jobs release --state <state,…> [<conditions>] [--dry-run]
            """,
        discussion: """
            EXAMPLES
              campaignctl jobs release 7
              campaignctl jobs release --state held --dry-run
            """
    )

    @OptionGroup var selection: JobSelection
    @OptionGroup var global: GlobalOptions

    func run(in session: Session) throws {
        try selection.act("release", done: "released", in: session)
    }
}
