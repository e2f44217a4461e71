import APITypes
import ArgumentParser

/// `campaignctl pause`: holds back a kind of job.
struct PauseCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Start no job of a kind until it is resumed.",
        discussion: """
            Jobs that run go on. To stop a campaign that is being sent: campaignctl campaigns pause.

            EXAMPLES
              campaignctl pause build
            """
    )

    @Argument(help: "create, build or send.")
    var kind: String

    @OptionGroup var global: GlobalOptions

    func run(in session: Session) throws {
        let document = try session.document(.put("api", "kinds", kind, "pause"))
        try session.confirm(document, "\(kind) jobs are paused; campaignctl resume \(kind) ends it")
    }
}

/// `campaignctl resume`: ends a pause.
struct ResumeCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Start jobs of a kind again.",
        discussion: """
            EXAMPLES
              campaignctl resume build
            """
    )

    @Argument(help: "create, build or send.")
    var kind: String

    @OptionGroup var global: GlobalOptions

    func run(in session: Session) throws {
        let document = try session.document(.put("api", "kinds", kind, "resume"))
        try session.confirm(document, "\(kind) jobs are started again")
    }
}
