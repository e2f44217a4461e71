package import Campaigns
import Dispatch
package import JobQueue
package import Logging
import Outbound

/// Drives the campaigns of one account at its server.
///
/// A worker hands a job over and is free at once. What is to be done next is decided by ``Plan``;
/// the driver makes intents durable, lets requests leave as the account's gate allows, reads the
/// server's list for all who need it together, and ends the attempts. Long waits are ended as
/// snoozes, so that few jobs are here at a time.
package final class AccountDriver: CampaignBackend, Sendable {
    /// Jobs carried at once; further ones are put off.
    static let maximumActive = 512

    package let policy: AccountPolicy
    let store: any CampaignStore & RemoteStore
    let clock: any EngineClock
    let random: any RandomSource
    let logger: Logger
    let client: HTTPClient
    private let events: EventHub
    let queue: DispatchQueue
    nonisolated(unsafe) var state: DriverState
    // Protected by `queue`: every method that touches it checks that it runs there.

    /// Makes a driver that does nothing before ``start()``.
    package init(
        _ policy: AccountPolicy,
        store: any CampaignStore & RemoteStore,
        clock: any EngineClock,
        random: any RandomSource,
        caFile: String? = nil,
        events: EventHub,
        logger: Logger
    ) {
        self.policy = policy
        self.store = store
        self.clock = clock
        self.random = random
        self.events = events
        var logger = logger
        logger[metadataKey: "account"] = "\(policy.name)"
        self.logger = logger
        client = HTTPClient(
            HTTPClientConfiguration(
                maxConnections: policy.maxConcurrent,
                connectTimeout: min(policy.requestTimeout, Self.connectTimeout),
                caFile: caFile,
                name: "campaignd.remote.\(policy.name)",
                replyBytesMax: Self.maximumReplyBytes
            )
        )
        queue = DispatchQueue(label: "campaignd.remote.\(policy.name)")
        state = DriverState(requests: AccountRequests(policy: policy, token: policy.token()))
    }

    /// Reads what kept the account back before, and listens for pauses.
    ///
    /// The account has been kept by the store.
    package func start() throws {
        try queue.sync {
            state.gate = try store.gate(ofAccount: policy.name)
            state.timer = clock.makeTimer(on: queue) { [weak self] in self?.pump() }
            state.subscription = events.subscribe { [weak self] event in
                guard event == .lanesChanged, let self else { return }
                queue.async { self.refreshPause() }
            }
        }
    }

    package func run(_ step: CampaignStep, _ job: Job, context: JobContext) throws -> JobOutcome {
        try queue.sync { try take(step, job, context.claim) }
    }

    /// Takes no more, gives back what has not left, and waits for what has up to `timeout`.
    package func stop(timeout: Duration, completion: @escaping @Sendable () -> Void) {
        queue.async { [self] in
            state.isStopping = true
            state.subscription?.cancel()
            state.timer?.cancel()
            giveBackWaiting()
            client.shutDown(deadline: .now() + .milliseconds(Int(timeout.wholeMilliseconds))) {
                self.queue.async(execute: completion)
            }
        }
    }

    private static let connectTimeout: Duration = .seconds(10)
    /// A page of a hundred campaigns, each with many lists.
    private static let maximumReplyBytes = 16_000_000
}

/// What a driver's queue remembers.
struct DriverState {
    var requests: AccountRequests
    var gate = AccountGate()
    /// By campaign.
    var jobs: [String: ActiveJob] = [:]
    /// The campaigns in the order in which their jobs came.
    var order: [String] = []
    var sweep: Sweep?
    var isPageInFlight = false
    /// Requests under way.
    var inFlight = 0
    /// Whether a write goes before the next page, so that neither keeps the other back.
    var writeIsNext = false
    var isStopping = false
    var timer: (any EngineTimer)?
    var subscription: EventSubscription?
}

// MARK: Taking and ending

extension AccountDriver {
    private func take(_ step: CampaignStep, _ job: Job, _ claim: JobClaim) throws -> JobOutcome {
        dispatchPrecondition(condition: .onQueue(queue))
        if state.gate.isPaused { refreshPause() }
        guard !state.isStopping, !state.gate.isPaused else { return .interrupted }
        guard let id = job.campaignID, let campaign = try store.campaign(id, owner: nil) else {
            throw JobFailure(.permanent, "job \(job.id) belongs to no campaign")
        }
        // The request of an attempt that a pause took back is still under way.
        guard state.jobs[id] == nil else { return .snoozed(for: .seconds(1)) }
        let active = try active(step, job, claim, campaign)
        guard state.jobs.count < Self.maximumActive else {
            let wait = Double(state.jobs.count) / policy.ratePerSecond
            try store.end(
                claim,
                .snoozed(until: clock.now + .milliseconds(max(1_000, Int64(wait * 1_000)))),
                active.remote,
                evidence: nil,
                now: clock.now
            )
            return .settled
        }
        state.jobs[id] = active
        state.order.append(id)
        queue.async { [self] in pump() }
        return .settled
    }

