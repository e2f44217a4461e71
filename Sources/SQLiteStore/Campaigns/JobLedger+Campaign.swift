import Campaigns
import JobQueue

/// What moves a campaign when its job moves, and the other way round: the job-and-campaign table.
extension JobLedger {
    /// Stores a new campaign with the first entry of its change log.
    ///
    /// The row is made of what was stored, not read back: a bulk stores 100,000.
    func addCampaign(
        _ spec: CampaignSpec,
        id: ObjectID,
        userID: String?,
        account: String,
        until: CampaignStep,
        date: Timestamp?,
        priority: Int
    ) throws -> CampaignRow {
        var campaign = CampaignRow(
            seq: 0,
            id: id.description,
            userID: userID,
            account: account,
            name: spec.name,
            spec: spec.json,
            status: .draft,
            until: until,
            date: date,
            priority: priority,
            createdAt: now,
            updatedAt: now
        )
        try transaction.run(
            CampaignSQL.insert,
            campaign.id,
            userID,
            account,
            campaign.name,
            campaign.spec,
            spec.channelBits,
            until,
            date,
            priority,
            now
        )
        campaign.seq = transaction.lastInsertedID
        try transaction.run(CampaignSQL.addFirstChange, campaign.seq, campaign.status, now)
        return campaign
    }

    /// Compare-and-set of a campaign's status, with its entry in the change log.
    ///
    /// Returns false where the campaign was not in `from`; then nothing was written.
    @discardableResult
    func setStatus(
        of campaign: CampaignRow,
        to status: CampaignStatus,
        reason: String? = nil
    ) throws -> Bool {
        precondition(
            campaign.status.successors.contains(status),
            "a campaign never goes from \(campaign.status) to \(status)"
        )
        let changes = try transaction.run(
            CampaignSQL.setStatus,
            status,
            reason,
            now,
            campaign.seq,
            campaign.status
        )
        guard changes == 1 else { return false }
        if status.isLogged {
            try transaction.run(CampaignSQL.addChange, campaign.seq, status, now, reason)
        }
        announce(campaign, status)
        return true
    }

    /// Tells of a campaign's status, and the dispatchers where it begins, goes on or ceases to send.
    func announce(_ campaign: CampaignRow, _ status: CampaignStatus) {
        let isDispatched = campaign.status == .sending || status == .sending
        transaction.afterCommit { [events = store.events] in
            events.publish(.campaign(id: campaign.id, status: status.rawValue))
            if isDispatched { events.publish(.dispatchChanged) }
        }
    }

    /// The step a job makes and the campaign it makes it for; nil for other jobs.
    func campaignStep(of job: Job) throws -> (step: CampaignStep, campaign: CampaignRow)? {
        guard let step = CampaignStep(job.kind), let id = job.campaignID,
            let campaign = try transaction.campaignRow(id, owner: nil)
        else { return nil }
        return (step, campaign)
    }

    /// A step given up fails its campaign, or leaves it partial.
    func followDiscard(of job: Job) throws {
        guard let (step, campaign) = try campaignStep(of: job) else { return }
        let status = JobCampaignRule.afterDiscard(of: step)
        guard campaign.status.successors.contains(status) else { return }
        let reason = try find(job.id)?.job.lastError?.message
        try setStatus(of: campaign, to: status, reason: reason)
    }

    /// A step tried again brings its campaign back; returns why it cannot be.
    func followRetry(of job: Job) throws -> String? {
        guard let (step, campaign) = try campaignStep(of: job) else { return nil }
        let status = JobCampaignRule.afterRetry(of: step)
        // A send that never began makes SENDING durable by itself when it runs.
        let hasToBegin = step == .send && campaign.status == .build
        guard campaign.status != status, !hasToBegin else { return nil }
        guard campaign.status.successors.contains(status) else {
            return "campaign \(campaign.id) is \(campaign.status.rawValue)"
        }
        try setStatus(of: campaign, to: status)
        return nil
    }

    /// Ends a step's job and enqueues the next step, if one was asked for.
    mutating func finish(
        _ claim: JobClaim,
        _ step: CampaignStep,
        of campaign: CampaignRow,
        startedAt: Timestamp
    ) throws {
        let found = try claimed(claim)
        guard try complete(claim, startedAt: startedAt, endedAt: now) else {
            throw StoreError.claimLost(claim)
        }
        if let next = step.next, next <= campaign.until {
            _ = try insert(campaign.job(for: next, maxAttempts: found.job.maxAttempts))
        }
    }

    // MARK: Pause, resume, cancel

    mutating func pauseCampaign(_ id: String, owner: String?) throws {
        let campaign = try transaction.existingCampaign(id, owner: owner)
        guard let found = try unfinished(ofCampaign: id) else {
            throw StoreError.conflict(
                "campaign \(id) is \(campaign.status.rawValue) and has no job to pause"
            )
        }
        try checkIsOurs(campaign, to: "pause")
        guard found.job.state != .held else {
            throw StoreError.conflict(
                "campaign \(id) is held already (\(found.job.holdReason?.rawValue ?? ""))"
            )
        }
        try hold(found, reason: "paused by an operator")
        if let status = JobCampaignRule.afterPause(from: campaign.status) {
            try setStatus(of: campaign, to: status, reason: "paused by an operator")
        }
    }

    /// Holds a job as paused; a running attempt ends here, and is given back.
    mutating func hold(_ found: LanedJob, reason: String) throws {
        var change = JobChange(to: .held)
        change.holdReason = .paused
        change.attempt = max(0, found.job.attempt - (found.job.state == .running ? 1 : 0))
        try move(found, change, record: AttemptRecord(.held, reason))
    }

    mutating func resumeCampaign(_ id: String, owner: String?) throws {
        let campaign = try transaction.existingCampaign(id, owner: owner)
        guard let found = try unfinished(ofCampaign: id), found.job.holdReason == .paused else {
            throw StoreError.conflict(
                "campaign \(id) is \(campaign.status.rawValue) and not paused"
            )
        }
        // A date that has not come yet is waited for again; one that has, the operator has seen.
        let isAhead = found.job.isDated && found.job.scheduledAt > now
        let change = JobChange(to: isAhead ? .scheduled : .available)
        try move(found, change, record: AttemptRecord(.operated, "resumed by an operator"))
        if let status = JobCampaignRule.afterResume(from: campaign.status) {
            try setStatus(of: campaign, to: status)
        }
    }

    mutating func cancelCampaign(_ id: String, owner: String?) throws {
        let campaign = try transaction.existingCampaign(id, owner: owner)
        guard campaign.status.successors.contains(.cancelled) else {
            throw StoreError.conflict(
                "campaign \(id) is \(campaign.status.rawValue): there is nothing left to cancel"
            )
        }
        try checkIsOurs(campaign, to: "cancel")
        if let found = try unfinished(ofCampaign: id) {
            try move(
                found,
                JobChange(to: .cancelled),
                record: AttemptRecord(.cancelled, "cancelled by an operator")
            )
        }
        try setStatus(of: campaign, to: .cancelled)
    }
}
