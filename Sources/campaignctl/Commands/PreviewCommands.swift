import APITypes
import ArgumentParser

/// `campaignctl campaigns preview`.
struct CampaignsPreview: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview",
        abstract: "Show the message that one contact gets.",
        discussion: """
            A built campaign shows the very message that leaves; before that, what a build would \
            make now. The unsubscribe link in it is an example that opens nothing.

            EXAMPLES
              campaignctl campaigns preview ID
              campaignctl campaigns preview ID --contact ann@example.org
              campaignctl campaigns preview ID --channel sms --json | jq .parts
            """
    )

    @Argument(help: "The campaign's id.")
    var id: String

    @Option(help: ArgumentHelp("To this one; without it the first.", valueName: "address"))
    var contact: String?

    @Option(
        help: ArgumentHelp("On email, sms or voice; else the first used.", valueName: "channel")
    )
    var channel: String?

    @OptionGroup var global: GlobalOptions

    func run(in session: Session) throws {
        let call = Call.get("api", "campaign", id, "preview").asking("contact", contact)
            .asking("channel", channel)
        try session.show(PreviewBody.self, call) { preview in
            var fields = FieldList()
            fields.add("channel", preview.channel)
            fields.add("from", preview.sender)
            fields.add("to", preview.recipient)
            fields.add("subject", preview.subject)
            fields.add("template", "\(preview.templateId), version \(preview.version)")
            fields.add("message", preview.id.map { "\($0)" } ?? "not built yet")
            fields.add("parts", Self.parts(of: preview))
            fields.add("unsubscribe", preview.unsubscribeURL)
            fields.add("gets nothing", Self.exclusion(of: preview))
            return fields.lines + Self.section("text", preview.text)
                + Self.section("html", preview.html)
        }
    }

    private static func parts(of preview: PreviewBody) -> String? {
        guard let parts = preview.parts, let encoding = preview.encoding else { return nil }
        let stray = preview.strayCharacter.map { ", for the sake of \($0)" } ?? ""
        return "\(parts) (\(encoding)\(stray))"
    }

    private static func exclusion(of preview: PreviewBody) -> String? {
        guard let exclusion = preview.exclusion else { return nil }
        return preview.note.map { "\(exclusion): \($0)" } ?? exclusion
    }

    private static func section(_ title: String, _ content: String?) -> [String] {
        guard let content else { return [] }
        let lines = content.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        return ["", title] + lines.map { "  " + DisplayText.printable(String($0)) }
    }
}

/// `campaignctl campaigns report`.
struct CampaignsReport: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Say what to know of a campaign before it is sent.",
        discussion: """
            Who is left out and why, which variables are missing, how many parts the text messages \
            have and which character makes them dear, and what mailbox providers and carriers ask \
            of senders. The counts come from the build.

            EXAMPLES
              campaignctl campaigns report ID
              campaignctl campaigns report ID --json | jq '.channels[].sms.parts'
            """
    )

    @Argument(help: "The campaign's id.")
    var id: String

    @OptionGroup var global: GlobalOptions

    func run(in session: Session) throws {
        try session.show(ReportBody.self, .get("api", "campaign", id, "report")) { report in
            BuildReport(report: report).lines
        }
    }
}
