import APITypes
import FoundationEssentials

/// What a command works with: the connection, the console, and how results are to be printed.
struct Session {
    let connection: Connection
    let console: Console
    let wantsJSON: Bool

    // MARK: Calls

    /// The document a call is answered with; an error of the daemon's is thrown.
    ///
    /// - Parameter changesNothing: whether a call that may write only looks.
    func document(_ call: Call, changesNothing: Bool = false) throws -> [UInt8] {
        let call = call.isWrite ? call.withKey() : call
        let reply: (status: Int, body: [UInt8])
        do {
            reply = try connection.document(call)
        } catch var failure as CommandFailure where failure.exit == .temporary {
            failure.idempotencyKey = call.idempotencyKey
            throw failure
        }
        if connection.isOffline, let recovered = connection.recovered { console.note(recovered) }
        guard reply.status < 300 else {
            throw failure(of: call, status: reply.status, body: reply.body)
        }
        if call.isWrite, !changesNothing, connection.isOffline {
            console.note("stored; no daemon is running")
        }
        return reply.body
    }

    /// A document, read.
    func read<Body: Decodable>(_ type: Body.Type, from document: [UInt8]) throws -> Body {
        do {
            return try JSONCoding.decode(type, from: Data(document))
        } catch {
            throw CommandFailure(
                .software,
                "the daemon's answer could not be understood: \(error)",
                next: "compare campaignctl --version with campaignd --version, or use --json"
            )
        }
    }

    /// The daemon's document under `--json`, otherwise the lines made of it.
    func show<Body: Decodable>(
        _ type: Body.Type,
        _ call: Call,
        lines: (Body) throws -> [String]
    ) throws {
        let document = try document(call)
        if wantsJSON {
            try console.print(document: document)
        } else {
            try console.print(lines(read(type, from: document)))
        }
    }

    /// The daemon's document under `--json`, otherwise a sentence.
    func confirm(_ document: [UInt8], _ sentence: String) throws {
        if wantsJSON {
            try console.print(document: document)
        } else {
            try console.print(sentence)
        }
    }

    /// Opens a file to be uploaded, with a bar that shows how much of it has gone.
    func upload(_ path: String) throws -> (InputFile, ProgressBar) {
        let bar = console.progressBar(path, unit: .bytes)
        return (try InputFile(path) { bar.update(done: $0, total: $1) }, bar)
    }

    // MARK: Lists

    /// Every row as a line of JSON under `--json`, otherwise a table of at most `limit` rows.
    func list<Row: Decodable>(
        _ type: Row.Type,
        _ call: Call,
        limit: Int?,
        noun: String,
        table: ([Row]) -> Table
    ) throws {
        guard !wantsJSON else { return try printLines(call, limit: limit) }
        let limit = limit ?? LimitOption.usual
        // One more than is shown tells whether there are more.
        let rows = try rows(type, call, limit: limit + 1)
        guard !rows.isEmpty else { return console.note("no \(noun)s") }
        try console.print(table(Array(rows.prefix(limit))).lines(width: console.width))
        if rows.count > limit {
            console.note(
                "the first \(DisplayText.count(Int64(limit), noun)); more exist: --limit N"
            )
        }
    }

    /// Hands over every row of a list as it comes.
    func eachRow<Row: Decodable>(
        _ type: Row.Type,
        _ call: Call,
        do body: (Row) throws -> Void
    ) throws {
        var line: [UInt8] = []
        try lines(of: call, limit: nil) { part in
            for byte in part {
                guard byte == UInt8(ascii: "\n") else {
                    line.append(byte)
                    continue
                }
                try body(try read(type, from: line))
                line.removeAll(keepingCapacity: true)
            }
        }
    }

    /// Says which rows of a file were not taken.
    func note(_ rejections: [ImportBody.Rejection], of count: Int64, in file: String) {
        for rejection in rejections {
            console.note(DisplayText.printable("\(file):\(rejection.line): \(rejection.reason)"))
        }
        let unnamed = count - Int64(rejections.count)
        if unnamed > 0 { console.note("and \(DisplayText.count(unnamed, "more row")) rejected") }
    }

    /// Prints a list as it comes, one document a line.
    func printLines(_ call: Call, limit: Int? = nil) throws {
        try lines(of: call, limit: limit) { try console.writeOut($0) }
    }

    /// The rows of a list.
    func rows<Row: Decodable>(_ type: Row.Type, _ call: Call, limit: Int? = nil) throws -> [Row] {
        var lines: [UInt8] = []
        try self.lines(of: call, limit: limit) { lines += $0 }
        return try lines.split(separator: UInt8(ascii: "\n")).map {
            try read(type, from: Array($0))
        }
    }

    /// Hands on a list's lines as they come, and lets go of it after `limit` of them.
    private func lines(
        of call: Call,
        limit: Int?,
        to consume: ([UInt8]) throws -> Void
    ) throws {
        var call = call.asLines
        // The daemon takes no larger limit; it reads ahead no more than a page either way.
        if let limit, limit <= Self.largestPage { call = call.asking("limit", limit) }
        var left = limit ?? .max
        try connection.stream(call) { part in
            let end = part.indexAfterLine(left) ?? part.endIndex
            let taken = Array(part[..<end])
            left -= taken.count { $0 == UInt8(ascii: "\n") }
            try consume(taken)
            return left > 0
        }
    }

    /// Rows one request may ask for.
    private static let largestPage = 1_000

    private func failure(of call: Call, status: Int, body: [UInt8]) -> CommandFailure {
        var failure = CommandFailure(httpStatus: status, body: body)
        if failure.exit == .temporary { failure.idempotencyKey = call.idempotencyKey }
        return failure
    }
}

extension [UInt8] {
    /// The index behind the `count`-th newline; nil where there are fewer.
    fileprivate func indexAfterLine(_ count: Int) -> Int? {
        var left = count
        for index in indices where self[index] == UInt8(ascii: "\n") {
            left -= 1
            if left == 0 { return index + 1 }
        }
        return nil
    }
}
