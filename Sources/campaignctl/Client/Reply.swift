/// What came back, with a body that is pulled.
struct Reply {
    var status: Int
    /// Gives the next part of the body, nil at its end; throws ``ReplyError``.
    var next: () throws -> [UInt8]?

    /// The whole body.
    func wholeBody() throws -> [UInt8] {
        var body: [UInt8] = []
        while let part = try next() {
            guard body.count + part.count <= Self.maximumDocumentBytes else {
                throw ReplyError.lost("the reply is larger than a document can be")
            }
            body += part
        }
        return body
    }

    /// Above this a reply is no document; lists are not read whole.
    private static let maximumDocumentBytes = 256 * 1_024 * 1_024
}

/// Why a call that had begun has no reply, or not all of it.
enum ReplyError: Error {
    /// The call may or may not have had its effect.
    case lost(String)
}
