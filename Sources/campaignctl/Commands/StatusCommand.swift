import APITypes
import ArgumentParser
import Campaigns

/// `campaignctl status`: what runs, what stands still, and what to do about it.
struct StatusCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show whether the daemon runs, what is being sent, and what waits for you.",
        discussion: """
            EXAMPLES
              campaignctl status
              campaignctl status --watch
              campaignctl status --json | jq '.transports[] | select(.state != "closed")'
            """
    )

    @Flag(help: "Go on showing it; where there is no terminal, one JSON document for each change.")
    var watch = false

    @OptionGroup var global: GlobalOptions

    func run(in session: Session) throws {
        if watch {
            let place = try DaemonPlace.current(flag: global.dataDir)
            return try StatusWatcher(session: session, place: place).run()
        }
        let document = try session.document(.get("api", "status"))
        guard !session.wantsJSON else { return try session.console.print(document: document) }
        let status = try session.read(StatusBody.self, from: document)
        try session.console.print(StatusReport(status: status, in: session).lines)
    }
}

extension StatusReport {
    /// Asks for the campaigns that belong to the status.
    init(status: StatusBody, in session: Session) throws {
        self.init(
            status: status,
            now: session.console.now(),
            sending: try Self.campaigns(.sending, in: session),
            paused: try Self.campaigns(.paused, in: session),
            partial: try Self.campaigns(.partial, in: session)
        )
    }

    private static func campaigns(_ status: CampaignStatus, in session: Session) throws
        -> CampaignPageBody
    {
        let call = Call.get("api", "campaign").asking("status", status.rawValue)
            .asking("page", 1).asking("limit", namedCampaigns)
        return try session.read(CampaignPageBody.self, from: session.document(call))
    }

    /// Campaigns of one status that are named; the others are counted.
    private static let namedCampaigns = 5
}
