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
              campaignctl status --json | jq '.transports[] | select(.state != "closed")'
            """
    )

    @OptionGroup var global: GlobalOptions

    func run(in session: Session) throws {
        let document = try session.document(.get("api", "status"))
        guard !session.wantsJSON else { return try session.console.print(document: document) }
        let status = try session.read(StatusBody.self, from: document)
        let report = StatusReport(
            status: status,
            now: session.console.now(),
            sending: try campaigns(.sending, in: session),
            paused: try campaigns(.paused, in: session),
            partial: try campaigns(.partial, in: session)
        )
        try session.console.print(report.lines)
    }

    private func campaigns(_ status: CampaignStatus, in session: Session) throws
        -> CampaignPageBody
    {
        let call = Call.get("api", "campaign").asking("status", status.rawValue)
            .asking("page", 1).asking("limit", Self.namedCampaigns)
        return try session.read(CampaignPageBody.self, from: session.document(call))
    }

    /// Campaigns of one status that are named; the others are counted.
    private static let namedCampaigns = 5
}
