package import Campaigns
package import JobQueue

extension SQLiteStore {
    package func prune(_ policy: RetentionPolicy, now: Timestamp) throws(StoreError) -> PruneReport
    {
        var report = PruneReport()
        if let age = policy.campaigns {
            report.campaigns = try pruneCampaigns(endedBefore: now - age)
        }
        report.messages = try pruneMessages()
        report.jobs = try pruneJobs(policy, now: now)
        report.keys = try pruneKeys(before: now - RetentionPolicy.keys)
        return report
    }

    /// Rewrites the file without the room that deleted rows left; nobody else may work meanwhile.
    ///
    /// Needs room for the data twice over.
    package func compact() throws(StoreError) {
        do { try writer.compact() } catch { throw StoreError(error) }
    }

    // MARK: Jobs and keys

    private func pruneJobs(_ policy: RetentionPolicy, now: Timestamp) throws(StoreError) -> Int {
        let never = Timestamp(milliseconds: .min)
        let completed = policy.completed.map { now - $0 } ?? never
        let failed = policy.failed.map { now - $0 } ?? never
        var count = 0
        var last: Int64 = 0
        while true {
            let ids = try read("old jobs") { [last] snapshot in
                try snapshot.all(RetentionSQL.oldJobs, last, completed, failed, Self.pruneChunk) {
                    $0.int64(0)
                }
            }
            guard let end = ids.last else { return count }
            last = end
            count += try write("prune jobs") { try $0.removeJobs(ids) }
        }
    }

    private func pruneKeys(before: Timestamp) throws(StoreError) -> Int {
        var count = 0
        while true {
            let keys = try read("old keys") { snapshot in
                try snapshot.all(RetentionSQL.oldKeys, before, Self.pruneChunk) {
                    (user: $0.text(0), key: $0.text(1))
                }
            }
            try write("prune keys") { transaction in
                for key in keys { try transaction.run(RetentionSQL.removeKey, key.user, key.key) }
            }
            count += keys.count
            guard keys.count == Self.pruneChunk else { return count }
        }
    }

    // MARK: Campaigns

    /// Takes campaigns away, each with all but its messages in one transaction.
    private func pruneCampaigns(endedBefore: Timestamp) throws(StoreError) -> Int {
        var count = 0
        for status in [CampaignStatus.sent, .failed, .cancelled] {
            while try write(
                "prune campaign",
                { transaction in
                    let old = try transaction.first(RetentionSQL.oldCampaign, status, endedBefore) {
                        (seq: $0.int64(0), id: $0.text(1))
                    }
                    guard let old else { return false }
                    try transaction.removeCampaign(old.seq, id: old.id)
                    return true
                }
            ) { count += 1 }
        }
        return count
    }

    private func pruneMessages() throws(StoreError) -> Int {
        var count = 0
        while true {
            let removed = try write("prune messages") { transaction -> Int? in
                guard let seq = try transaction.first(RetentionSQL.removed, row: { $0.int64(0) })
                else { return nil }
                let ids = MessageID.range(ofCampaign: seq)
                let removed = try transaction.run(
                    RetentionSQL.removeMessages,
                    ids.lowerBound,
                    ids.upperBound,
                    Self.pruneChunk
                )
                if removed == 0 { try transaction.run(RetentionSQL.endRemoval, seq) }
                return removed
            }
            guard let removed else { return count }
            count += removed
        }
    }

    /// Rows one transaction takes away at most.
    private static let pruneChunk = 500
}

extension Transaction {
    /// Removes ended jobs with their attempts, and their counts; returns how many there were.
    fileprivate func removeJobs(_ ids: [Int64]) throws -> Int {
        var count = 0
        for id in ids {
            let removed = try first(RetentionSQL.removeJob, id) { ($0.int64(0), $0.text(1)) }
            guard let (lane, state) = removed else { continue }
            try run(RetentionSQL.removeAttempts, id)
            try run(JobSQL.count, lane, state, -1)
            count += 1
        }
        return count
    }

    fileprivate func removeCampaign(_ seq: Int64, id: String) throws {
        let jobs = try all(RetentionSQL.jobsOfCampaign, id) { $0.int64(0) }
        for job in jobs { try run(RetentionSQL.removeKeysOfJob, job) }
        _ = try removeJobs(jobs)
        for sql in [
            RetentionSQL.removeChanges, RetentionSQL.removeCounts, RetentionSQL.removeRate,
            CampaignSQL.removeLists, CampaignSQL.removeChannels, CampaignSQL.removeCursor,
            RetentionSQL.removeCampaign, RetentionSQL.noteRemoved,
        ] {
            try run(sql, seq)
        }
    }
}
