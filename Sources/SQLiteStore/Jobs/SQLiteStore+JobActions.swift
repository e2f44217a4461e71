package import JobQueue

extension SQLiteStore {
    package func operate(_ action: JobAction, on ids: [Int64], now: Timestamp)
        throws(StoreError) -> [JobActionResult]
    {
        try writeJobs("job action", now: now) { ledger in
            try ids.map { try ledger.operate(action, on: $0) }
        }
    }
}

extension JobLedger {
    fileprivate mutating func operate(_ action: JobAction, on id: Int64) throws -> JobActionResult {
        guard let found = try find(id) else {
            return JobActionResult(jobID: id, state: nil, refusal: "there is no job \(id)")
        }
        let refusal =
            switch action {
            case .retry: try retry(found)
            case .cancel: try cancel(found)
            case .discard: try discard(found)
            case .resolve(let happened): try resolve(found, happened: happened)
            case .release: try release(found)
            }
        return JobActionResult(jobID: id, state: try find(id)?.job.state, refusal: refusal)
    }

    private mutating func retry(_ found: LanedJob) throws -> String? {
        switch found.job.state {
        case .discarded:
            if let id = found.job.campaignID, let other = try unfinished(ofCampaign: id) {
                return "campaign \(id) has an unfinished job already, \(other.job.id)"
            }
            if let refusal = try followRetry(of: found.job) { return refusal }
        case .retryable:
            break
        case .held:
            return "it is held (\(found.holdWord)): use \(found.holdVerbs)"
        case .scheduled, .available, .running, .completed, .cancelled:
            return
                "it is \(found.job.state.rawValue): only discarded and retryable jobs are retried"
        }
        var change = JobChange(to: .available)
        change.attempt = 0
        change.crashes = 0
        change.scheduledAt = now
        try move(found, change, record: AttemptRecord(.operated, "retried by an operator"))
        return nil
    }

    private mutating func cancel(_ found: LanedJob) throws -> String? {
        guard !found.job.state.isFinal else { return "it is \(found.job.state.rawValue) already" }
        if let (_, campaign) = try campaignStep(of: found.job) {
            do {
                try cancelCampaign(campaign.id, owner: nil)
                return nil
            } catch StoreError.conflict(let refusal) {
                return refusal
            }
        }
        guard found.job.state == .running else {
            try move(found, JobChange(to: .cancelled), record: AttemptRecord(.cancelled))
            return nil
        }
        try transaction.run(JobSQL.requestCancel, now, found.job.id)
        transaction.afterCommit { [events = store.events, id = found.job.id] in
            events.publish(.cancelRequested(jobID: id))
        }
        return nil
    }

    private mutating func discard(_ found: LanedJob) throws -> String? {
        guard !found.job.state.isFinal else { return "it is \(found.job.state.rawValue) already" }
        guard found.job.state != .running else { return "it is running: cancel it instead" }
        var change = JobChange(to: .discarded)
        change.error = found.job.lastError ?? JobFailure(.permanent, "discarded by an operator")
        try move(found, change, record: AttemptRecord(.operated, "discarded by an operator"))
        try followDiscard(of: found.job)
        return nil
    }

    private mutating func resolve(_ found: LanedJob, happened: Bool) throws -> String? {
        guard found.job.holdReason == .inDoubt else {
            return "it is not in doubt: only a job held as in_doubt is resolved"
        }
        if try resolveRemote(found, happened: happened) { return nil }
        let text = happened ? "resolved: it happened" : "resolved: to be made again"
        try move(
            found,
            JobChange(to: happened ? .completed : .available),
            record: AttemptRecord(.operated, text)
        )
        return nil
    }

    private mutating func release(_ found: LanedJob) throws -> String? {
        guard let reason = found.job.holdReason, reason.verbs.contains(.release) else {
            return found.job.state == .held
                ? "it is held (\(found.holdWord)): use \(found.holdVerbs)"
                : "it is \(found.job.state.rawValue), not held"
        }
        if reason == .restored {
            try acknowledge(found)
            return nil
        }
        try move(
            found,
            JobChange(to: .available),
            record: AttemptRecord(.operated, "released by an operator")
        )
        return nil
    }
}

extension LanedJob {
    fileprivate var holdWord: String { job.holdReason?.rawValue ?? "" }

    fileprivate var holdVerbs: String {
        (job.holdReason?.verbs ?? []).map(\.rawValue).sorted().joined(separator: " or ")
    }
}
