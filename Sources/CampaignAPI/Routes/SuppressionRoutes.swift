import APITypes
import Campaigns
import FoundationEssentials
import JobQueue

extension RouteTable {
    /// Who is not to be written to; all callers share it.
    static let suppressionRoutes: [Route] = [
        Route(
            method: .post,
            path: "/api/suppressions",
            operation: "addSuppression",
            summary: "Suppresses an address; no message to it is claimed after the answer.",
            repeats: .byAnswer,
            body: .json(.suppressionOrder),
            replies: [.json(.suppressionChange, "It is suppressed.", status: 201)],
            handle: { try $0.addSuppression() }
        ),
        Route(
            method: .get,
            path: "/api/suppressions",
            operation: "listSuppressions",
            summary: "Lists suppressions in the order of channel and address.",
            query: [
                channel("Only of this channel."),
                .init(name: "address", schema: .text, summary: "Only of this address."),
                .limit,
                .init(name: "after", schema: .text, summary: "The channel:address before."),
            ],
            replies: [.list(.suppression, "The suppressions.")],
            handle: { try $0.listSuppressions() }
        ),
        Route(
            method: .delete,
            path: "/api/suppressions",
            operation: "removeSuppression",
            summary: "Lifts the suppressions of an address: it may be written to again.",
            access: .operatorOnly,
            repeats: .byAnswer,
            query: [
                channel("Only of this channel; absent: of every one."),
                .init(name: "address", schema: .text, summary: "The address; always needed."),
            ],
            replies: [.json(.suppressionChange, "They are lifted.")],
            handle: { try $0.removeSuppression() }
        ),
        Route(
            method: .post,
            path: "/api/suppressions/import",
            operation: "importSuppressions",
            summary: "Suppresses the addresses of a file; what is good in it counts at once.",
            repeats: .byAnswer,
            query: [channel("That of rows which name none.")],
            body: Route.RequestBody(
                handling: .list,
                content: [(MediaType.csv, .text), (MediaType.lines, .text)]
            ),
            replies: [.json(.suppressionImport, "They are suppressed.", status: 201)],
            handle: { try $0.importSuppressions() }
        ),
    ]

    private static func channel(_ summary: String) -> Route.QueryParameter {
        .init(name: "channel", schema: .words(Channel.self), summary: summary)
    }
}

extension Call {
    fileprivate func addSuppression() throws -> APIReply {
        let order = try document { object in
            let address = object.string("address", required: true)
            let channel = object.choice("channel", of: Channel.self)
            let reason = object.choice("reason", of: SuppressionReason.self)
            let note = object.string("note")
            if let note, note.utf8.count > SuppressionChecker.maximumNoteBytes {
                object.fault("note", "has more than \(SuppressionChecker.maximumNoteBytes) bytes")
            }
            return address.map { (address: $0, channel: channel, reason: reason, note: note) }
        }
        let (added, present) = try service.suppress(
            order.address,
            on: order.channel,
            reason: order.reason ?? .manual,
            note: order.note
        )
        return try .json(SuppressionChangeBody(added: added, present: present), status: 201)
    }

    fileprivate func listSuppressions() throws -> APIReply {
        let (channel, address, limit, after) = try query { query in
            let after = query.string("after").flatMap { text in
                let place = SuppressionPlace(text)
                if place == nil { query.faults.add("after", "must be channel:address") }
                return place
            }
            return (
                query.choice("channel", of: Channel.self), query.string("address"), query.limit,
                after
            )
        }
        let listing = Listing<Suppression, SuppressionPlace>(
            fetch: { [service] place, limit in
                guard let address else {
                    return try service.store.suppressions(
                        on: channel,
                        after: place?.key,
                        limit: limit
                    )
                }
                let found = try service.suppressions(of: address, on: channel)
                return place == nil ? Array(found.prefix(limit)) : []
            },
            cursor: { SuppressionPlace(key: $0.recipient) },
            encode: { Array(try JSONCoding.encode(SuppressionBody($0))) }
        )
        return try listing.reply(to: self, limit: limit, from: after, parameter: "after")
    }

