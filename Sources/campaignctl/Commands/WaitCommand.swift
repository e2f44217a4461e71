import ArgumentParser

/// `campaignctl wait`: until a job or campaign has ended.
struct WaitCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait",
        abstract: "Wait until a campaign or a job has ended, or cannot go on by itself.",
        discussion: """
            Ends with 0 when the last step asked for is done (BUILD, SENT), with 1 and the reason \
            when it failed, is PARTIAL, held or paused, and with 75 when the time is up.

            EXAMPLES
              campaignctl wait ID
              campaignctl wait 7 --timeout 10m && echo done
            """
    )

    @Argument(help: ArgumentHelp("A job's or a campaign's id.", valueName: "id"))
    var id: String

    @Option(help: ArgumentHelp("Give up after 30s, 10m, 4h. Default: never.", valueName: "span"))
    var timeout: Span?

    @OptionGroup var global: GlobalOptions

    func run(in session: Session) throws {
        let waiter = Waiter(
            session: session,
            target: Waiter.Target(id: id),
            timeout: timeout?.duration
        )
        let outcome = try waiter.outcome()
        if session.wantsJSON {
            try session.console.print(document: outcome.document)
        } else if outcome.exit == .done {
            try session.console.print(outcome.lines)
        } else {
            for line in outcome.lines { session.console.note(line) }
        }
        try outcome.throwUnlessDone()
    }
}
