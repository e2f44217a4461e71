import APITypes
import ArgumentParser

/// `campaignctl lists`: who is written to.
struct ListsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lists",
        abstract: "Import lists of contacts, and show or delete them.",
        subcommands: [ListsImport.self, ListsList.self, ListsShow.self, ListsDelete.self]
    )
}

/// `campaignctl lists import`.
struct ListsImport: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Import contacts into a new list, or with --id into one that is there.",
        discussion: """
            A CSV's columns email, phone and timezone are the contact's own; every other column \
            becomes a variable for templates. A file named .ndjson or .jsonl has one JSON object \
            a line instead. With --id a contact whose address is in the list replaces it.

            Prints {"contactListId":…,"contacts":…,"rejected":…}, and on stderr which rows were \
            rejected and why. Everything appears at once, or nothing does.

            EXAMPLES
              campaignctl lists import customers.csv --name customers
              campaignctl lists import more.csv --id ID --strict
              zcat all.csv.gz | campaignctl lists import - --name all --channel sms
            """
    )

    @Argument(help: "A CSV or NDJSON file, or - for CSV from standard input.")
    var file: String

    @Option(help: ArgumentHelp("What people call it; needed without --id.", valueName: "name"))
    var name: String?

    @Option(help: ArgumentHelp("Update this list by address.", valueName: "id"))
    var id: String?

    @Option(
        help: ArgumentHelp(
            "Let the contacts take part in email, sms or voice only.",
            valueName: "channel"
        )
    )
    var channel: String?

    @Flag(help: "Refuse the whole file if one row is bad.")
    var strict = false

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if name == nil, id == nil {
            throw ValidationError("--name is needed, or --id of the list to update")
        }
    }

    func run(in session: Session) throws {
        let (input, bar) = try session.upload(file)
        defer { bar.clear() }
        let isLines = file.hasSuffix(".ndjson") || file.hasSuffix(".jsonl")
        let call = Call.post("api", "lists", "import").asking("name", name).asking("id", id)
            .asking("channel", channel).asking("strict", strict ? "true" : nil)
            .carrying(.upload(input, type: isLines ? "application/x-ndjson" : "text/csv"))
        let document = try session.document(call)
        bar.clear()
        let result = try session.read(ImportBody.self, from: document)
        session.note(result.rejections, of: result.rejected, in: file)
        try session.console.print(
            document: session.wantsJSON ? document : Self.summary(of: result)
        )
    }

    /// The document without the rejections, which people read line by line.
    private static func summary(of result: ImportBody) throws -> [UInt8] {
        let summary: JSONValue = [
            "contactListId": .string(result.contactListId),
            "contacts": .integer(result.contacts), "rejected": .integer(result.rejected),
        ]
        return try JSONCoding.encode(summary)
    }
}

/// `campaignctl lists list`.
struct ListsList: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List contact lists, newest first.",
        discussion: """
            EXAMPLES
              campaignctl lists list
            """
    )

    @OptionGroup var limit: LimitOption
    @OptionGroup var global: GlobalOptions

    func run(in session: Session) throws {
        try session.list(
            ListBody.self,
            .get("api", "lists"),
            limit: limit.limit,
            noun: "contact list"
        ) {
            var table = Table([
                .text("id"), .number("contacts"), .text("channel"), .text("changed"),
                .flexible("name"),
            ])
            for list in $0 {
                table.add([
                    list.contactListId, DisplayText.count(list.contacts), list.channel,
                    TimeText.relative(list.updatedAt, to: session.console.now()), list.name,
                ])
            }
            return table
        }
    }
}

/// `campaignctl lists show`.
struct ListsShow: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a contact list.",
        discussion: """
            EXAMPLES
              campaignctl lists show ID
            """
    )

    @Argument(help: "The list's id.")
    var id: String

    @OptionGroup var global: GlobalOptions

    func run(in session: Session) throws {
        try session.show(ListBody.self, .get("api", "lists", id)) { list in
            var fields = FieldList()
            fields.add("list", "\(list.contactListId)  \(list.name)")
            fields.add("channel", list.channel ?? "every channel a contact has an address for")
            fields.add("contacts", DisplayText.count(list.contacts))
            fields.add("made", TimeText.relative(list.createdAt, to: session.console.now()))
            fields.add("changed", TimeText.relative(list.updatedAt, to: session.console.now()))
            if list.deletedAt != nil { fields.add("deleted", "takes no new campaign") }
            return fields.lines
        }
    }
}

/// `campaignctl lists delete`.
struct ListsDelete: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Let a contact list take no new campaign; built ones keep their contacts.",
        discussion: """
            EXAMPLES
              campaignctl lists delete ID
            """
    )

    @Argument(help: "The list's id.")
    var id: String

    @OptionGroup var global: GlobalOptions

    func run(in session: Session) throws {
        let document = try session.document(.delete("api", "lists", id))
        try session.confirm(document, "contact list \(id) is deleted")
    }
}
