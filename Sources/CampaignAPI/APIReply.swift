import APITypes

/// The answer to a request.
package struct APIReply: Sendable {
    package var status: Int
    /// Names in lower case.
    package var headers: [(name: String, value: String)]
    package var content: APIContent

    /// Makes an answer.
    package init(
        status: Int,
        headers: [(name: String, value: String)] = [],
        content: APIContent
    ) {
        self.status = status
        self.headers = headers
        self.content = content
    }
}

/// What an answer carries.
package enum APIContent: Sendable {
    case bytes([UInt8])
    /// Pages of lines, or parts of a file, pulled: no read transaction spans a write to the network.
    case lines(any ByteSource)
    /// The whole answer, status included, comes later.
    case later(PendingReply)
    /// Server-sent events until the client goes away.
    case events(EventFeed)
}

/// An answer that comes when a job is done or a deadline passes; waiting for it blocks no thread.
package struct PendingReply: Sendable {
    let begin: @Sendable (@escaping @Sendable (APIReply) -> Void) -> Wait

    /// Calls `completion` once, on any thread; never, where the wait is cancelled first.
    package func start(completion: @escaping @Sendable (APIReply) -> Void) -> Wait {
        begin(completion)
    }
}

extension APIReply {
    /// A JSON document.
    static func json(
        _ body: some Encodable,
        status: Int = 200,
        headers: [(name: String, value: String)] = []
    ) throws -> APIReply {
        APIReply(
            status: status,
            headers: headers + [(name: "content-type", value: MediaType.json)],
            content: .bytes(try JSONCoding.encode(body))
        )
    }

    /// A page for a person: it runs no script, loads nothing, posts only to its own address, and
    /// shows in no frame; no cache keeps it, and no link from it tells where it was.
    static func html(_ page: String, status: Int = 200) -> APIReply {
        APIReply(
            status: status,
            headers: [
                (name: "content-type", value: MediaType.html),
                (name: "cache-control", value: "no-store"),
                (
                    name: "content-security-policy",
                    value: "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
                        + "base-uri 'none'; frame-ancestors 'none'"
                ),
                (name: "referrer-policy", value: "no-referrer"),
            ],
            content: .bytes(Array(page.utf8))
        )
    }

    /// One JSON document a line.
    static func lines(_ source: any ByteSource) -> APIReply {
        APIReply(
            status: 200,
            headers: [(name: "content-type", value: MediaType.lines)],
            content: .lines(source)
        )
    }
}

/// The media types the API reads and writes.
enum MediaType {
    static let json = "application/json"
    static let lines = "application/x-ndjson"
    static let problem = "application/problem+json"
    static let csv = "text/csv"
    static let events = "text/event-stream"
    static let html = "text/html; charset=utf-8"
    static let text = "text/plain; charset=utf-8"
    static let form = "application/x-www-form-urlencoded"
    static let multipart = "multipart/form-data"
    static let database = "application/vnd.sqlite3"
}
