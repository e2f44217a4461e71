import APITypes
import ArgumentParser

/// `campaignctl templates`: what messages say.
struct TemplatesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "templates",
        abstract: "Store what messages say, in versions that never change.",
        subcommands: [
            TemplatesPut.self, TemplatesList.self, TemplatesShow.self, TemplatesDelete.self,
        ]
    )
}

/// `campaignctl templates put`.
struct TemplatesPut: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "put",
        abstract: "Store a template, or with --id a new version of one.",
        discussion: """
            Prints {"templateId":…,"version":…}. Texts are Mustache: {{name}} is a contact's \
            column, and one that is missing is an error at build unless a section guards it, as \
            in {{#name}}Dear {{name}}{{/name}}.

            EXAMPLES
              campaignctl templates put --channel email --name spring \\
                --subject "Hi {{name}}" --text spring.txt --html spring.html
              campaignctl templates put --channel sms --name alert --text - < alert.txt
            """
    )

    @Option(help: ArgumentHelp("email, sms or voice.", valueName: "channel"))
    var channel: String

    @Option(help: ArgumentHelp("What people call it.", valueName: "name"))
    var name: String

    @Option(help: ArgumentHelp("Add a version to this template.", valueName: "id"))
    var id: String?

    @Option(help: ArgumentHelp("The subject; for email only.", valueName: "subject"))
    var subject: String?

    @Option(help: ArgumentHelp("The file with the text, or what is spoken.", valueName: "file"))
    var text: String

    @Option(help: ArgumentHelp("The file with the HTML; for email only.", valueName: "file"))
    var html: String?

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if text == "-", html == "-" {
            throw ValidationError("only one of --text and --html can be standard input")
        }
    }

    func run(in session: Session) throws {
        let body = TemplatePutBody(
            id: id,
            name: name,
            channel: channel,
            subject: subject,
            text: try Self.contents(of: text),
            html: try html.map(Self.contents(of:))
        )
        let call = Call.post("api", "templates")
            .carrying(.json(try JSONCoding.encode(body)))
        try session.console.print(document: try session.document(call))
    }

    private static func contents(of path: String) throws -> String {
        let file = try InputFile(path)
        let bytes = try file.wholeContents(limit: longestText)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandFailure(.data, "\(file.name) is not UTF-8 text")
        }
        return text
    }

    /// Bytes of the largest text; the API takes no larger document.
    private static let longestText = 4_000_000
}

/// `campaignctl templates list`.
struct TemplatesList: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List templates, newest first.",
        discussion: """
            EXAMPLES
              campaignctl templates list --channel email
            """
    )

    @Option(help: ArgumentHelp("Only email, sms or voice.", valueName: "channel"))
    var channel: String?

    @OptionGroup var limit: LimitOption
    @OptionGroup var global: GlobalOptions

    func run(in session: Session) throws {
        let call = Call.get("api", "templates").asking("channel", channel)
        try session.list(TemplateBody.self, call, limit: limit.limit, noun: "template") {
            var table = Table([
                .text("id"), .text("channel"), .number("version"), .text("changed"),
                .flexible("name"),
            ])
            for template in $0 {
                table.add([
                    template.templateId, template.channel, String(template.version),
                    TimeText.relative(template.updatedAt, to: session.console.now()),
                    template.name,
                ])
            }
            return table
        }
    }
}

/// `campaignctl templates show`.
struct TemplatesShow: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a template's text.",
        discussion: """
            EXAMPLES
              campaignctl templates show ID
              campaignctl templates show ID --template-version 1
            """
    )

    @Argument(help: "The template's id.")
    var id: String

    @Option(help: ArgumentHelp("This version. Default: the newest.", valueName: "n"))
    var templateVersion: Int?

    @OptionGroup var global: GlobalOptions

    func run(in session: Session) throws {
        let call = Call.get("api", "templates", id).asking("version", templateVersion)
        try session.show(TemplateBody.self, call) { template in
            var fields = FieldList()
            fields.add("template", "\(template.templateId)  \(template.name)")
            fields.add("channel", template.channel)
            fields.add("version", String(template.version))
            fields.add("made", TimeText.relative(template.createdAt, to: session.console.now()))
            if template.deletedAt != nil { fields.add("deleted", "takes no new campaign") }
            fields.add("subject", template.subject)
            return fields.lines + Self.part("text", template.text)
                + Self.part("html", template.html)
        }
    }

    private static func part(_ name: String, _ text: String?) -> [String] {
        guard let text else { return [] }
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        return ["", "--- \(name)"] + lines.map { DisplayText.printable(String($0)) }
    }
}

/// `campaignctl templates delete`.
struct TemplatesDelete: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Let a template take no new campaign; built ones keep it.",
        discussion: """
            EXAMPLES
              campaignctl templates delete ID
            """
    )

    @Argument(help: "The template's id.")
    var id: String

    @OptionGroup var global: GlobalOptions

    func run(in session: Session) throws {
        let document = try session.document(.delete("api", "templates", id))
        try session.confirm(document, "template \(id) is deleted")
    }
}
