import Campaigns
import FoundationEssentials
import JobQueue

extension RemoteCampaign {
    /// Reads `RemoteSQL.columns`.
    init(_ row: SQLRow) {
        self.init(
            campaignID: row.text(0),
            account: row.text(1),
            fingerprint: row.text(2),
            name: row.text(3),
            marker: row.textOrNil(4)
        )
        remoteID = row.textOrNil(5)
        intent = RemoteIntent(row)
        knownBefore = row.text(13).words
        duplicates = row.text(14).words
        mirror = row.textOrNil(15).flatMap(RemoteMirror.init(json:))
        quietReadings = row.int(16)
    }
}

extension RemoteIntent {
    fileprivate init?(_ row: SQLRow) {
        guard let standing = row.textOrNil(7).flatMap(Standing.init(rawValue:)) else { return nil }
        self.init(
            CampaignStep(stored: row.text(6)),
            at: row.timestamp(8),
            statusBefore: row.textOrNil(12)
        )
        stand(standing, at: row.timestamp(9), reply: row.textOrNil(10))
        misses = row.int(11)
    }
}

extension RemoteIntent.Standing: SQLValue {}

extension RemoteMirror {
    fileprivate init?(json: String) {
        var json = json
        let mirror = json.withUTF8 { try? JSONDecoder().decode(Self.self, from: Data($0)) }
        guard let mirror else { return nil }
        self = mirror
    }

    fileprivate var json: String {
        guard let data = try? JSONEncoder().encode(self) else {
            preconditionFailure("a mirror is always JSON")
        }
        return String(decoding: data, as: UTF8.self)
    }
}

extension String {
    fileprivate var words: [String] { split(separator: " ").map(String.init) }
}

extension RemoteExchange {
    /// Reads the row of `RemoteSQL.exchanges`.
    init(_ row: SQLRow) {
        self.init(
            jobID: row.int64(0),
            request: row.text(1),
            askedAt: row.timestamp(2),
            answeredAt: row.timestamp(3),
            status: row.intOrNil(4),
            excerpt: row.text(5)
        )
    }
}

extension AccountGate {
    /// Reads `RemoteSQL.gateColumns`, the first of which is column `first`.
    init(_ row: SQLRow, from first: Int) {
        self.init()
        pausedAt = row.timestampOrNil(first)
        pauseReason = row.textOrNil(first + 1)
        nextRequestAt = row.timestampOrNil(first + 2)
        throttledUntil = row.timestampOrNil(first + 3)
        failures = row.int(first + 4)
        failure = row.textOrNil(first + 5)
        failingSince = row.timestampOrNil(first + 6)
        probeAt = row.timestampOrNil(first + 7)
    }
}

extension Queryable {
    func remoteCampaign(_ id: String) throws -> RemoteCampaign? {
        try first(RemoteSQL.campaign, id, row: RemoteCampaign.init)
    }
}

extension Transaction {
    func save(_ remote: RemoteCampaign) throws {
        let intent = remote.intent
        try run(
            RemoteSQL.save,
            remote.campaignID,
            remote.account,
            remote.fingerprint,
            remote.name,
            remote.marker,
            remote.remoteID,
            intent?.step,
            intent?.standing,
            intent?.askedAt,
            intent?.since,
            intent?.reply,
            intent?.misses ?? 0,
            intent?.statusBefore,
            remote.knownBefore.joined(separator: " "),
            remote.duplicates.joined(separator: " "),
            remote.mirror?.json,
            remote.quietReadings
        )
    }

    /// Adds a line of evidence, and drops the oldest of a job that has very many.
    func add(_ exchange: RemoteExchange) throws {
        try run(
            RemoteSQL.addExchange,
            exchange.jobID,
            exchange.request,
            exchange.askedAt,
            exchange.answeredAt,
            exchange.status,
            exchange.excerpt
        )
        try run(RemoteSQL.trimExchanges, exchange.jobID, Self.exchangesPerJob)
    }

    func keep(_ gate: AccountGate, ofAccount name: String) throws {
        try run(
            RemoteSQL.keepGate,
            gate.nextRequestAt,
            gate.throttledUntil,
            gate.failures,
            gate.failure,
            gate.failingSince,
            gate.probeAt,
            name
        )
    }

    /// Lines of evidence a job keeps.
    private static let exchangesPerJob = 200
}
