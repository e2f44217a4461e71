package import JobQueue

/// Whether the work asked for has ended, and how.
package struct Standing: Sendable {
    /// How it ended, or cannot go on by itself.
    package enum End: Sendable, Equatable {
        case done
        /// Failed, called off, partial, paused or held; the reason, where one is known.
        case stopped(reason: String?)
    }

    /// Nil for a job that belongs to no campaign.
    package var campaign: Campaign?
    /// The campaign's newest job, or the job asked about.
    package var job: Job?
    /// Nil while the work goes on by itself.
    package var end: End?
}

extension CampaignService {
    /// How a campaign stands in respect of the last step asked for.
    package func standing(ofCampaign id: ObjectID, as caller: Caller) throws(ServiceError)
        -> Standing
    {
        // The job first: the campaign, read after it, is never older than what the job says.
        let job = try stored { () throws(StoreError) in
            try store.newestJob(ofCampaign: id.description)
        }
        let campaign = try campaign(id, as: caller)
        if let end = campaign.end(job: job) {
            return Standing(campaign: campaign, job: job, end: end)
        }
        return Standing(campaign: campaign, job: job, end: try pause(of: job))
    }

    /// How a job's campaign stands; of a job without one, how the job itself does.
    package func standing(ofJob id: Int64, as caller: Caller) throws(ServiceError) -> Standing {
        let job = try job(id, as: caller)
        if let campaign = job.campaignID.flatMap({ ObjectID($0) }) {
            return try standing(ofCampaign: campaign, as: caller)
        }
        if let end = job.state == .completed ? Standing.End.done : job.stop {
            return Standing(campaign: nil, job: job, end: end)
        }
        return Standing(campaign: nil, job: job, end: try pause(of: job))
    }

    /// The stop of a waiting job whose kind or account is paused; nil where it is not.
    private func pause(of job: Job?) throws(ServiceError) -> Standing.End? {
        guard let job, [.available, .retryable, .scheduled].contains(job.state) else { return nil }
        if let reason = try accountPause(of: job) { return .stopped(reason: reason) }
        guard job.state != .scheduled else { return nil }
        let paused = try stored { () throws(StoreError) in try store.pausedKinds() }
        guard paused[job.kind] != nil else { return nil }
        return .stopped(reason: "jobs of kind \(job.kind.rawValue) are paused; resume the kind")
    }
}

extension CampaignService {
    /// Why the job's account is paused, and what ends it; nil where it is not.
    private func accountPause(of job: Job) throws(ServiceError) -> String? {
        guard job.account != Self.localAccount else { return nil }
        let gate = try stored { () throws(StoreError) in try store.gate(ofAccount: job.account) }
        guard gate.isPaused else { return nil }
        return "the account \(job.account) is paused (\(gate.pauseReason ?? "")); "
            + "`campaignctl accounts resume \(job.account)` goes on"
    }
}

extension Campaign {
    /// How the last step asked for ended; nil while it goes on.
    fileprivate func end(job: Job?) -> Standing.End? {
        switch status {
        case .sent: .done
        case .partial, .failed, .cancelled, .paused:
            .stopped(reason: reason ?? job?.lastError?.message)
        case .build where until <= .build: .done
        case .draft where until == .create && job?.state == .completed: .done
        case .draft, .building, .build, .sending: job?.stop
        }
    }
}

extension Job {
    /// Why the job cannot go on by itself; nil while it can, and when it is done.
    fileprivate var stop: Standing.End? {
        switch state {
        case .held:
            let reason = holdReason?.rawValue ?? ""
            let detail = lastError.map { ": \($0.message)" } ?? ""
            return .stopped(reason: "job \(id) is held (\(reason))\(detail)")
        case .cancelled: return .stopped(reason: "job \(id) was cancelled")
        case .discarded: return .stopped(reason: lastError?.message)
        case .scheduled, .available, .running, .retryable, .completed: return nil
        }
    }
}
