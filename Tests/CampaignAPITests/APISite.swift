import APITypes
import CampaignAPI
import Campaigns
import Dispatch
import FoundationEssentials
import Glibc
import JobQueue
import Logging
import SQLiteStore
import TestSupport
import Transports

/// The API over a real store in a folder of its own, with workers where a test wants them.
final class APISite {
    let handler: APIHandler
    let service: CampaignService
    let store: SQLiteStore
    let folder: String
    private var pool: WorkerPool?
    private var dispatchers: [Dispatcher] = []
    private let clock: any EngineClock

    /// - Parameter hasDaemon: whether requests wait for jobs.
    init(
        clock: (any EngineClock)? = nil,
        hasDaemon: Bool = true,
        publicURL: String? = nil
    ) throws {
        var template = Array("/tmp/campaignd-api-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SiteFault.noFolder }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        (store, self.clock) = try SQLiteStore.open(
            StoreOptions(
                folder: folder,
                version: "1.2.3",
                mayCreate: true,
                runsJobs: true,
                durability: .normal
            ),
            clock: clock
        )
        service = CampaignService(
            store: store,
            clock: self.clock,
            settings: ServiceSettings(publicURL: publicURL)
        )
        let status = Self.status(epoch: store.currentEpoch)
        let daemon: @Sendable () -> DaemonStatus = { status }
        handler = APIHandler(
            service: service,
            events: store.events,
            place: APIPlace(
                version: "1.2.3",
                dataDir: folder,
                databasePath: "\(folder)/campaignd.sqlite3"
            ),
            daemon: hasDaemon ? daemon : nil
        )
    }

    deinit {
        _ = pool?.stop(deadline: .seconds(5))
        let group = DispatchGroup()
        for dispatcher in dispatchers {
            group.enter()
            dispatcher.stop(timeout: .seconds(5)) { _ in group.leave() }
        }
        group.wait()
        try? store.close(now: clock.now)
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Starts workers for all steps, and a spool for each channel.
    func startWorking() throws {
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        dispatchers = try Channel.allCases.map { channel in
            Dispatcher(
                channel: channel,
                transport: try SpoolTransport(
                    channel: channel,
                    outbox: "\(folder)/outbox",
                    maxConnections: 4
                ),
                store: store,
                clock: clock,
                random: SystemRandom(),
                retry: MessageRetryPolicy(
                    backoff: Backoff(first: .seconds(1), maximum: .seconds(2)),
                    attempts: 3,
                    giveUpAfter: .seconds(60)
                ),
                links: service.settings.publicURL.map {
                    UnsubscribeLinks(publicURL: $0, key: Array(repeating: 7, count: 32))
                },
                events: store.events,
                logger: logger
            )
        }
        try store.configureTransports(
            dispatchers.map {
                TransportRecord(
                    channel: $0.channel,
                    kind: $0.transport.kind,
                    inDoubt: $0.transport.inDoubt
                )
            }
        )
        let pool = WorkerPool(
            store: store,
            handlers: [
                CreateHandler(store: store, clock: clock),
                BuildHandler(
                    store: store,
                    clock: clock,
                    publicURL: service.settings.publicURL
                ), SendHandler(store: store, clock: clock),
            ],
            workers: 2,
            clock: clock,
            random: SystemRandom(),
            retryPolicy: { _ in
                RetryPolicy(
                    backoff: Backoff(first: .seconds(1), maximum: .seconds(2)),
                    maxAttempts: 3
                )
            },
            events: store.events,
            logger: logger
        )
        self.pool = pool
        try store.reconcileKinds(known: [.create, .build, .send], now: clock.now)
        for dispatcher in dispatchers { dispatcher.start() }
        pool.start()
    }

    private static func status(epoch: Int64) -> DaemonStatus {
        DaemonStatus(
            epoch: epoch,
            startedAt: Timestamp(milliseconds: 0),
            pid: 7,
            transports: [],
            warnings: [],
            notReady: nil
        )
    }

    // MARK: Calls

    /// An answer, with its body read to the end.
    struct Answer {
        var status: Int
        var headers: [(name: String, value: String)]
        var bytes: [UInt8]

        var text: String { String(decoding: bytes, as: UTF8.self) }

        /// The JSON document; null where it is none.
        var json: JSONValue { (try? JSONValue(parsing: bytes)) ?? .null }

        /// The JSON documents of the lines.
        var lines: [JSONValue] {
            bytes.split(separator: UInt8(ascii: "\n")).compactMap {
                try? JSONValue(parsing: Array($0))
            }
        }

        func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

        /// The fields at fault, as `field: message`.
        var faults: [String] {
            guard case .array(let faults)? = json["faults"] else { return [] }
            return faults.map { "\($0["field"]?.text ?? "?"): \($0["message"]?.text ?? "?")" }
        }
    }

    /// Makes a call and waits for its answer.
    func call(
        _ method: String,
        _ target: String,
        _ body: String? = nil,
        as caller: Caller = .operator,
        headers: [(name: String, value: String)] = []
    ) throws -> Answer {
        try answer(request(method, target, body, as: caller, headers: headers))
    }

    func answer(_ request: APIRequest) throws -> Answer {
        let reply = handler.respond(to: request)
        guard case .later(let pending) = reply.content else { return try read(reply) }
        let replies = Recorder<APIReply>()
        let wait = pending.start { replies.append($0) }
        defer { wait.cancel() }
        return try read(try replies.wait(forCount: 1)[0])
    }

    func request(
        _ method: String,
        _ target: String,
        _ body: String? = nil,
        as caller: Caller = .operator,
        headers: [(name: String, value: String)] = []
    ) -> APIRequest {
        let parts = target.split(separator: "?", maxSplits: 1)
        let query = parts.count < 2 ? [] : parts[1].split(separator: "&")
        return APIRequest(
            method: method,
            path: String(parts[0]),
            query: query.map { pair in
                let pair = pair.split(separator: "=", omittingEmptySubsequences: false)
                return (name: String(pair[0]), value: pair.count < 2 ? "" : String(pair[1]))
            },
            headers: headers,
            body: body.map { .bytes(Array($0.utf8)) } ?? .none,
            caller: caller
        )
    }

    private func read(_ reply: APIReply) throws -> Answer {
        var bytes: [UInt8] = []
        switch reply.content {
        case .bytes(let all): bytes = all
        case .lines(let source): while let piece = try source.next() { bytes += piece }
        case .later, .events: throw SiteFault.notReadable
        }
        return Answer(status: reply.status, headers: reply.headers, bytes: bytes)
    }
}

enum SiteFault: Error {
    case noFolder, notReadable
}

extension JSONValue {
    var text: String? { if case .string(let text) = self { text } else { nil } }
    var integer: Int64? { if case .integer(let integer) = self { integer } else { nil } }
    var elements: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }
    var names: Set<String> {
        if case .object(let members) = self { Set(members.keys) } else { [] }
    }
}
