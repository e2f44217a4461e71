import APITypes
import ArgumentParser

/// `campaignctl suppressions`: who is not to be written to.
struct SuppressionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "suppressions",
        abstract: "Say who is not to be written to, and look who is not.",
        discussion: """
            A suppressed address is left out when a campaign is built. One that is suppressed later \
            is skipped when its turn comes: nothing leaves for it from then on.
            """,
        subcommands: [
            SuppressionsAdd.self, SuppressionsList.self, SuppressionsRemove.self,
            SuppressionsImport.self, SuppressionsExport.self,
        ]
    )
}

/// `campaignctl suppressions add`.
struct SuppressionsAdd: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Let an address get no more messages.",
        discussion: """
            Without --channel it holds for every channel: an email address for email, a phone \
            number for SMS and voice. An address that is suppressed already keeps its reason and \
            time.

            EXAMPLES
              campaignctl suppressions add ann@example.org --note 'asked by letter'
              campaignctl suppressions add +19498671145 --channel sms
            """
    )

    @Argument(help: "An email address or a phone number.")
    var address: String

    @OptionGroup var channel: SuppressionChannel

    @Option(
        help: ArgumentHelp(
            "manual (if absent), imported, unsubscribed, stop, complaint, bounced or "
                + "invalid-address.",
            valueName: "reason"
        )
    )
    var reason: String?

    @Option(help: ArgumentHelp("What else is known, for people.", valueName: "text"))
    var note: String?

    @OptionGroup var global: GlobalOptions

    func run(in session: Session) throws {
        let order = SuppressionOrderBody(
            address: address,
            channel: channel.channel,
            reason: reason,
            note: note
        )
        let call = Call.post("api", "suppressions")
            .carrying(.json(Array(try JSONCoding.encode(order))))
        let document = try session.document(call)
        let change = try session.read(SuppressionChangeBody.self, from: document)
        let already = change.added == 0 ? " already" : ""
        try session.confirm(document, DisplayText.printable("\(address) is suppressed\(already)"))
    }
}

/// Which channel a suppression is about.
struct SuppressionChannel: ParsableArguments {
    @Option(help: ArgumentHelp("Only email, sms or voice.", valueName: "channel"))
    var channel: String?
}

/// `campaignctl suppressions list`.
struct SuppressionsList: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List suppressed addresses, or say whether one is.",
        discussion: """
            EXAMPLES
              campaignctl suppressions list --channel sms
              campaignctl suppressions list --address ann@example.org
            """
    )

    @OptionGroup var channel: SuppressionChannel

    @Option(help: ArgumentHelp("Only this one.", valueName: "address"))
    var address: String?

    @OptionGroup var limit: LimitOption
    @OptionGroup var global: GlobalOptions

    func run(in session: Session) throws {
        let call = Call.get("api", "suppressions").asking("channel", channel.channel)
            .asking("address", address)
        try session.list(
            SuppressionBody.self,
            call,
            limit: limit.limit,
            noun: "suppression"
        ) {
            var table = Table([
                .text("channel"), .text("address"), .text("reason"), .text("since"),
                .flexible("note"),
            ])
            for row in $0 {
                table.add([
                    row.channel, row.address, row.reason,
                    TimeText.relative(row.at, to: session.console.now()), row.note,
                ])
            }
            return table
        }
    }
}

/// `campaignctl suppressions remove`.
struct SuppressionsRemove: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Let an address get messages again.",
        discussion: """
            Only with the consent of the person: what was skipped stays skipped.

            EXAMPLES
              campaignctl suppressions remove ann@example.org
              campaignctl suppressions remove +19498671145 --channel voice
            """
    )

    @Argument(help: "An email address or a phone number.")
    var address: String

    @OptionGroup var channel: SuppressionChannel
    @OptionGroup var global: GlobalOptions

    func run(in session: Session) throws {
        let call = Call.delete("api", "suppressions").asking("address", address)
            .asking("channel", channel.channel)
        let document = try session.document(call)
        try session.confirm(
            document,
            DisplayText.printable("\(address) is not suppressed any more")
        )
    }
}

/// `campaignctl suppressions import`.
struct SuppressionsImport: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Suppress every address of a file.",
        discussion: """
            A CSV has a column address, email or phone, and may have channel, reason, note and at \
            (RFC 3339); others are passed over. A file named .ndjson or .jsonl has one JSON object \
            a line instead. A row without channel holds for --channel, else for every channel \
            that its address can be of.

            Good rows count at once, even if the file breaks off; a file may be imported again. \
            Prints {"added":…,"present":…,"rejected":…}, and on stderr which rows were rejected.

            EXAMPLES
              campaignctl suppressions import unsubscribed.csv --channel email
              campaignctl suppressions export | ssh other campaignctl suppressions import -
            """
    )

    @Argument(help: "A CSV or NDJSON file, or - for CSV from standard input.")
    var file: String

    @OptionGroup var channel: SuppressionChannel
    @OptionGroup var global: GlobalOptions

    func run(in session: Session) throws {
        let (input, bar) = try session.upload(file)
        defer { bar.clear() }
        let isLines = file.hasSuffix(".ndjson") || file.hasSuffix(".jsonl")
        let call = Call.post("api", "suppressions", "import")
            .asking("channel", channel.channel)
            .carrying(.upload(input, type: isLines ? "application/x-ndjson" : "text/csv"))
        let document = try session.document(call)
        bar.clear()
        let result = try session.read(SuppressionImportBody.self, from: document)
        session.note(result.rejections, of: result.rejected, in: file)
        let summary: JSONValue = [
            "added": .integer(result.added), "present": .integer(result.present),
            "rejected": .integer(result.rejected),
        ]
        try session.console.print(
            document: session.wantsJSON ? document : Array(try JSONCoding.encode(summary))
        )
    }
}

/// `campaignctl suppressions export`.
struct SuppressionsExport: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Print every suppression as CSV, for import elsewhere.",
        discussion: """
            With --json one JSON object a line instead.

            EXAMPLES
              campaignctl suppressions export > suppressions.csv
              campaignctl suppressions export --channel email --json > email.ndjson
            """
    )

    @OptionGroup var channel: SuppressionChannel
    @OptionGroup var global: GlobalOptions

    func run(in session: Session) throws {
        let call = Call.get("api", "suppressions").asking("channel", channel.channel)
        guard !session.wantsJSON else { return try session.printLines(call) }
        try session.console.print("channel,address,reason,at,note")
        try session.eachRow(SuppressionBody.self, call) { row in
            let cells = [row.channel, row.address, row.reason, row.at, row.note ?? ""]
            try session.console.print(cells.map(Self.cell).joined(separator: ","))
        }
    }

    /// A cell of RFC 4180, quoted where it has to be.
    private static func cell(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            ![UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r")]
                .contains(byte)
        }
        return isPlain ? text : "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
