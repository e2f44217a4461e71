import APITypes
import ArgumentParser

/// `campaignctl messages`: what to do about single messages.
struct MessagesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "messages",
        abstract: "Retry messages that failed, and settle those whose fate is unknown.",
        discussion: "To list them: campaignctl campaigns messages ID",
        subcommands: [MessagesRetry.self, MessagesResolve.self]
    )
}

/// Which messages a command is for: ids, or a campaign and a state.
struct MessageSelection: ParsableArguments {
    @Argument(help: "The messages' ids.")
    var ids: [Int64] = []

    @Option(help: ArgumentHelp("All of this campaign's instead, with --state.", valueName: "id"))
    var campaign: String?

    @Option(help: ArgumentHelp("With --campaign: those in this state.", valueName: "state"))
    var state: String?

    @Option(help: ArgumentHelp("With --campaign: only email, sms or voice.", valueName: "channel"))
    var channel: String?

    @Flag(help: "Only say what matches.")
    var dryRun = false

    func validate() throws {
        let hasCondition = [campaign, state, channel].contains { $0 != nil }
        if ids.isEmpty, campaign == nil || state == nil {
            throw ValidationError("name the messages, or say which with --campaign and --state")
        }
        if !ids.isEmpty, hasCondition {
            throw ValidationError("give ids or conditions, not both")
        }
    }

    /// Does the action called `verb` to the messages, and says what came of it.
    func act(
        _ verb: String,
        as resolution: Resolution? = nil,
        done: String,
        in session: Session
    ) throws {
        var body = MessageSelectionBody()
        body.ids = ids.isEmpty ? nil : ids
        body.campaignId = campaign
        body.state = state
        body.channel = channel
        body.as = resolution?.rawValue
        body.dryRun = dryRun ? true : nil
        let call = Call.post("api", "messages", verb)
            .carrying(.json(try JSONCoding.encode(body)))
        let target = ActionTarget(noun: "message", isByID: !ids.isEmpty, isDryRun: dryRun)
        try session.act(call, on: target, done: done)
    }
}

/// `campaignctl messages retry`.
struct MessagesRetry: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Send failed, bounced or deferred messages again, with fresh attempts.",
        usage: """
            campaignctl messages retry <ids> ... [--dry-run]
            campaignctl messages retry --campaign <id> --state <state> [--dry-run]
            """,
        discussion: """
            A campaign that had ended is SENDING again.

            EXAMPLES
              campaignctl messages retry 67108865
              campaignctl messages retry --campaign ID --state failed --dry-run
            """
    )

    @OptionGroup var selection: MessageSelection
    @OptionGroup var global: GlobalOptions

    func run(in session: Session) throws {
        try selection.act("retry", done: "ready again", in: session)
    }
}

/// `campaignctl messages resolve`.
struct MessagesResolve: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve",
        abstract: "Say what became of messages whose fate is unknown.",
        usage: """
            campaignctl messages resolve <ids> ... --sent|--resend
            campaignctl messages resolve --campaign <id> --state unknown --sent|--resend
            """,
        discussion: """
            EXAMPLES
              campaignctl messages resolve 67108865 --sent
              campaignctl messages resolve --campaign ID --state unknown --resend
            """
    )

    @OptionGroup var selection: MessageSelection

    @Flag(help: "Whether they left.")
    var resolution: Resolution

    @OptionGroup var global: GlobalOptions

    func run(in session: Session) throws {
        let done = resolution == .sent ? "settled as sent" : "ready to be sent again"
        try selection.act("resolve", as: resolution, done: done, in: session)
    }
}
