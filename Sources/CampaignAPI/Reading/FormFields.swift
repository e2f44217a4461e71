/// The fields of queries and forms, in their order.
package enum FormFields {
    /// Reads `application/x-www-form-urlencoded` (url.spec.whatwg.org#urlencoded-parsing); throws
    /// where it is not percent-encoded UTF-8.
    package static func decode(
        _ text: some StringProtocol
    ) throws(Problem) -> [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = []
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let decoded = parts.map { part in
                String(part.map { $0 == "+" ? " " : $0 }).percentDecoded
            }
            guard let name = decoded[0], let value = decoded.count == 2 ? decoded[1] : "" else {
                throw Problem(.malformed, "the query or form is not percent-encoded UTF-8")
            }
            fields.append((name: name, value: value))
        }
        return fields
    }

    /// Reads the texts of `multipart/form-data` (RFC 7578); throws where it is none.
    static func decode(
        multipart bytes: [UInt8],
        boundary: String
    ) throws(Problem) -> [(name: String, value: String)] {
        let malformed = Problem(.malformed, "the body is no multipart form")
        guard let text = String(validating: bytes, as: UTF8.self) else { throw malformed }
        // The first delimiter has no line break before it; the last one ends in two hyphens.
        let parts = ("\r\n" + text).components(around: "\r\n--\(boundary)").dropFirst()
        guard let end = parts.last, end.hasPrefix("--") else { throw malformed }
        var fields: [(name: String, value: String)] = []
        for part in parts.dropLast() {
            let halves = part.components(around: "\r\n\r\n", upTo: 1)
            guard halves.count == 2, let name = name(inHead: halves[0]) else { throw malformed }
            fields.append((name: name, value: String(halves[1])))
        }
        return fields
    }

    /// The name of a part, as in `Content-Disposition: form-data; name="List-Unsubscribe"`.
    private static func name(inHead head: Substring) -> String? {
        for line in head.components(around: "\r\n")
        where line.lowercased().hasPrefix("content-disposition:") {
            for parameter in line.split(separator: ";").dropFirst() {
                let parts = parameter.split(separator: "=", maxSplits: 1)
                guard parts.count == 2, parts[0].filter({ $0 != " " }).lowercased() == "name" else {
                    continue
                }
                return parts[1].filter { $0 != "\"" }
            }
        }
        return nil
    }
}

extension Call {
    /// The fields of the body, a form of either kind.
    func form() throws -> [(name: String, value: String)] {
        let bytes = try request.body.collect(limit: BodyHandling.form.limit)
        guard let boundary = multipartBoundary else {
            return try FormFields.decode(String(decoding: bytes, as: UTF8.self))
        }
        return try FormFields.decode(multipart: bytes, boundary: boundary)
    }

    private var multipartBoundary: String? {
        let parts = request.header("content-type")?.split(separator: ";") ?? []
        guard parts.first?.lowercased() == MediaType.multipart else { return nil }
        for parameter in parts.dropFirst().map({ $0.drop { $0 == " " } })
        where parameter.lowercased().hasPrefix("boundary=") {
            return parameter.dropFirst("boundary=".count).filter { $0 != "\"" }
        }
        return nil
    }

    /// The bytes of the body as they came, which a signature may cover.
    func rawBody() throws -> [UInt8] {
        try request.body.collect(limit: route.body?.handling.limit ?? 0)
    }

    /// The URL that the caller used, as its signature may cover it; nil where no public URL is set.
    var publicURL: String? {
        api.place.publicURL.map { root in
            root + request.path + (request.rawQuery.map { "?\($0)" } ?? "")
        }
    }
}

extension StringProtocol {
    /// The pieces between the occurrences of a separator.
    fileprivate func components(
        around separator: String,
        upTo limit: Int = .max
    ) -> [SubSequence] {
        var pieces: [SubSequence] = []
        var rest = self[startIndex...]
        while pieces.count < limit, let range = rest.firstRange(of: separator) {
            pieces.append(rest[..<range.lowerBound])
            rest = rest[range.upperBound...]
        }
        return pieces + [rest]
    }
}
