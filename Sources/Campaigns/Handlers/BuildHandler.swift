package import JobQueue

/// The build step of the local backend: freezes the audience into messages, chunk by chunk.
///
/// A crash or a stop costs the chunk in hand; the next attempt goes on from the cursor.
package struct BuildHandler: JobHandler {
    package let kind = JobKind.build
    private let store: any CampaignStore
    private let clock: any EngineClock
    private let publicURL: String?

    /// Makes the handler; `publicURL` is where recipients' links lie, if there are any.
    package init(store: any CampaignStore, clock: any EngineClock, publicURL: String? = nil) {
        self.store = store
        self.clock = clock
        self.publicURL = publicURL
    }

    package func run(_ job: Job, context: JobContext) throws -> JobOutcome {
        try ownEnding(of: job, store) {
            switch try store.beginBuild(context.claim, now: clock.now) {
            case .faults(let faults): return .failed(JobFailure(faults))
            case .plan(let plan): return try build(plan, startedAt: clock.now, context)
            }
        }
    }

    private func build(_ plan: BuildPlan, startedAt: Timestamp, _ context: JobContext) throws
        -> JobOutcome
    {
        var chunks = try ChunkSequence(plan, store: store, publicURL: publicURL)
        let pipeline = ChunkPipeline(plan, store: store, clock: clock, claim: context.claim)
        guard try storeAll(&chunks, pipeline, context) else { return .interrupted }
        let built = try store.finishBuild(
            context.claim,
            campaign: plan.campaign,
            digest: chunks.digest,
            startedAt: startedAt,
            now: clock.now
        )
        guard built == 0 else { return .settled }
        return .failed(
            JobFailure(
                .permanent,
                "empty-audience: no contact of the lists got a message; `campaignctl campaigns show "
                    + "\(plan.campaignID)` counts the reasons"
            )
        )
    }

    /// Stores chunk after chunk; false where the attempt is to be given back and made again: the
    /// daemon stops, or an attempt from before a pause had not ended yet and was quicker.
    private func storeAll(
        _ chunks: inout ChunkSequence,
        _ pipeline: ChunkPipeline,
        _ context: JobContext
    ) throws -> Bool {
        do {
            while let chunk = try chunks.next() {
                try pipeline.append(chunk)
                if context.shouldStop {
                    try pipeline.drain()
                    return false
                }
            }
            try pipeline.drain()
            return true
        } catch StoreError.conflict {
            return false
        }
    }
}
