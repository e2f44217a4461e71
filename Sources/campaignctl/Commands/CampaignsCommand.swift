import APITypes
import ArgumentParser

/// `campaignctl campaigns`: what was asked for and how far it is.
struct CampaignsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "campaigns",
        abstract:
            "List campaigns, show one, its messages and its report, and pace, pause, resume or cancel it.",
        subcommands: [
            CampaignsList.self, CampaignsShow.self, CampaignsPreview.self, CampaignsReport.self,
            CampaignsMessages.self, CampaignsRate.self, CampaignsPause.self,
            CampaignsResume.self, CampaignsCancel.self,
        ]
    )
}

/// `campaignctl campaigns list`.
struct CampaignsList: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List campaigns, newest first.",
        discussion: """
            EXAMPLES
              campaignctl campaigns list --status SENDING
              campaignctl campaigns list --json | jq -r .campaignId
            """
    )

    @Option(
        help: ArgumentHelp(
            "Only DRAFT, BUILDING, BUILD, SENDING, PAUSED, SENT, PARTIAL, FAILED or CANCELLED.",
            valueName: "status"
        )
    )
    var status: String?

    @Option(help: ArgumentHelp("Only those on email, sms or voice.", valueName: "channel"))
    var channel: String?

    @OptionGroup var limit: LimitOption
    @OptionGroup var global: GlobalOptions

    func run(in session: Session) throws {
        let call = Call.get("api", "campaign").asking("status", status)
            .asking("channel", channel)
        try session.list(CampaignBody.self, call, limit: limit.limit, noun: "campaign") {
            CampaignTable.table(of: $0, now: session.console.now())
        }
    }
}

/// `campaignctl campaigns show`.
struct CampaignsShow: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a campaign: where it stands, its messages, who was left out and why.",
        discussion: """
            EXAMPLES
              campaignctl campaigns show ID
              campaignctl campaigns show ID --json | jq .messages
            """
    )

    @Argument(help: "The campaign's id.")
    var id: String

    @OptionGroup var global: GlobalOptions

    func run(in session: Session) throws {
        try session.show(CampaignBody.self, .get("api", "campaign", id)) { campaign in
            CampaignSummary(campaign: campaign, now: session.console.now()).lines
        }
    }
}

/// `campaignctl campaigns messages`.
struct CampaignsMessages: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "messages",
        abstract: "List a campaign's messages: to whom, and what became of each.",
        discussion: """
            EXAMPLES
              campaignctl campaigns messages ID --state unknown
              campaignctl campaigns messages ID --json > messages.ndjson
            """
    )

    @Argument(help: "The campaign's id.")
    var id: String

    @Option(
        help: ArgumentHelp(
            "Only ready, inflight, sent, delivered, deferred, failed, bounced, unknown, skipped or cancelled.",
            valueName: "state"
        )
    )
    var state: String?

    @Option(help: ArgumentHelp("Only email, sms or voice.", valueName: "channel"))
    var channel: String?

    @OptionGroup var limit: LimitOption
    @OptionGroup var global: GlobalOptions

    func run(in session: Session) throws {
        let call = Call.get("api", "campaign", id, "messages").asking("state", state)
            .asking("channel", channel)
        try session.list(MessageBody.self, call, limit: limit.limit, noun: "message") {
            MessageTable.table(of: $0, now: session.console.now())
        }
    }
}

/// `campaignctl campaigns pause`.
struct CampaignsPause: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Start no new message of a campaign until it is resumed.",
        discussion: """
            EXAMPLES
              campaignctl campaigns pause ID
            """
    )

    @Argument(help: "The campaign's id.")
    var id: String

    @OptionGroup var global: GlobalOptions

    func run(in session: Session) throws {
        try session.move(campaign: id, by: "pause")
    }
}

/// `campaignctl campaigns resume`.
struct CampaignsResume: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Go on with a paused campaign where it stopped.",
        discussion: """
            EXAMPLES
              campaignctl campaigns resume ID
            """
    )

    @Argument(help: "The campaign's id.")
    var id: String

    @OptionGroup var global: GlobalOptions

    func run(in session: Session) throws {
        try session.move(campaign: id, by: "resume")
    }
}

/// `campaignctl campaigns cancel`.
struct CampaignsCancel: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Call a campaign off for good; what has left has left.",
        discussion: """
            EXAMPLES
              campaignctl campaigns cancel ID
            """
    )

    @Argument(help: "The campaign's id.")
    var id: String

    @OptionGroup var global: GlobalOptions

    func run(in session: Session) throws {
        try session.move(campaign: id, by: "cancel")
    }
}

/// `campaignctl campaigns rate`.
struct CampaignsRate: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "rate",
        abstract: "Send a campaign no faster than so many messages a second.",
        discussion: """
            Holds on each of the campaign's channels, at once and until it is changed; an SMS counts \
            once for each part. `campaigns show` tells how fast it goes.

            EXAMPLES
              campaignctl campaigns rate ID 5
              campaignctl campaigns rate ID 0.5     one message in two seconds
              campaignctl campaigns rate ID none
            """
    )

    @Argument(help: "The campaign's id.")
    var id: String

    @Argument(help: ArgumentHelp("Messages a second, or none.", valueName: "rate"))
    var rate: String

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        let number = Double(rate) ?? 0
        if rate != "none", !number.isFinite || number <= 0 {
            throw ValidationError("the rate is a number such as 5 or 0.5, or none")
        }
    }

    func run(in session: Session) throws {
        let body = try JSONCoding.encode(RateBody(ratePerSecond: Double(rate)))
        let call = Call.put("api", "campaign", id, "rate").carrying(.json(Array(body)))
        try session.show(ResultBody.self, call) { result in
            let what = rate == "none" ? "no rate of its own" : "\(rate) messages a second at most"
            return ["campaign \(id) (\(result.status ?? "")): \(what)"]
        }
    }
}

extension Session {
    /// Pauses, resumes or cancels a campaign, and says where it stands then.
    fileprivate func move(campaign id: String, by verb: String) throws {
        try show(ResultBody.self, .put("api", "campaign", id, verb)) { result in
            ["campaign \(id) is \(result.status ?? "as asked for")"]
        }
    }
}
