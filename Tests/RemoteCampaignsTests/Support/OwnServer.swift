import APIServer
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

/// This daemon's own API on a real port: a second engine, with a store, workers and a spool of its own.
final class OwnServer: Sendable {
    static let token = "the-session-token"
    static let user = "648b80839b30ddb88cdbab11"
    static let recipients = 3

    let folder: String
    let store: SQLiteStore
    let server: APIServer
    /// A campaign of its template and its list, as somebody else enqueues it.
    let spec: CampaignSpec
    private let clock: any EngineClock
    private let pool: WorkerPool
    private let dispatcher: Dispatcher

    init() throws {
        var template = Array("/tmp/campaignd-own-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SiteFault(what: "a folder") }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let (store, clock) = try SQLiteStore.open(
            StoreOptions(
                folder: folder,
                version: "test",
                mayCreate: true,
                runsJobs: true,
                durability: .normal
            )
        )
        (self.store, self.clock) = (store, clock)
        let service = CampaignService(store: store, clock: clock, settings: ServiceSettings())
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        dispatcher = Dispatcher(
            channel: .email,
            transport: try SpoolTransport(
                channel: .email,
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
            events: store.events,
            logger: logger
        )
        try store.configureTransports([
            TransportRecord(channel: .email, kind: "spool", inDoubt: .repeatable)
        ])
        pool = WorkerPool(
            store: store,
            handlers: [
                CreateHandler(store: store, clock: clock),
                BuildHandler(store: store, clock: clock), SendHandler(store: store, clock: clock),
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
        try store.reconcileKinds(known: [.create, .build, .send], now: clock.now)
        spec = try Self.fill(service)
        let status = DaemonStatus(
            epoch: 1,
            startedAt: clock.now,
            pid: getpid(),
            transports: [],
            warnings: [],
            notReady: nil
        )
        server = try APIServer.start(
            ServerSettings(
                socket: SocketSettings(path: "\(folder)/s", mode: 0o600, group: nil),
                tcp: TCPSettings(
                    host: "127.0.0.1",
                    port: 0,
                    tokens: [UserToken(user: Self.user, token: Self.token)],
                    maximumBodyBytes: 1_000_000
                )
            ),
            handler: APIHandler(
                service: service,
                events: store.events,
                place: APIPlace(version: "test", dataDir: folder, databasePath: folder),
                daemon: { status }
            ),
            logger: logger
        )
        dispatcher.start()
        pool.start()
    }

    /// A template and a list of so many recipients, and a campaign of both.
    private static func fill(_ service: CampaignService) throws -> CampaignSpec {
        let template = try service.putTemplate(
            TemplateOrder(
                id: nil,
                name: "template",
                channel: .email,
                content: TemplateContent(subject: "News", text: "Hello", html: nil)
            )
        )
        let order = ImportOrder(id: nil, name: "list", channel: nil)
        let imported = try service.importContacts(order, strict: true) { rows in
            for number in 0..<recipients {
                let address = "ann\(number)@example.org"
                let contact = NewContact(
                    email: address,
                    emailKey: address,
                    phone: "",
                    timezone: nil,
                    variables: [:]
                )
                try rows.add(.success(contact))
            }
        }
        guard let templateID = ObjectID(template.id), let listID = ObjectID(imported.list.id) else {
            throw SiteFault(what: "two ids")
        }
        return CampaignSpec(
            name: "Spring",
            channels: [.email],
            settings: [
                .email: ChannelSettings(
                    sender: "info@example.org",
                    templateID: templateID,
                    version: 1
                )
            ],
            contactListIDs: [listID]
        )
    }

    var port: UInt16 { UInt16(server.tcpPort ?? 0) }

    /// Every campaign there is.
    var campaigns: [Campaign] {
        get throws {
            try store.campaigns(matching: CampaignFilter(), page: 1, limit: 1_000).campaigns
        }
    }

    /// The files of the spool: one for each message that was sent.
    var files: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: "\(folder)/outbox/email/new")
        }
    }

    func stop() throws {
        server.stop(timeout: .seconds(5))
        let signal = TestSignal()
        dispatcher.stop(timeout: .seconds(5)) { _ in signal.fire() }
        try signal.wait(for: "the dispatcher to stop")
        _ = pool.stop(deadline: .seconds(5))
        try store.close(now: clock.now)
        try FileManager.default.removeItem(atPath: folder)
    }
}