    private func active(
        _ step: CampaignStep,
        _ job: Job,
        _ claim: JobClaim,
        _ campaign: Campaign
    ) throws -> ActiveJob {
        let now = clock.now
        var remote = try store.remoteCampaign(campaign.id) ?? fresh(campaign)
        if remote.intent?.standing == .asked {
            let text = "the daemon ended before the reply came"
            remote.intent?.stand(.doubtful, at: now, reply: text)
        }
        return ActiveJob(
            job: job,
            claim: claim,
            step: step,
            content: CampaignContent(campaign.spec, name: remote.name, marker: remote.marker),
            status: campaign.status,
            takenAt: now,
            remote: remote
        )
    }

    private func fresh(_ campaign: Campaign) -> RemoteCampaign {
        let marker = policy.hasMarker ? Marker.fresh() : nil
        return RemoteCampaign(
            campaignID: campaign.id,
            account: policy.name,
            fingerprint: CampaignContent.fingerprint(of: campaign.spec),
            name: Marker.name(campaign.spec.name, marker: marker),
            marker: marker
        )
    }

    /// Ends an attempt; where that cannot be stored, it is tried again.
    func end(_ id: String, _ ending: RemoteEnding) {
        dispatchPrecondition(condition: .onQueue(queue))
        guard var active = state.jobs[id] else { return }
        do {
            try store.end(
                active.claim,
                ending,
                active.remote,
                evidence: active.evidence,
                now: clock.now
            )
            forget(id)
        } catch .claimLost {
            // A pause or a cancel took the job back; what is known of the campaign was recorded.
            forget(id)
        } catch {
            logger.error("an attempt's end could not be stored, it is tried again: \(error)")
            active.phase = .ending(ending)
            state.jobs[id] = active
            state.timer?.arm(engine: clock.now + Self.storeRetry, wall: nil)
        }
    }

    func forget(_ id: String) {
        state.jobs[id] = nil
        state.order.removeAll { $0 == id }
    }

    func giveBackWaiting() {
        for id in state.order where state.jobs[id]?.isWaiting == true { end(id, .givenBack) }
        state.sweep = nil
    }

    /// Takes over a pause or a resume that an operator stored.
    private func refreshPause() {
        dispatchPrecondition(condition: .onQueue(queue))
        guard let stored = try? store.gate(ofAccount: policy.name),
            stored.isPaused != state.gate.isPaused
        else { return }
        state.gate.pausedAt = stored.pausedAt
        state.gate.pauseReason = stored.pauseReason
        if stored.isPaused {
            giveBackWaiting()
        } else {
            // Whoever resumes may have renewed the session.
            state.requests.token = policy.token()
        }
    }

    /// Between attempts to store something while the file cannot be written.
    static let storeRetry: Duration = .seconds(1)
}

// MARK: Deciding

extension AccountDriver {
    /// Moves everything on that can be.
    func pump() {
        dispatchPrecondition(condition: .onQueue(queue))
        Failpoint.remotePumped.hang(policy.name)
        if state.isStopping || state.gate.isPaused { giveBackWaiting() }
        for id in state.order {
            switch state.jobs[id]?.phase {
            case .deciding: decide(id)
            case .ending(let ending): end(id, ending)
            case .awaitingReading, .awaitingRequest, .inFlight, nil: break
            }
        }
        if !state.isStopping { serve() }
    }

    private func decide(_ id: String) {
        guard var active = state.jobs[id] else { return }
        let now = clock.now
        switch active.plan(policy, now: now).next() {
        case .read(let notBefore) where notBefore > now: end(id, .snoozed(until: notBefore))
        case .read(let notBefore):
            active.phase = .awaitingReading(notBefore: notBefore)
            state.jobs[id] = active
        case .ask(let remote):
            active.remote = remote
            active.phase = .awaitingRequest
            state.jobs[id] = active
        case .end(let ending, let remote):
            active.remote = remote
            // Polls that found nothing new are no news.
            if case .following = ending, remote.quietReadings > 0 { active.evidence = nil }
            state.jobs[id] = active
            end(id, scheduled(ending, active.job, now: now))
        }
    }

    /// A failure with the time of the next attempt, or as the last one.
    private func scheduled(_ ending: RemoteEnding, _ job: Job, now: Timestamp) -> RemoteEnding {
        switch ending {
        case .retry(_, let failure) where job.attempt >= job.maxAttempts: .discarded(failure)
        case .retry(_, let failure):
            .retry(
                at: now
                    + policy.retry.delay(
                        afterFailures: job.attempt,
                        retryAfter: nil,
                        random: random.next()
                    ),
                failure
            )
        case .completed, .following, .settled, .snoozed, .held, .discarded, .givenBack: ending
        }
    }
}
