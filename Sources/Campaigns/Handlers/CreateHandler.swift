package import JobQueue

/// The create step of the local backend: checks once more all that the campaign names.
package struct CreateHandler: JobHandler {
    package let kind = JobKind.create
    private let store: any CampaignStore
    private let clock: any EngineClock

    /// Makes the handler.
    package init(store: any CampaignStore, clock: any EngineClock) {
        self.store = store
        self.clock = clock
    }

    package func run(_ job: Job, context: JobContext) throws -> JobOutcome {
        try ownEnding(of: job, store) {
            let faults = try store.finishCreate(
                context.claim,
                startedAt: clock.now,
                now: clock.now
            )
            return faults.isEmpty ? .settled : .failed(JobFailure(faults))
        }
    }
}

/// Runs a step that ends its own attempt; a claim that a pause or a cancel took back is no error.
func ownEnding(
    of job: Job,
    _ store: any CampaignStore,
    _ step: () throws -> JobOutcome
) throws -> JobOutcome {
    do {
        return try step()
    } catch let error as StoreError {
        guard case .claimLost = error, let now = try store.job(job.id), now.state != .running
        else { throw error }
        return .settled
    }
}

extension JobFailure {
    /// What the order names is missing or unfit: nothing that waiting would mend.
    init(_ faults: [FieldFault]) {
        self.init(.permanent, faults.map(\.description).joined(separator: "; "))
    }
}
