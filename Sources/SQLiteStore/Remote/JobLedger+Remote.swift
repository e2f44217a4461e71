import Campaigns
import JobQueue

extension JobLedger {
    /// Moves the job of a remote campaign, and the campaign with it, as an attempt's end says.
    mutating func end(
        _ found: LanedJob,
        _ claim: JobClaim,
        _ ending: RemoteEnding,
        _ remote: RemoteCampaign
    ) throws {
        switch ending {
        case .completed: try completeRemoteStep(found.job, claim)
        case .following(let until):
            try beginRemoteSend(remote)
            try snooze(found, until: until)
        case .settled(let status, let reason):
            try beginRemoteSend(remote)
            let campaign = try transaction.existingCampaign(remote.campaignID, owner: nil)
            try setStatus(of: campaign, to: status, reason: reason)
            _ = try complete(claim, startedAt: found.job.startedAt ?? now, endedAt: now)
        case .snoozed(let until): try snooze(found, until: until)
        case .held(let text): try hold(found, inDoubt: text)
        case .retry(let at, let failure): try end(found, as: .retry(at: at, failure))
        case .discarded(let failure): try end(found, as: .discarded(failure))
        case .givenBack: try end(found, as: .givenBack)
        }
    }

    private mutating func end(_ found: LanedJob, as ending: AttemptEnding) throws {
        _ = try end(ended(found, ending))
    }

    /// The end of the job's attempt, as its own driver reports it.
    private func ended(_ found: LanedJob, _ ending: AttemptEnding) -> EndedAttempt {
        EndedAttempt(
            claim: JobClaim(
                jobID: found.job.id,
                attempt: found.job.attempt,
                epoch: found.job.epoch ?? store.epoch
            ),
            startedAt: found.job.startedAt ?? now,
            endedAt: now,
            ending: ending
        )
    }

    private mutating func hold(_ found: LanedJob, inDoubt text: String) throws {
        var change = JobChange(to: .held)
        change.holdReason = .inDoubt
        change.error = JobFailure(.transient, text)
        try move(found, change, record: AttemptRecord(.held, text), ended: ended(found, .givenBack))
    }

    /// Puts the job off without a line in its history: the evidence says what was seen.
    private mutating func snooze(_ found: LanedJob, until: Timestamp) throws {
        var change = JobChange(to: .scheduled)
        change.scheduledAt = until
        change.attempt = found.job.attempt - 1
        try move(found, change, record: nil, ended: ended(found, .snoozed(until: until)))
    }

    private mutating func completeRemoteStep(_ job: Job, _ claim: JobClaim) throws {
        guard let (step, campaign) = try campaignStep(of: job) else {
            throw StoreError.notFound("campaign of job", String(job.id))
        }
        if step == .build {
            if campaign.status == .draft { try setStatus(of: campaign, to: .building) }
            let building = try transaction.existingCampaign(campaign.id, owner: nil)
            try setStatus(of: building, to: .build)
        }
        let built = try transaction.existingCampaign(campaign.id, owner: nil)
        try finish(claim, step, of: built, startedAt: job.startedAt ?? now)
    }

    /// Makes SENDING durable once the server is seen to send.
    private mutating func beginRemoteSend(_ remote: RemoteCampaign) throws {
        let campaign = try transaction.existingCampaign(remote.campaignID, owner: nil)
        if campaign.status == .build { try setStatus(of: campaign, to: .sending) }
    }

    /// Notes what an operator says of a write in doubt; its job then goes on by itself.
    ///
    /// False where the job is not of a remote campaign.
    mutating func resolveRemote(_ found: LanedJob, happened: Bool) throws -> Bool {
        guard let id = found.job.campaignID, var remote = try transaction.remoteCampaign(id)
        else { return false }
        if happened {
            remote.intent?.stand(.confirmed, at: now)
        } else {
            remote.intent = nil
        }
        try transaction.save(remote)
        let text = happened ? "resolved: it happened" : "resolved: to be made again"
        try move(found, JobChange(to: .available), record: AttemptRecord(.operated, text))
        return true
    }

    /// Throws where another server sends the campaign, or may: that is out of reach from here.
    func checkIsOurs(_ campaign: CampaignRow, to verb: String) throws {
        guard campaign.account != CampaignService.localAccount else { return }
        let intent = try transaction.remoteCampaign(campaign.id)?.intent
        guard campaign.status == .sending || intent?.step == .send else { return }
        throw StoreError.conflict(
            "campaign \(campaign.id) is sent by the server of account \(campaign.account), or may "
                + "be, and its API has no call to \(verb) it: do that there"
        )
    }
}
