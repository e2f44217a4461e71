package import Campaigns
import Dispatch
package import JobQueue
package import Logging
package import Outbound

/// Tells a webhook what happened to jobs and campaigns, as the Standard Webhooks specification says.
///
/// Notices are durable before anybody is told, and go one after another. One that is not taken is
/// tried again on the specification's schedule, under the same id, and given up after its last
/// attempt; the receiver drops what it has seen already. Nothing else waits for this.
package final class NoticeSender: @unchecked Sendable {
    // `queue` protects the variables.
    private let endpoint: WebhookEndpoint
    private let store: any NoticeStore
    private let client: HTTPClient
    private let clock: any EngineClock
    private let events: EventHub
    private let logger: Logger
    private let queue = DispatchQueue(label: "campaignd.notices")
    private var timer: (any EngineTimer)?
    private var subscription: EventSubscription?
    private var isBusy = false
    private var isStopped = false

    /// Makes a sender; it does nothing before ``start()``.
    package init(
        _ endpoint: WebhookEndpoint,
        store: any NoticeStore,
        client: HTTPClient,
        clock: any EngineClock,
        events: EventHub,
        logger: Logger
    ) {
        self.endpoint = endpoint
        self.store = store
        self.client = client
        self.clock = clock
        self.events = events
        self.logger = logger
    }

    /// Subscribes, then looks for what waits: nothing that happens in between is missed.
    package func start() {
        queue.async { [self] in
            timer = clock.makeTimer(on: queue) { [weak self] in self?.pump() }
            subscription = events.subscribe(details: true) { [weak self] event in
                switch event {
                case .campaign, .job(_, _, .held), .job(_, _, .discarded): self?.pumpSoon()
                default: break
                }
            }
            pump()
        }
    }

    /// Sends nothing more; what is under way is tried again by the next run.
    package func stop(completion: @escaping @Sendable () -> Void) {
        queue.async { [self] in
            isStopped = true
            subscription = nil
            timer?.cancel()
            client.shutDown(deadline: .now() + .seconds(1)) {
                self.queue.async(execute: completion)
            }
        }
    }

    private func pumpSoon() {
        queue.async { [self] in pump() }
    }

    private func pump() {
        dispatchPrecondition(condition: .onQueue(queue))
        guard !isBusy, !isStopped else { return }
        do throws(StoreError) {
            guard let notice = try store.nextNotice() else { return }
            guard notice.dueAt <= clock.now else {
                timer?.arm(engine: notice.dueAt, wall: nil)
                return
            }
            send(notice)
        } catch {
            noteStoreFailure(error)
        }
    }

    private func send(_ notice: Notice) {
        isBusy = true
        client.send(endpoint.request(for: notice, at: clock.wall)) { [self] outcome in
            queue.async {
                self.isBusy = false
                self.land(notice, outcome)
            }
        }
    }

    private func land(_ notice: Notice, _ outcome: HTTPOutcome) {
        if case .abandoned = outcome { return }
        do throws(StoreError) {
            if let failure = outcome.failure {
                try putOff(notice, failure)
            } else {
                try store.endNotice(notice.id)
            }
            pump()
        } catch {
            noteStoreFailure(error)
        }
    }

    private func putOff(_ notice: Notice, _ failure: String) throws(StoreError) {
        let metadata: Logger.Metadata = [
            "notice": "\(notice.id)", "type": "\(notice.type)", "reason": "\(failure)",
            "attempt": "\(notice.attempts + 1)",
        ]
        guard notice.attempts < Self.schedule.count else {
            logger.error("a webhook was not told, and is not tried again", metadata: metadata)
            return try store.endNotice(notice.id)
        }
        if notice.attempts == 0 {
            logger.warning("a webhook was not told; it is tried again", metadata: metadata)
        }
        let due = clock.now + Self.schedule[notice.attempts]
        try store.putOffNotice(notice.id, until: due)
    }

    private func noteStoreFailure(_ error: StoreError) {
        logger.error("notices cannot be read or kept; trying again: \(error)")
        timer?.arm(engine: clock.now + Self.storePause, wall: nil)
    }

    /// The pauses after each failed attempt, by the specification's retry schedule.
    package static let schedule: [Duration] = [
        .seconds(5), .seconds(300), .seconds(1_800), .seconds(7_200), .seconds(18_000),
        .seconds(36_000), .seconds(50_400), .seconds(72_000), .seconds(86_400),
    ]
    private static let storePause = Duration.seconds(30)
}

extension HTTPOutcome {
    /// Why the notice was not taken; nil if it was.
    fileprivate var failure: String? {
        switch self {
        case .answered(let reply) where (200..<300).contains(reply.status): nil
        case .answered(let reply): "it answered \(reply.status)"
        case .notSent(let reason), .unknown(let reason): reason
        case .abandoned: "shut down"
        }
    }
}
