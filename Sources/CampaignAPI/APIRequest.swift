package import Campaigns

/// A request, whichever way it came: over a socket, or from a program that has the file itself.
package struct APIRequest: Sendable {
    package var method: String
    /// As it stands in the request line, percent-encoding included, without the query.
    package var path: String
    /// In the order given, decoded.
    package var query: [(name: String, value: String)]
    /// As it stands in the request line, without the question mark; nil where there is none.
    package var rawQuery: String?
    /// Names in lower case.
    package var headers: [(name: String, value: String)]
    package var body: APIBody
    package var caller: Caller

    /// Makes a request of the operator's unless `caller` says otherwise.
    package init(
        method: String,
        path: String,
        query: [(name: String, value: String)] = [],
        rawQuery: String? = nil,
        headers: [(name: String, value: String)] = [],
        body: APIBody = .none,
        caller: Caller = .operator
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.rawQuery = rawQuery
        self.headers = headers
        self.body = body
        self.caller = caller
    }

    /// The first header of this name, in lower case.
    package func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }
}

/// What a request carries.
package enum APIBody: Sendable {
    case none
    case bytes([UInt8])
    case stream(any ByteSource)
}

/// What a route expects of a body; a server reads it accordingly.
package enum BodyHandling: Sendable, Equatable {
    /// Held in memory, up to so many bytes.
    case whole(limit: Int)
    /// Taken piece by piece, up to so many bytes in all.
    case streamed(limit: Int)

    /// The most bytes of a JSON document: a template with all its parts fits.
    static let document = BodyHandling.whole(limit: 4_000_000)
    /// The most bytes of a form: a provider's report, a recipient's answer.
    static let form = BodyHandling.whole(limit: 1_000_000)
    /// The most bytes of a bulk request.
    static let bulk = BodyHandling.streamed(limit: 256_000_000)
    /// The most bytes of a list.
    static let list = BodyHandling.streamed(limit: 16_000_000_000)
}
