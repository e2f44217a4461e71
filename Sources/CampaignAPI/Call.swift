import APITypes
import Campaigns
import JobQueue

/// One request on its way through its route.
struct Call: Sendable {
    let api: APIHandler
    let route: Route
    /// The values in the path, by name.
    let values: [String: String]
    var request: APIRequest
    /// The key and the fingerprint of a call whose answer is to be kept.
    var keyed: KeyedCall?

    var service: CampaignService { api.service }
    var caller: Caller { request.caller }

    /// The 24 hexadecimal digits in the path.
    func objectID() throws(ServiceError) -> ObjectID {
        guard let id = ObjectID(values["id"] ?? "") else {
            throw .malformed([FieldFault("id", ObjectID.rule)])
        }
        return id
    }

    /// The number in the path.
    func number() throws(ServiceError) -> Int64 {
        guard let number = Int64(values["id"] ?? ""), number > 0 else {
            throw .malformed([FieldFault("id", "must be a whole number above 0")])
        }
        return number
    }

    /// Reads the query, and throws every fault at once.
    func query<Value>(_ read: (QueryReader) -> Value) throws(ServiceError) -> Value {
        let reader = QueryReader(request.query, declared: route.query.map(\.name))
        let value = read(reader)
        try reader.faults.check()
        return value
    }

    /// Reads the JSON object of the body, and throws every fault at once.
    func document<Value>(_ read: (inout ObjectReader) -> Value?) throws -> Value {
        let faults = FaultList()
        guard var object = ObjectReader(try json(), faults: faults) else {
            throw ServiceError.malformed(faults.faults)
        }
        let value = read(&object)
        object.finish()
        try faults.check()
        guard let value else { preconditionFailure("a body without value and without fault") }
        return value
    }

    /// The body as JSON.
    func json() throws -> JSONValue {
        let bytes = try request.body.collect(limit: BodyHandling.document.limit)
        guard !bytes.isEmpty else {
            throw ServiceError.malformed([FieldFault("", "is missing; it must be a JSON object")])
        }
        return try JSONValue(parsing: bytes)
    }

    /// Whether the client asked for one JSON document a line.
    var wantsLines: Bool {
        request.header("accept")?.lowercased().contains(MediaType.lines) ?? false
    }

    /// The region of numbers without country code.
    var region: PhoneNumber.Region { service.region }

    /// The header's idempotency key with the request's fingerprint.
    func key(for body: JSONValue?) throws(ServiceError) -> IdempotencyKey? {
        guard let key = try keyText() else { return nil }
        var fingerprint = Fingerprint(request)
        if let body { fingerprint.add(body) }
        return IdempotencyKey(key: key, fingerprint: fingerprint.text)
    }

    /// The header's idempotency key.
    func keyText() throws(ServiceError) -> String? {
        guard let key = request.header(KeyRule.header) else { return nil }
        if let fault = KeyRule.fault(of: key) {
            throw .malformed([FieldFault("Idempotency-Key", fault)])
        }
        return key
    }
}

extension BodyHandling {
    /// The most bytes.
    package var limit: Int {
        switch self {
        case .whole(let limit), .streamed(let limit): limit
        }
    }
}

extension APIBody {
    /// All bytes, up to a limit.
    func collect(limit: Int) throws -> [UInt8] {
        switch self {
        case .none: return []
        case .bytes(let bytes):
            guard bytes.count <= limit else { throw BodyError.tooLarge(limit: limit) }
            return bytes
        case .stream(let source):
            var bytes: [UInt8] = []
            while let piece = try source.next() {
                bytes += piece
                guard bytes.count <= limit else { throw BodyError.tooLarge(limit: limit) }
            }
            return bytes
        }
    }
}
