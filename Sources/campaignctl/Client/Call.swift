/// One call of the API, which can be made again as long as its body can be read again.
struct Call {
    /// What goes with the call.
    enum Body {
        case none
        case json([UInt8])
        /// A file, sent as it is read.
        case upload(InputFile, type: String)
    }

    var method: String
    /// The parts of the path, not percent-encoded.
    var path: [String]
    var query: [(name: String, value: String)] = []
    /// Names in lower case.
    var headers: [(name: String, value: String)] = []
    var body = Body.none
    /// How long the daemon may take for one part of the reply; its own longest wait is 60 s.
    var patience = Duration.seconds(120)

    /// Whether it may change something, and so bears an idempotency key.
    var isWrite: Bool { method != "GET" }

    static func get(_ path: String...) -> Call { Call(method: "GET", path: path) }
    static func put(_ path: String...) -> Call { Call(method: "PUT", path: path) }
    static func post(_ path: String...) -> Call { Call(method: "POST", path: path) }
    static func delete(_ path: String...) -> Call { Call(method: "DELETE", path: path) }
}

extension Call {
    /// Adds a query parameter where there is a value.
    func asking(_ name: String, _ value: (some CustomStringConvertible)?) -> Call {
        guard let value else { return self }
        var call = self
        call.query.append((name, value.description))
        return call
    }

    /// Adds a header.
    func with(header name: String, _ value: String) -> Call {
        var call = self
        call.headers.append((name, value))
        return call
    }

    /// Sets the body.
    func carrying(_ body: Body) -> Call {
        var call = self
        call.body = body
        return call
    }

    /// Asks for one JSON document a line.
    var asLines: Call { with(header: "accept", "application/x-ndjson") }

    /// All headers, the body's type included.
    var allHeaders: [(name: String, value: String)] {
        switch body {
        case .none: headers
        case .json: headers + [("content-type", "application/json")]
        case .upload(_, let type): headers + [("content-type", type)]
        }
    }

    /// The path, percent-encoded.
    var encodedPath: String {
        path.reduce(into: "") { $0 += "/" + Self.escaped($1) }
    }

    /// Path and query as HTTP writes them.
    var target: String {
        var target = encodedPath
        for (index, parameter) in query.enumerated() {
            target += index == 0 ? "?" : "&"
            target += Self.escaped(parameter.name) + "=" + Self.escaped(parameter.value)
        }
        return target
    }

    /// Percent-encodes all but RFC 3986's unreserved characters.
    private static func escaped(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                bytes.append(byte)
            default:
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
