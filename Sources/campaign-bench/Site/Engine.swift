import Campaigns
import Dispatch
import JobQueue
import Logging
import SQLiteStore

/// The daemon's engine in this process: the real store, pool, handlers and email dispatcher.
final class Engine {
    let open: OpenStore
    let service: CampaignService
    private let pool: WorkerPool
    private let dispatcher: Dispatcher
    private let ends: CampaignEnds

    /// Opens a data folder; nothing runs before ``start()``.
    ///
    /// - Parameters:
    ///   - folder: the data folder's name in the scenario's own.
    ///   - email: what carries messages.
    ///   - onCreate: told before each create job runs, with its campaign.
    init(
        _ bench: Bench,
        folder: String = "data",
        email: any MessageTransport = NullTransport(),
        onCreate: @escaping @Sendable (String) -> Void = { _ in }
    ) throws {
        open = try bench.openStore(folder)
        let (store, clock) = (open.store, open.clock)
        service = CampaignService(store: store, clock: clock, settings: ServiceSettings())
        ends = CampaignEnds(store.events)
        pool = WorkerPool(
            store: store,
            handlers: [
                AnnouncedHandler(CreateHandler(store: store, clock: clock), onCreate),
                BuildHandler(store: store, clock: clock),
                SendHandler(store: store, clock: clock),
            ],
            workers: 8,
            clock: clock,
            random: SystemRandom(),
            retryPolicy: { _ in .bench },
            events: store.events,
            logger: .bench
        )
        dispatcher = Dispatcher(
            channel: .email,
            transport: email,
            store: store,
            clock: clock,
            random: SystemRandom(),
            retry: .bench,
            events: store.events,
            logger: .bench
        )
        try store.configureTransports([
            TransportRecord(email, on: .email)
        ])
        try store.reconcileKinds(known: [.create, .build, .send], now: clock.now)
    }

    func start() {
        dispatcher.start()
        pool.start()
    }

    /// Ends in order; throws where something did not end.
    func stop() throws {
        let done = DispatchSemaphore(value: 0)
        dispatcher.stop(timeout: .seconds(10)) { _ in done.signal() }
        guard pool.stop(deadline: .seconds(60)) else { throw BenchFailure("the pool hangs") }
        guard done.wait(timeout: .now() + .seconds(60)) == .success else {
            throw BenchFailure("the dispatcher hangs")
        }
        try open.close()
    }

    // MARK: Campaigns

    /// Enqueues a campaign as far as asked for; answers its id.
    func enqueue(_ audience: Audience, until step: CampaignStep) throws -> ObjectID {
        try enqueue(1, audience, until: step)[0]
    }

    /// Enqueues so many campaigns alike in one call; answers their ids.
    func enqueue(_ count: Int, _ audience: Audience, until step: CampaignStep) throws -> [ObjectID]
    {
        let order = CampaignOrder(spec: audience.campaignSpec, until: step)
        let requests = Array(repeating: CampaignService.Request(order: order), count: count)
        return try service.enqueue(requests, as: .operator).map { accepted in
            guard let campaign = accepted.job.campaignID.flatMap({ ObjectID($0) }) else {
                throw BenchFailure("a campaign was enqueued without an id")
            }
            return campaign
        }
    }

    /// Sends a campaign that is built.
    func send(_ campaign: ObjectID) throws {
        _ = try service.advance(
            campaign,
            to: .send,
            date: nil,
            priority: nil,
            maxAttempts: nil,
            key: nil,
            as: .operator
        )
    }

    /// Blocks until the campaign has a status; a bad end is thrown.
    func wait(for campaign: ObjectID, toBe status: CampaignStatus) throws {
        try ends.wait(for: campaign.description, toBe: status)
    }
}

extension RetryPolicy {
    /// As the daemon's own by default.
    static let bench = RetryPolicy(
        backoff: Backoff(first: .seconds(5), maximum: .seconds(3_600)),
        maxAttempts: 20
    )
}

extension MessageRetryPolicy {
    /// As the daemon's own by default.
    static let bench = MessageRetryPolicy(
        backoff: Backoff(first: .seconds(60), maximum: .seconds(14_400)),
        attempts: 20,
        giveUpAfter: .seconds(172_800)
    )
}

/// A handler that tells of each job before it runs.
private struct AnnouncedHandler: JobHandler {
    private let handler: any JobHandler
    private let announce: @Sendable (String) -> Void

    init(_ handler: any JobHandler, _ announce: @escaping @Sendable (String) -> Void) {
        self.handler = handler
        self.announce = announce
    }

    var kind: JobKind { handler.kind }

    func run(_ job: Job, context: JobContext) throws -> JobOutcome {
        announce(job.campaignID ?? "")
        return try handler.run(job, context: context)
    }
}

/// Takes over every message at once, for what is measured without a network.
struct NullTransport: MessageTransport {
    let kind = "null"
    var maxConnections = 32
    let inDoubt = InDoubtPolicy.resend

    func send(
        _ message: OutgoingMessage,
        completion: @escaping @Sendable (Result<Delivery, TransportError>) -> Void
    ) {
        completion(.success(Delivery(reply: "250 2.0.0 Ok")))
    }

    func shutDown(timeout: Duration, completion: @escaping @Sendable () -> Void) {
        completion()
    }
}
