import Dispatch
package import JobQueue
package import Logging
import Synchronization

/// Serves every sending campaign on one transport, fairly, without a worker.
///
/// It claims as credits free up: a claim takes a credit, which returns with the transaction that
/// commits the outcome, so that a death puts at most ``credits`` messages in doubt. At most
/// `maxConnections` of them are with the transport; the others wait here, and are given back when
/// their campaign is paused or the transport goes away.
package final class Dispatcher: @unchecked Sendable {
    // `queue` protects every variable; `shown` has a lock of its own.
    package let channel: Channel
    package let transport: any MessageTransport
    let store: any DispatchStore
    let clock: any EngineClock
    let random: any RandomSource
    let retry: MessageRetryPolicy
    let quietHours: QuietHours?
    let links: UnsubscribeLinks?
    let logger: Logger
    let queue: DispatchQueue
    let metrics: MessageMetrics

    var lanes: [Int64: DispatchLane] = [:]
    var fairness = FairShare()
    var breaker = Breaker()
    var pace: Pace
    let global: GlobalPace
    var isPaceRestored = false
    /// What the transport took over lately.
    var meter = RateMeter()
    /// Claimed and durably in flight, whether here, with the transport, or ended and not committed.
    var inflight = 0
    /// Claimed, not yet with the transport.
    var waiting: [ClaimedMessage] = []
    /// With the transport.
    var sending = 0
    /// Ended, not yet committed.
    var ended: [EndedMessage] = []
    var gathering = Gathering.none
    /// The suspect that went out last, until its flight has ended.
    var suspect: (id: Int64, since: Timestamp)?
    var isExchanging = false
    var needsReload = true
    var isStopping = false
    var storeFailures = 0
    var onDrained: (@Sendable (Bool) -> Void)?
    /// Whether the provider, or the store, is asked about a message that is `unknown`.
    var isInquiring = false
    /// Whether a message became `unknown` since it was last seen which are.
    var hasNewInquiry = false
    var inquiryTimer: (any EngineTimer)?

    private let events: EventHub
    private let isReloadQueued = Atomic<Bool>(false)
    private let shown: Mutex<TransportStatus>
    private var subscription: EventSubscription?
    private var timer: (any EngineTimer)?

    /// Makes the dispatcher of one channel's transport; it does nothing before ``start()``.
    package init(
        channel: Channel,
        transport: any MessageTransport,
        store: any DispatchStore,
        clock: any EngineClock,
        random: any RandomSource,
        retry: MessageRetryPolicy,
        pace limits: PaceLimits = PaceLimits(),
        global: GlobalPace = GlobalPace(),
        quietHours: QuietHours? = nil,
        links: UnsubscribeLinks? = nil,
        events: EventHub,
        logger: Logger
    ) {
        self.channel = channel
        self.transport = transport
        self.store = store
        self.clock = clock
        self.random = random
        self.retry = retry
        self.quietHours = quietHours
        pace = Pace(limits)
        self.global = global
        self.links = links
        self.events = events
        self.logger = logger
        metrics = MessageMetrics(channel: channel)
        queue = DispatchQueue(
            label: "campaignd.dispatch.\(channel.rawValue)",
            target: transport.queue
        )
        shown = Mutex(
            TransportStatus(
                channel: channel,
                kind: transport.kind,
                breaker: Breaker.State.closed.rawValue,
                reason: nil,
                since: nil,
                retryAt: nil,
                inflight: 0,
                maxConnections: transport.maxConnections,
                inDoubt: transport.inDoubt
            )
        )
    }

    /// The most messages claimed at once.
    package var credits: Int { 2 * transport.maxConnections }

    /// How the transport stands now.
    package var status: TransportStatus { shown.withLock { $0 } }

    /// Calls back from the dispatcher's queue; for a watchdog.
    package func answer(_ completion: @escaping @Sendable () -> Void) {
        queue.async(execute: completion)
    }

    /// When a campaign's next message may go as far as rates say; nil where it is not sending here.
    ///
    /// Waits for the dispatcher's queue.
    package func nextToken(ofCampaign seq: Int64) -> Timestamp? {
        queue.sync { lanes[seq].map { nextToken(of: $0, at: clock.now) } }
    }

    /// Has other rates hold from the next claim on.
    package func change(to limits: PaceLimits) {
        queue.async { [self] in
            pace.change(to: limits, for: lanes.values.map(\.campaign), at: clock.now)
            pump()
        }
    }

    /// Subscribes, then looks for work: nothing that happens in between is missed.
    package func start() {
        queue.async { [self] in
            timer = clock.makeTimer(on: queue) { [weak self] in self?.pump() }
            global.join(channel) { [weak self] in
                guard let self else { return }
                queue.async { self.pump() }
            }
            inquiryTimer = clock.makeTimer(on: queue) { [weak self] in self?.inquire() }
            subscription = events.subscribe { [weak self] event in
                if event == .dispatchChanged { self?.reloadSoon() }
            }
            pump()
            inquire()
        }
    }

    /// Claims no more, gives back what has not left, and waits up to `timeout` for the rest.
    ///
    /// The completion says whether every outcome was committed; it runs once, on the queue.
    package func stop(timeout: Duration, completion: @escaping @Sendable (Bool) -> Void) {
        queue.async { [self] in
            isStopping = true
            subscription = nil
            global.withdraw(channel)
            onDrained = completion
            giveBackWaiting { _ in true }
            transport.shutDown(timeout: timeout) { [self] in
                queue.async { self.pump() }
            }
            pump()
        }
    }

    private func reloadSoon() {
        guard !isReloadQueued.exchange(true, ordering: .acquiringAndReleasing) else { return }
        queue.async { [self] in
            isReloadQueued.store(false, ordering: .releasing)
            needsReload = true
            pump()
        }
    }

    /// Does all that can be done now; called whenever anything changed.
    func pump() {
        dispatchPrecondition(condition: .onQueue(queue))
        defer { show() }
        guard !isExchanging else { return }
        if needsReload, !isStopping { reload() }
        guard !mayGather() else { return gather() }
        gathering = .none
        // After a failure outcomes go first and alone: they are what must not be lost.
        let quotas = isStopping || storeFailures > 0 && !ended.isEmpty ? [] : quotas()
        guard !ended.isEmpty || !quotas.isEmpty else {
            return isStopping ? finishStop() : arm()
        }
        exchange(quotas)
    }

    /// Whether what ended may wait a moment for more of its like, which then share a commit.
    ///
    /// Not while the transport could run dry meanwhile, nor while there is room for a claim.
    private func mayGather() -> Bool {
        guard !isStopping, storeFailures == 0, gathering != .over, !ended.isEmpty else {
            return false
        }
        return inflight >= credits && ended.count < credits / 2
            && waiting.count > transport.maxConnections / 8
    }

    /// Has the next exchange wait for more outcomes, on real time: however the clock stands.
    private func gather() {
        guard gathering == .none else { return }
        gathering = .underWay
        queue.asyncAfter(deadline: .now() + Self.gatheringTime) { [weak self] in
            guard let self, gathering == .underWay else { return }
            gathering = .over
            pump()
        }
    }

    /// Arms the timer for the nearest message, token, probe or suspect.
    private func arm() {
        guard storeFailures == 0 else { return armRetry() }
        let now = clock.now
        var instants: [Timestamp] = []
        for lane in lanes.values {
            let token = nextToken(of: lane, at: now)
            if let due = lane.nextDue { instants.append(max(due, token)) }
            if lane.hasSuspects {
                instants.append(max(suspect.map { $0.since + Self.suspectTime } ?? now, token))
            }
        }
        if let retryAt = breaker.retryAt {
            instants = instants.map { max($0, retryAt) }
        }
        // What is due already waits for credits, for the probe or for its turn; each of them pumps.
        timer?.arm(engine: instants.filter { $0 > now }.min(), wall: nil)
    }

    /// Tries the store again later; what ended is kept until then.
    func armRetry() {
        let delay = Self.storeBackoff.delay(
            afterFailures: storeFailures,
            retryAfter: nil,
            random: random.next()
        )
        timer?.arm(engine: clock.now + delay, wall: nil)
    }

    private func finishStop() {
        guard inflight == 0, !isInquiring else { return }
        timer?.cancel()
        inquiryTimer?.cancel()
        onDrained?(true)
        onDrained = nil
    }

    private func show() {
        shown.withLock { shown in
            shown.breaker = breaker.state.rawValue
            shown.reason = breaker.reason
            shown.since = breaker.since
            shown.retryAt = breaker.retryAt
            shown.inflight = inflight
        }
    }

    /// How far the gathering of outcomes for one commit is.
    enum Gathering {
        case none, underWay, over
    }

    /// How long an outcome may wait for others: shorter than a commit takes on most disks.
    private static let gatheringTime = DispatchTimeInterval.milliseconds(1)
    /// How long a suspect keeps other suspects waiting.
    static let suspectTime: Duration = .seconds(5)
    private static let storeBackoff = Backoff(first: .milliseconds(100), maximum: .seconds(5))
}
