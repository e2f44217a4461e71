package import JobQueue

extension SQLiteStore: JobStore {
    package func enqueue(_ jobs: [NewJob], now: Timestamp) throws(StoreError) -> [Job] {
        try writeJobs("enqueue", now: now) { ledger in
            try ledger.store.space.demandRoom()
            return try jobs.map { new in
                if let campaign = new.campaignID,
                    let other = try ledger.unfinished(ofCampaign: campaign)
                {
                    throw StoreError.unfinishedJob(other.job)
                }
                return try ledger.insert(new)
            }
        }
    }

    package func recordProgress(_ progress: JobProgress, of claim: JobClaim) throws(StoreError) {
        try write("progress") { [events] transaction in
            try transaction.recordProgress(progress, of: claim, events: events)
        }
    }

    package func job(_ id: Int64) throws(StoreError) -> Job? {
        try read("job") { try $0.first(JobSQL.job, id, row: Job.init) }
    }

    package func attempts(ofJob id: Int64) throws(StoreError) -> [Attempt] {
        try read("attempts") { try $0.all(JobSQL.attempts, id, row: Attempt.init) }
    }

    package func jobs(matching filter: JobFilter, before: Int64?, limit: Int)
        throws(StoreError) -> [Job]
    {
        let query = JobListQuery(filter, before: before, limit: limit)
        return try read("jobs") { try $0.all(query.sql, list: query.values, row: Job.init) }
    }

    package func jobCounts() throws(StoreError) -> [JobCount] {
        try read("job counts") { snapshot in
            try snapshot.all(JobSQL.counts) { row in
                JobCount(
                    kind: JobKind(rawValue: row.text(0)),
                    state: JobState(stored: row.text(1)),
                    count: row.int64(2)
                )
            }
        }
    }
}

extension Transaction {
    /// Records progress under a claim, which also shows that the job does not crash the daemon: the
    /// next one on probation may start.
    func recordProgress(_ progress: JobProgress, of claim: JobClaim, events: EventHub) throws {
        let changes = try run(
            JobSQL.progress,
            progress.done,
            progress.total,
            claim.jobID,
            claim.attempt,
            claim.epoch
        )
        if changes == 0 { throw StoreError.claimLost(claim) }
        if try run(JobSQL.endProbation, claim.jobID) > 0 {
            afterCommit { events.publish(.jobsReady) }
        }
    }
}

extension StoreError {
    /// A campaign has at most one unfinished job, and has one.
    static func unfinishedJob(_ job: Job) -> StoreError {
        .conflict(
            "campaign \(job.campaignID ?? "") has an unfinished job, \(job.id) "
                + "(\(job.kind.rawValue), \(job.state.rawValue)): wait for it or cancel it first"
        )
    }
}
