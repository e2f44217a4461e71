package import JobQueue

/// Carries the campaigns of one account through their steps.
package protocol CampaignBackend: Sendable {
    /// Runs one attempt of a step's job, as ``JobHandler/run(_:context:)`` does.
    func run(_ step: CampaignStep, _ job: Job, context: JobContext) throws -> JobOutcome
}

/// A step's handler that gives each job to the backend of its account.
package struct AccountHandler: JobHandler {
    package let kind: JobKind
    private let step: CampaignStep
    private let local: any JobHandler
    private let backends: [String: any CampaignBackend]

    /// Makes a handler: `local` carries the embedded engine's jobs, `backends` those of accounts.
    package init(
        _ step: CampaignStep,
        local: any JobHandler,
        backends: [String: any CampaignBackend]
    ) {
        kind = step.jobKind
        self.step = step
        self.local = local
        self.backends = backends
    }

    package func run(_ job: Job, context: JobContext) throws -> JobOutcome {
        if job.account == CampaignService.localAccount {
            return try local.run(job, context: context)
        }
        guard let backend = backends[job.account] else {
            return .held(
                .unknownKind,
                "no account \(job.account) is configured; it goes on once the daemon has it again"
            )
        }
        return try backend.run(step, job, context: context)
    }
}
