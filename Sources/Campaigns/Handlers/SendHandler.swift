package import JobQueue

/// The send step of the local backend: makes SENDING durable and leaves the rest to the dispatchers.
///
/// The job runs on without a worker until its last message is settled.
package struct SendHandler: JobHandler {
    package let kind = JobKind.send
    private let store: any CampaignStore
    private let clock: any EngineClock

    /// Makes the handler.
    package init(store: any CampaignStore, clock: any EngineClock) {
        self.store = store
        self.clock = clock
    }

    package func run(_ job: Job, context: JobContext) throws -> JobOutcome {
        try ownEnding(of: job, store) {
            try store.beginSend(context.claim, now: clock.now)
            return .settled
        }
    }
}
