import APITypes
import Campaigns
import JobQueue

/// The orders of a bulk request, with the lines they stand on.
struct Bulk {
    var requests: [CampaignService.Request] = []
    fileprivate var lines: [Int] = []

    /// What an error of the service means, each fault with its line.
    func problem(_ error: ServiceError) -> Problem {
        switch error {
        case .unprocessableEntries(let entries):
            return Problem(
                .unprocessable,
                entries.map { FaultBody($0.fault, line: lines[$0.index]) }
            )
        case .keyConflict(let index):
            let text = "belongs to an earlier request that was written differently"
            return Problem(
                .keyReused,
                [FaultBody(field: "idempotencyKey", message: text, line: lines[index])]
            )
        case .malformed, .unprocessable, .store: return Problem(error)
        }
    }

    fileprivate mutating func add(_ request: CampaignService.Request, line: Int) {
        requests.append(request)
        lines.append(line)
    }
}

/// Reads a bulk request line by line; each line is a spec, or an object around one.
struct BulkReader {
    /// Lines at fault that are reported before reading stops.
    private static let maximumFaults = 100

    private let call: Call
    private var lines: LineReader
    private var bulk = Bulk()
    private var faults: [FaultBody] = []
    /// Of the whole body: under the header's key every line is bound to all the others.
    private var fingerprint: Fingerprint

    init(_ call: Call) {
        self.call = call
        lines = LineReader(call.request.body.source(limit: BodyHandling.bulk.limit))
        fingerprint = Fingerprint(call.request)
    }

    /// All orders; throws a problem that names each line at fault.
    mutating func read() throws -> Bulk {
        let headerKey = try call.keyText()
        while faults.count < Self.maximumFaults, let line = try lines.next() {
            guard bulk.requests.count < CampaignService.maximumBulk else {
                throw Problem(.tooLarge, "more than \(CampaignService.maximumBulk) lines")
            }
            try read(line)
        }
        guard faults.isEmpty else { throw Problem(.malformed, faults) }
        guard !bulk.requests.isEmpty else {
            throw ServiceError.malformed([FieldFault("", "has no line")])
        }
        if let headerKey { try addKeys(from: headerKey) }
        return bulk
    }

    private mutating func read(_ line: LineReader.Line) throws {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: line.bytes)
        } catch {
            // The document is one line, so its own line number says nothing.
            let text = "is not JSON: column \(error.column): \(error.message)"
            return faults.append(FaultBody(field: "", message: text, line: line.number))
        }
        fingerprint.add(value)
        let found = FaultList()
        if let enqueue = enqueue(value, faults: found),
            case .draft(let draft, let until) = enqueue.target
        {
            let key = enqueue.key.map { IdempotencyKey(key: $0, fingerprint: own(value)) }
            bulk.add(
                enqueue.request(for: draft, until: until, key: key),
                line: line.number
            )
        }
        faults += found.faults.map { FaultBody($0, line: line.number) }
    }

    private func enqueue(_ value: JSONValue, faults: FaultList) -> Enqueue? {
        guard let object = ObjectReader(value, faults: faults) else { return nil }
        if value["spec"] == nil {
            var reader = SpecReader(object, region: call.region)
            return reader.draft().map { draft in
                Enqueue(target: .draft(draft, until: .send), schedule: Schedule(), key: nil)
            }
        }
        var reader = OrderReader(object, region: call.region, wall: call.service.clock.wall)
        return reader.line()
    }

    /// A line's own fingerprint, the same wherever in a request it stands.
    private func own(_ value: JSONValue) -> String {
        var fingerprint = Fingerprint(call.request)
        fingerprint.add(value)
        return fingerprint.text
    }

    /// Derives a key for each line from the header's.
    ///
    /// With as many digits for each, so that the lines' order is the keys': they go into their
    /// index side by side, not all over it. As many for each request, too: the first line of any has
    /// the same key, and so another request under the same header's is found to be another.
    private mutating func addKeys(from headerKey: String) throws {
        let whole = fingerprint.text
        let width = String(CampaignService.maximumBulk).count
        for index in bulk.requests.indices {
            guard bulk.requests[index].key == nil else {
                throw ServiceError.malformed([
                    FieldFault("Idempotency-Key", "stands beside keys of lines; give one of them")
                ])
            }
            let digits = String(index + 1)
            let zeros = String(repeating: "0", count: width - digits.count)
            let key = "\(headerKey)/\(zeros)\(digits)"
            if let fault = KeyRule.fault(of: key) {
                throw ServiceError.malformed([FieldFault("Idempotency-Key", fault)])
            }
            bulk.requests[index].key = IdempotencyKey(key: key, fingerprint: whole)
        }
    }
}
