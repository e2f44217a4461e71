/// One HTTP request, complete.
package struct HTTPRequest: Sendable {
    /// Such as `POST`.
    package var method: String
    /// An absolute `http` or `https` URL, percent-encoded.
    package var url: String
    /// In this order; a header that libcurl sends by itself (`Host`, `Accept`) is replaced.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    /// For all of it: name resolution, connecting, TLS, request and reply.
    package var timeout: Duration

    package init(
        method: String,
        url: String,
        headers: [(name: String, value: String)] = [],
        body: [UInt8] = [],
        timeout: Duration = .seconds(30)
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
    }

    /// Why no server must see this request, or nil.
    ///
    /// A line break in a header would let its writer add headers, or a second request.
    var refusal: String? {
        if method.isEmpty || !method.utf8.allSatisfy(Self.isTokenByte) {
            return "the method is not a word"
        }
        for (name, value) in headers {
            if name.isEmpty || !name.utf8.allSatisfy(Self.isTokenByte) {
                return "a header's name is not a word"
            }
            if value.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }) {
                return "the value of \(name) has a control character"
            }
        }
        return url.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F })
            ? "the URL has a blank or a control character" : nil
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: ":")
    }
}

/// What a server answered, whole.
package struct HTTPReply: Sendable {
    package var status: Int
    /// In order of arrival, names in lower case.
    package var headers: [(name: String, value: String)]
    /// The first `HTTPClientConfiguration.replyBytesMax` bytes.
    package var body: [UInt8]
    /// Whether the body was longer than that.
    package var isCut: Bool

    package init(
        status: Int,
        headers: [(name: String, value: String)] = [],
        body: [UInt8] = [],
        isCut: Bool = false
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.isCut = isCut
    }

    /// The value of the first header of this lower-case name.
    package subscript(header name: String) -> String? {
        headers.first { $0.name == name }?.value
    }

    /// The body as text.
    package var text: String { String(decoding: body, as: UTF8.self) }
}

/// What became of a request: whether the server may have acted on it.
package enum HTTPOutcome: Sendable {
    /// A complete reply, of whatever status. Redirects are replies: none is followed.
    case answered(HTTPReply)
    /// Name resolution, connecting or TLS failed, or the request is malformed: no byte of it left.
    case notSent(reason: String)
    /// Bytes left, and no complete reply came: the server may have acted on the request or not.
    case unknown(reason: String)
    /// Given back at shutdown before a byte left.
    case abandoned
}

/// What an HTTP client keeps to.
package struct HTTPClientConfiguration: Sendable {
    /// The most requests under way at once, and connections kept open for further ones; at least 1.
    package var maxConnections: Int
    /// For name resolution, TCP and TLS together.
    package var connectTimeout: Duration
    /// A PEM file of the certificate authorities to trust; nil for the system's.
    package var caFile: String?
    /// Names the client's queue in debuggers.
    package var name: String
    /// The bytes of a reply's body that are kept; what follows is read and dropped.
    package var replyBytesMax: Int

    package init(
        maxConnections: Int = 8,
        connectTimeout: Duration = .seconds(10),
        caFile: String? = nil,
        name: String,
        replyBytesMax: Int = 1_048_576
    ) {
        precondition(maxConnections >= 1, "an HTTP client needs at least one connection")
        self.maxConnections = maxConnections
        self.connectTimeout = connectTimeout
        self.caFile = caFile
        self.name = name
        self.replyBytesMax = replyBytesMax
    }
}
