import APITypes
import Campaigns
import FoundationEssentials
import JobQueue

extension RouteTable {
    /// Contact lists; all callers share them.
    static let listRoutes: [Route] = [
        Route(
            method: .post,
            path: "/api/lists/import",
            operation: "importList",
            summary: "Imports contacts into a new list, or into the one that id names.",
            repeats: .byAnswer,
            query: [
                .init(name: "name", schema: .name, summary: "The list's; a new one needs it."),
                .init(name: "id", schema: .objectID, summary: "The list; absent: a new one."),
                .init(name: "channel", schema: .words(Channel.self), summary: "Types the list."),
                .init(
                    name: "strict",
                    schema: .flag,
                    summary: "Whether a bad row refuses the file."
                ),
            ],
            body: Route.RequestBody(
                handling: .list,
                content: [(MediaType.csv, .text), (MediaType.lines, .text)]
            ),
            replies: [.json(.imported, "The contacts are in the list.", status: 201)],
            handle: { try $0.importList() }
        ),
        Route(
            method: .get,
            path: "/api/lists",
            operation: "listLists",
            summary: "Lists contact lists, newest first.",
            query: [
                .limit,
                .init(name: "before", schema: .objectID, summary: "The id of the one before."),
            ],
            replies: [.list(.list, "The lists.")],
            handle: { try $0.listLists() }
        ),
        Route(
            method: .get,
            path: "/api/lists/{id}",
            operation: "getList",
            summary: "Shows a contact list.",
            replies: [.json(.list, "The list.")],
            handle: { call in
                try .json(ListBody(try call.service.contactList(try call.objectID())))
            }
        ),
        Route(
            method: .delete,
            path: "/api/lists/{id}",
            operation: "deleteList",
            summary: "Deletes a contact list; a campaign that is built from it is not touched.",
            repeats: .byAnswer,
            replies: [.json(.result, "It takes no new campaign.")],
            handle: { call in
                try call.service.deleteContactList(try call.objectID())
                return try .json(ResultBody())
            }
        ),
    ]
}

extension Call {
    fileprivate func listLists() throws -> APIReply {
        let (limit, before) = try query { ($0.limit, $0.objectID("before")) }
        let listing = Listing<ContactList, String>(
            fetch: { [service] before, limit in
                try service.store.contactLists(before: before, limit: limit)
            },
            cursor: \.id,
            encode: { try JSONCoding.encode(ListBody($0)) }
        )
        return try listing.reply(
            to: self,
            limit: limit,
            from: before?.description,
            parameter: "before"
        )
    }

    fileprivate func importList() throws -> APIReply {
        let (order, strict) = try query { query in
            let order = ImportOrder(
                id: query.objectID("id"),
                name: query.string("name"),
                channel: query.choice("channel", of: Channel.self)
            )
            if let name = order.name {
                if let fault = NameRule.fault(of: name) { query.faults.add("name", fault) }
            } else if order.id == nil {
                query.faults.add("name", "is missing; a new list needs one")
            }
            return (order, query.flag("strict"))
        }
        let source = request.body.source(limit: BodyHandling.list.limit)
        let isLines = request.header("content-type")?.lowercased().contains(MediaType.lines)
        let summary: ImportSummary
        do {
            summary = try service.importContacts(
                order,
                strict: strict,
                keeping: { try keeping(status: 201) { ImportBody($0) } }
            ) { contacts in
                if isLines == true {
                    try contacts.readLines(source, region: region)
                } else {
                    try contacts.readCSV(source, region: region)
                }
            }
        } catch let rows as RejectedRows {
            throw Problem(rows)
        } catch let error as CSVHeaderError {
            throw ServiceError.unprocessable([FieldFault("", "cannot be read: \(error)")])
        }
        return try .json(ImportBody(summary), status: 201)
    }
}

extension ContactImport {
    /// Takes the rows of a CSV file.
    fileprivate mutating func readCSV(
        _ source: any ByteSource,
        region: PhoneNumber.Region
    ) throws {
        var reader = ContactReader(channel: channel, region: region)
        while let piece = try source.next() {
            try piece.withUnsafeBytes { bytes in
                try reader.feed(bytes) { row in try add(row.map { NewContact($0) }) }
            }
        }
        try reader.finish { row in try add(row.map { NewContact($0) }) }
    }

    /// Takes one JSON object a line.
    fileprivate mutating func readLines(
        _ source: any ByteSource,
        region: PhoneNumber.Region
    ) throws {
        var reader = ContactLineReader(channel: channel, region: region)
        var lines = LineReader(source)
        while let line = try lines.next() { try add(reader.contact(of: line)) }
    }
}

extension ImportBody {
    fileprivate init(_ summary: ImportSummary) {
        self.init(
            contactListId: summary.list.id,
            contacts: summary.list.contacts,
            rejected: summary.rejected.count,
            rejections: summary.rejected.first.map {
                Rejection(line: $0.line, reason: $0.reason)
            }
        )
    }
}

extension Problem {
    /// A file of which nothing was stored.
    fileprivate init(_ rows: RejectedRows) {
        let faults = rows.first.map { FaultBody(field: "", message: $0.reason, line: $0.line) }
        guard let first = rows.first.first else {
            self.init(.unprocessable, "the file has no contact; nothing was stored")
            return
        }
        let more = rows.count > 1 ? " (and \(rows.count - 1) more rows)" : ""
        self.init(
            .unprocessable,
            "nothing was stored: line \(first.line) \(first.reason)\(more)",
            faults: faults
        )
    }
}
