package import JobQueue

extension SQLiteStore: JobStore {
    package func enqueue(_ jobs: [NewJob], now: Timestamp) throws(StoreError) -> [Job] {
        try writeJobs("enqueue", now: now) { ledger in
            try jobs.map { new in
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
        try write("progress") { transaction in
            try transaction.recordProgress(progress, of: claim)
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

    package func failureGroups(limit: Int) throws(StoreError) -> [FailureGroup] {
        try read("failures") { snapshot in
            try snapshot.all(JobSQL.failureGroups, limit) { row in
                FailureGroup(
                    kind: JobKind(rawValue: row.text(0)),
                    state: JobState(stored: row.text(1)),
                    errorClass: row.textOrNil(2).flatMap(ErrorClass.init(rawValue:)),
                    error: row.text(3),
                    count: row.int64(4),
                    exampleJobID: row.int64(5),
                    latestAt: row.timestamp(6)
                )
            }
        }
    }
}

extension Transaction {
    /// Records progress under a claim, which also shows that the job does not crash the daemon.
    func recordProgress(_ progress: JobProgress, of claim: JobClaim) throws {
        let changes = try run(
            JobSQL.progress,
            progress.done,
            progress.total,
            claim.jobID,
            claim.attempt,
            claim.epoch
        )
        if changes == 0 { throw StoreError.claimLost(claim) }
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
