import APITypes
import Synchronization

/// A list in keyset pages: each begins behind the last row of the one before.
struct Listing<Row: Sendable, Cursor: Sendable>: Sendable {
    /// Rows behind a place, or from the beginning; at most so many.
    var fetch: @Sendable (_ after: Cursor?, _ limit: Int) throws -> [Row]
    /// The place of a row.
    var cursor: @Sendable (Row) -> Cursor
    /// The row as JSON.
    var encode: @Sendable (Row) throws -> [UInt8]
}

/// Sizes of pages.
enum PageLimit {
    /// Rows of a page where the request says nothing.
    static let standard = 100
    static let range = 1...1_000
    /// Rows of a page of lines.
    static let lines = 500
}

extension Listing where Cursor: CustomStringConvertible {
    /// A page as an array, with a link to the next; or, where the client asks for lines, every row.
    ///
    /// - Parameter parameter: the query parameter that bears the cursor.
    func reply(
        to call: Call,
        limit: Int?,
        from start: Cursor?,
        parameter: String
    ) throws -> APIReply {
        if call.wantsLines {
            return .lines(try ListingLines(self, from: start, limit: limit))
        }
        let limit = limit ?? PageLimit.standard
        let rows = try fetch(start, limit)
        let elements = try rows.map(encode).joined(separator: [UInt8(ascii: ",")])
        var headers = [(name: "content-type", value: MediaType.json)]
        if rows.count == limit, let last = rows.last {
            headers.append(link(of: call.request, to: cursor(last), parameter, limit))
        }
        return APIReply(
            status: 200,
            headers: headers,
            content: .bytes([UInt8(ascii: "[")] + elements + [UInt8(ascii: "]")])
        )
    }

    /// A link to the next page (RFC 8288).
    private func link(
        of request: APIRequest,
        to cursor: Cursor,
        _ parameter: String,
        _ limit: Int
    ) -> (name: String, value: String) {
        let kept = request.query.filter { $0.name != parameter && $0.name != "limit" }
        let query =
            kept.map { "\($0.name.percentEncoded)=\($0.value.percentEncoded)" }
            + ["limit=\(limit)", "\(parameter)=\("\(cursor)".percentEncoded)"]
        let target = "\(request.path)?\(query.joined(separator: "&"))"
        return (name: "link", value: "<\(target)>; rel=\"next\"")
    }
}

/// The rows of a listing, one JSON document a line, a page at a time.
final class ListingLines<Row: Sendable, Cursor: Sendable>: ByteSource {
    private struct State {
        var cursor: Cursor?
        /// Nil: no limit.
        var left: Int?
        var isAtEnd = false
        /// Read ahead, so that an error of the first page still changes the status.
        var ahead: [UInt8]?
    }

    private let listing: Listing<Row, Cursor>
    private let state: Mutex<State>

    init(_ listing: Listing<Row, Cursor>, from start: Cursor?, limit: Int?) throws {
        self.listing = listing
        state = Mutex(State(cursor: start, left: limit))
        let first = try next()
        state.withLock { $0.ahead = first }
    }

    func next() throws -> [UInt8]? {
        // Called by one thread at a time; the lock is not held while the store reads.
        var place = state.withLock { $0 }
        if let ahead = place.ahead {
            state.withLock { $0.ahead = nil }
            return ahead
        }
        let limit = min(place.left ?? PageLimit.lines, PageLimit.lines)
        guard !place.isAtEnd, limit > 0 else { return nil }
        let rows = try listing.fetch(place.cursor, limit)
        place.isAtEnd = rows.count < limit
        place.left = place.left.map { $0 - rows.count }
        place.cursor = rows.last.map(listing.cursor) ?? place.cursor
        state.withLock { [place] in $0 = place }
        guard !rows.isEmpty else { return nil }
        var bytes: [UInt8] = []
        for row in rows {
            bytes += try listing.encode(row)
            bytes.append(UInt8(ascii: "\n"))
        }
        return bytes
    }
}
