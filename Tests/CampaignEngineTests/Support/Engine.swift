import Dispatch
import Logging
import TestSupport

@testable import Campaigns
@testable import JobQueue
@testable import SQLiteStore

/// The engine as the daemon composes it: the real store in a folder of its own, the real pool,
/// handlers and dispatchers, on a clock that the test moves and transports it answers for.
final class Engine: Sendable {
    let folder: DataFolder
    let clock: ManualClock
    let store: SQLiteStore
    let service: CampaignService
    let pool: WorkerPool
    let transports: [Channel: any MessageTransport]
    let taps: [Channel: DispatchTap]
    let dispatchers: [Channel: Dispatcher]
    let global: GlobalPace
    /// Everything the store told, in the order of its commits.
    let events = Recorder<StoreEvent>()
    private let subscription: EventSubscription

    /// Opens the folder; nothing is claimed before ``start()`` unless `starts`.
    ///
    /// - Parameters:
    ///   - onChunk: asked after each chunk of a build whether it should stop.
    ///   - dispatchClock: for the dispatchers, in place of `clock`.
    init(
        in folder: DataFolder? = nil,
        clock: ManualClock = ManualClock(),
        email: any MessageTransport = ScriptedTransport(),
        sms: any MessageTransport = ScriptedTransport(inDoubt: .hold),
        voice: any MessageTransport = ScriptedTransport(inDoubt: .hold),
        retry: MessageRetryPolicy = .test,
        pace: [Channel: PaceLimits] = [:],
        globalPace: RateLimit? = nil,
        quietHours: QuietHours? = nil,
        dispatchClock: (any EngineClock)? = nil,
        onChunk: (@Sendable () -> Bool)? = nil,
        space: SpaceGuard.Settings = SpaceGuard.Settings(),
        starts: Bool = true
    ) throws {
        self.folder = try folder ?? DataFolder()
        self.clock = clock
        transports = [.email: email, .sms: sms, .voice: voice]
        let hub = EventHub()
        subscription = hub.subscribe(details: true) { [events] in events.append($0) }
        var options = StoreOptions(
            folder: self.folder.path,
            version: "test",
            mayCreate: true,
            runsJobs: true,
            durability: .normal
        )
        options.space = space
        let store = try SQLiteStore.open(options, clock: clock, events: hub).store
        self.store = store
        service = CampaignService(store: store, clock: clock, settings: ServiceSettings())
        let taps = transports.mapValues { _ in DispatchTap(store) }
        self.taps = taps
        pool = Self.pool(store, clock, hub, onChunk)
        let global = GlobalPace(globalPace)
        self.global = global
        dispatchers = Dictionary(
            uniqueKeysWithValues: transports.map { channel, transport in
                let dispatcher = Dispatcher(
                    channel: channel,
                    transport: transport,
                    store: taps[channel] ?? DispatchTap(store),
                    clock: dispatchClock ?? clock,
                    random: FixedRandom(0),
                    retry: retry,
                    pace: pace[channel] ?? PaceLimits(),
                    global: global,
                    quietHours: quietHours,
                    events: hub,
                    logger: Self.silence
                )
                return (channel, dispatcher)
            }
        )
        try store.configureTransports(
            transports.map { channel, transport in TransportRecord(transport, on: channel) }
        )
        try store.reconcileKinds(known: [.create, .build, .send], now: clock.now)
        if starts { start() }
    }

    private static func pool(
        _ store: SQLiteStore,
        _ clock: ManualClock,
        _ hub: EventHub,
        _ onChunk: (@Sendable () -> Bool)?
    ) -> WorkerPool {
        WorkerPool(
            store: store,
            handlers: [
                CreateHandler(store: store, clock: clock),
                WatchedBuild(handler: BuildHandler(store: store, clock: clock), onChunk: onChunk),
                SendHandler(store: store, clock: clock),
            ],
            workers: 2,
            clock: clock,
            random: FixedRandom(0),
            retryPolicy: { _ in
                RetryPolicy(
                    backoff: Backoff(first: .seconds(5), maximum: .seconds(3_600)),
                    maxAttempts: 20
                )
            },
            lateAfter: .seconds(86_400),
            events: hub,
            logger: silence
        )
    }

    /// Lets the dispatchers and the pool begin.
    func start() {
        for dispatcher in dispatchers.values { dispatcher.start() }
        pool.start()
    }

    /// The orderly end of claims: what was claimed is given back or drained.
    func stop() throws {
        for (channel, dispatcher) in dispatchers {
            let signal = TestSignal()
            dispatcher.stop(timeout: .seconds(10)) { _ in signal.fire() }
            try signal.wait(for: "the \(channel) dispatcher to stop")
        }
        _ = pool.stop(deadline: .seconds(10))
    }

    /// Ends the engine in order and closes the file.
    func close() throws {
        try stop()
        try store.close(now: clock.now)
    }

    /// Takes the file away from under everything, as a death of the process does; what is still
    /// running can write nothing more.
    func kill() throws {
        try store.database.close()
    }

    private static let silence = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}

/// A build that tells the test of each chunk.
private struct WatchedBuild: JobHandler {
    let kind = JobKind.build
    let handler: BuildHandler
    let onChunk: (@Sendable () -> Bool)?

    func run(_ job: Job, context: JobContext) throws -> JobOutcome {
        guard let onChunk else { return try handler.run(job, context: context) }
        return try handler.run(
            job,
            context: JobContext(claim: context.claim) { onChunk() || context.shouldStop }
        )
    }
}

extension MessageRetryPolicy {
    /// 30 s, doubled up to 4 h, without jitter's upper half; given up at the fourth answer or 2 d.
    static let test = MessageRetryPolicy(
        backoff: Backoff(first: .seconds(30), maximum: .seconds(14_400)),
        attempts: 4,
        giveUpAfter: .seconds(172_800)
    )
}
