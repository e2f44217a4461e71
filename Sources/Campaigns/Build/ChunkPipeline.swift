import Dispatch
import JobQueue
import Synchronization

/// Commits chunks while the next ones are rendered, two at a time at most.
final class ChunkPipeline: Sendable {
    private let plan: BuildPlan
    private let store: any CampaignStore
    private let clock: any EngineClock
    private let claim: JobClaim
    private let total: Int64
    private let slots = DispatchSemaphore(value: ChunkPipeline.depth)
    private let failure = Mutex<StoreError?>(nil)

    init(
        _ plan: BuildPlan,
        store: any CampaignStore,
        clock: any EngineClock,
        claim: JobClaim
    ) {
        self.plan = plan
        self.store = store
        self.clock = clock
        self.claim = claim
        total = plan.expectedMessages
    }

    /// Hands a chunk to the store; blocks while two are on their way.
    ///
    /// Throws what an earlier one met.
    func append(_ chunk: BuildChunk) throws {
        slots.wait()
        guard failure.withLock({ $0 }) == nil else {
            slots.signal()
            return try drain()
        }
        store.appendMessages(
            chunk.messages,
            findings: chunk.findings,
            cursor: chunk.cursor,
            progress: JobProgress(done: chunk.cursor.number, total: total),
            claim: claim,
            campaign: plan.campaign,
            now: clock.now
        ) { [self] result in
            if case .failure(let error) = result {
                failure.withLock { $0 = $0 ?? error }
            }
            slots.signal()
        }
    }

    /// Waits until every chunk is durable; throws the first fault.
    func drain() throws {
        for _ in 0..<Self.depth { slots.wait() }
        for _ in 0..<Self.depth { slots.signal() }
        if let error = failure.withLock({ $0 }) { throw error }
    }

    private static let depth = 2
}

extension BuildPlan {
    /// An upper bound of what the build makes: every contact on every channel it takes part in.
    var expectedMessages: Int64 {
        channels.reduce(0) { sum, channel in
            sum
                + lists.filter { $0.takesPart(in: channel.channel) }
                .reduce(0) { $0 + $1.contacts }
        }
    }
}

extension BuildList {
    /// Whether the list's contacts take part in a channel: an untyped list's in every one.
    func takesPart(in channel: Channel) -> Bool {
        self.channel == nil || self.channel == channel
    }
}
