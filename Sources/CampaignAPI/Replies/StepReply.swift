import APITypes
import Campaigns
import JobQueue

extension Call {
    /// Enqueues a campaign's next step; a call out of order is told which comes next.
    func advance(
        _ id: ObjectID,
        to step: CampaignStep,
        _ schedule: Schedule,
        key: IdempotencyKey?
    ) throws -> AcceptedJob {
        do {
            return try service.advance(
                id,
                to: step,
                date: schedule.date,
                priority: schedule.priority,
                maxAttempts: schedule.maxAttempts,
                key: key,
                as: caller
            )
        } catch .store(.conflict(let text)) {
            let campaign = try service.campaign(id, as: caller)
            throw Problem(.conflict, text, next: campaign.nextCall)
        }
    }

    /// The seed's answer to a step: when its job is done, or for send when SENDING is committed.
    func wait(for job: Job, step: CampaignStep) throws -> APIReply {
        let reader = StepReply(step: step, jobID: job.id, service: service, caller: caller)
        let condition = Wait.Condition(
            isConcerned: { event in
                switch event {
                case .job(let id, _, let state): id == job.id && (state.isFinal || state == .held)
                case .campaign(let id, _): id == job.campaignID
                case .lanesChanged: true
                case .jobsReady, .cancelRequested, .dispatchChanged: false
                }
            },
            evaluate: { try reader.settled() },
            expire: { try reader.pending() }
        )
        return try wait(for: condition, timeout: Self.stepTimeout)
    }

    /// How long a write of the seed waits for its job.
    static let stepTimeout = Duration.seconds(25)
}

/// What a step's caller is told, by how its job stands.
private struct StepReply: Sendable {
    let step: CampaignStep
    let jobID: Int64
    let service: CampaignService
    let caller: Caller

    /// The answer if the step is done or failed, or cannot go on by itself; else nil.
    func settled() throws -> APIReply? {
        let job = try service.job(jobID, as: caller)
        switch job.state {
        case .completed: return try done(job)
        case .discarded:
            throw Problem(.unprocessable, job.lastError?.message ?? "the job was discarded")
        case .cancelled: throw Problem(.conflict, "the campaign was cancelled")
        case .held: return try pending()
        case .running: return try hasBegunToSend(job) ? try done(job) : nil
        case .scheduled, .available, .retryable:
            return try service.isPaused(job.kind) ? try pending() : nil
        }
    }

    /// The answer when time is up: the job goes on without the caller.
    func pending() throws -> APIReply {
        let job = try service.job(jobID, as: caller)
        let body = ResultBody(
            result: "pending",
            campaignId: job.campaignID,
            job: JobBody(job)
        )
        return try .json(body, status: 202)
    }

    private func done(_ job: Job) throws -> APIReply {
        try .json(
            ResultBody(
                response: step == .send ? "Successfully processed messages." : nil,
                campaignId: step == .create ? job.campaignID : nil
            )
        )
    }

    private func hasBegunToSend(_ job: Job) throws -> Bool {
        guard step == .send, let id = job.campaignID.flatMap({ ObjectID($0) }) else { return false }
        return switch try service.campaign(id, as: caller).status {
        case .sending, .paused, .partial, .sent, .cancelled: true
        case .draft, .building, .build, .failed: false
        }
    }
}

extension Campaign {
    /// The call that moves the campaign on from where it is; nil where none does.
    fileprivate var nextCall: String? {
        switch status {
        case .draft: "PUT /api/campaign/\(id)/build"
        case .building: "GET /api/campaign/\(id)/wait"
        case .build: "PUT /api/campaign/\(id)/send"
        case .paused: "PUT /api/campaign/\(id)/resume"
        case .partial: "POST /api/messages/retry"
        case .failed: "POST /api/jobs/retry"
        case .sending, .sent, .cancelled: nil
        }
    }
}
