/// One call of the API: how it is matched, what the OpenAPI document says of it, and what it does.
struct Route: Sendable {
    /// The HTTP methods in use.
    enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case delete = "DELETE"
    }

    /// Who may call.
    enum Access: Sendable {
        case anyCaller
        /// Not a user: it concerns everybody's work.
        case operatorOnly
    }

    /// What an idempotency key does.
    enum Repeats: Sendable {
        /// It reads only; a key is ignored.
        case harmless
        /// The job it made is the answer.
        case byJob
        /// The answer itself is kept.
        case byAnswer
    }

    let method: Method
    let path: PathPattern
    /// The name in the OpenAPI document.
    let operation: String
    /// One sentence.
    let summary: String
    var access = Access.anyCaller
    /// Throws where the request does not prove that it may be made.
    ///
    /// By a signature over it, or a secret in its path, compared in constant time. Routes of the
    /// public listener have one; for the others there are tokens.
    var proof: (@Sendable (Call) throws -> Void)?
    var repeats = Repeats.harmless
    var query: [QueryParameter] = []
    var body: RequestBody?
    let replies: [Reply]
    let handle: @Sendable (Call) throws -> APIReply

    /// What the body may be.
    struct RequestBody: Sendable {
        var handling: BodyHandling
        /// The schema by media type.
        var content: [(mediaType: String, schema: Schema)]
    }

    /// One successful answer.
    struct Reply: Sendable {
        var status: Int
        var summary: String
        /// The schema by media type.
        var content: [(mediaType: String, schema: Schema)]
    }

    /// A parameter of the query; none is required.
    struct QueryParameter: Sendable {
        var name: String
        var schema: Schema
        var summary: String
    }
}

extension Route.RequestBody {
    /// A JSON document of the shape named.
    static func json(_ schema: Schema) -> Self {
        Self(handling: .document, content: [(MediaType.json, schema)])
    }

    /// The fields of an HTML form, which ``Call/form()`` reads.
    static let form = Self(
        handling: .form,
        content: [(MediaType.form, .anything), (MediaType.multipart, .anything)]
    )
}

extension Route.Reply {
    /// A JSON document.
    static func json(_ schema: Schema, _ summary: String, status: Int = 200) -> Self {
        Self(status: status, summary: summary, content: [(MediaType.json, schema)])
    }

    /// An array, or the same rows as lines.
    static func list(_ schema: Schema, _ summary: String) -> Self {
        Self(
            status: 200,
            summary: summary,
            content: [(MediaType.json, .array(of: schema)), (MediaType.lines, .text)]
        )
    }
}

/// A path with values in it, as in `/api/campaign/{id}/build`.
struct PathPattern: Sendable, ExpressibleByStringLiteral {
    let text: String
    private let parts: [Part]

    private enum Part: Sendable {
        case word(String)
        case value(String)
    }

    init(stringLiteral text: String) {
        self.text = text
        parts = text.split(separator: "/").map { part in
            part.first == "{" ? .value(String(part.dropFirst().dropLast())) : .word(String(part))
        }
    }

    /// The names of the values.
    var names: [String] {
        parts.compactMap { if case .value(let name) = $0 { name } else { nil } }
    }

    /// How many parts it has.
    var length: Int { parts.count }

    /// How many parts are fixed words: among patterns that match, the most literal one is meant.
    var literalCount: Int { parts.count - names.count }

    /// The values by name; nil where the path is another one.
    func match(_ components: [String]) -> [String: String]? {
        guard components.count == parts.count else { return nil }
        var values: [String: String] = [:]
        for (part, component) in zip(parts, components) {
            switch part {
            case .word(let word): guard word == component else { return nil }
            case .value(let name):
                guard !component.isEmpty else { return nil }
                values[name] = component
            }
        }
        return values
    }
}