    fileprivate func removeSuppression() throws -> APIReply {
        let (channel, address) = try query { query in
            let address = query.string("address")
            if address == nil { query.faults.add("address", "is missing") }
            return (query.choice("channel", of: Channel.self), address ?? "")
        }
        let removed = try service.liftSuppressions(of: address, on: channel)
        guard removed > 0 else {
            throw Problem(.notFound, "\(address.excerpt) is not suppressed")
        }
        return try .json(SuppressionChangeBody(removed: removed))
    }

    fileprivate func importSuppressions() throws -> APIReply {
        let channel = try query { $0.choice("channel", of: Channel.self) }
        let source = request.body.source(limit: BodyHandling.list.limit)
        let isLines = request.header("content-type")?.lowercased().contains(MediaType.lines)
        let result: SuppressionImport
        do {
            result = try service.importSuppressions(channel: channel) { rows in
                if isLines == true {
                    try rows.readLines(source)
                } else {
                    try rows.readCSV(source)
                }
            }
        } catch let error as CSVHeaderError {
            throw ServiceError.unprocessable([FieldFault("", "cannot be read: \(error)")])
        }
        return try .json(SuppressionImportBody(result), status: 201)
    }
}

/// A place in the list, as `email:a@example.org`.
private struct SuppressionPlace: Sendable, CustomStringConvertible {
    var key: RecipientKey

    init(key: RecipientKey) {
        self.key = key
    }

    init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, let channel = Channel(rawValue: String(parts[0])) else {
            return nil
        }
        key = RecipientKey(channel: channel, normalised: String(parts[1]))
    }

    var description: String { "\(key.channel.rawValue):\(key.address)" }
}

extension SuppressionImport {
    /// Takes the rows of a CSV file.
    fileprivate mutating func readCSV(_ source: any ByteSource) throws {
        var reader = CSVReader()
        while let piece = try source.next() {
            try piece.withUnsafeBytes { bytes in try reader.feed(bytes) { row in try add(row) } }
        }
        try reader.finish { row in try add(row) }
        try Self.check(reader.header ?? [])
    }

    private mutating func add(_ row: Result<CSVRow, RejectedRow>) throws {
        switch row {
        case .failure(let rejected): try add(.failure(rejected), line: rejected.line)
        case .success(let row):
            try Self.check(row.header)
            let names = row.header.map { $0.lowercased() }
            let cells = zip(names, (0..<row.count).map { row[$0] })
            try add(.success(Dictionary(cells) { first, _ in first }), line: row.line)
        }
    }

    private static func check(_ header: [String]) throws(CSVHeaderError) {
        let names = SuppressionChecker.addressFields
        guard header.contains(where: { names.contains($0.lowercased()) }) else {
            throw .noColumn(names, header: header)
        }
    }

    /// Takes one JSON object a line.
    fileprivate mutating func readLines(_ source: any ByteSource) throws {
        var lines = LineReader(source)
        while let line = try lines.next() {
            try add(Result { () throws(RejectedRow) in try line.fields() }, line: line.number)
        }
    }
}

extension SuppressionBody {
    /// The suppression as it stands.
    fileprivate init(_ suppression: Suppression) {
        self.init(
            channel: suppression.recipient.channel.rawValue,
            address: suppression.recipient.address,
            reason: suppression.reason.rawValue,
            note: suppression.note,
            at: suppression.at.description
        )
    }
}

extension SuppressionImportBody {
    fileprivate init(_ result: SuppressionImport) {
        self.init(
            added: result.added,
            present: result.present,
            rejected: result.rejected.count,
            rejections: result.rejected.first.map { .init(line: $0.line, reason: $0.reason) }
        )
    }
}
