import Campaigns
package import JobQueue

extension SQLiteStore {
    package func backUp(to path: String, now: Timestamp) throws(StoreError) {
        do { try database.backUp(to: path, now: now) } catch { throw StoreError(error) }
    }

    package func restoredJobs(after id: Int64, limit: Int) throws(StoreError) -> [Int64] {
        try read("restored jobs") { snapshot in
            try snapshot.all(BackupSQL.heldRestored, id, limit) { $0.int64(0) }
        }
    }

    package func restoredJobCount() throws(StoreError) -> Int64 {
        try read("restored jobs") { snapshot in
            try snapshot.first(BackupSQL.heldRestoredCount) { $0.int64(0) } ?? 0
        }
    }

    package func acknowledgeRestored(_ campaignID: String, now: Timestamp) throws(StoreError) {
        try writeJobs("acknowledge", now: now) { ledger in
            let campaign = try ledger.transaction.existingCampaign(campaignID, owner: nil)
            guard let found = try ledger.unfinished(ofCampaign: campaignID),
                found.job.holdReason == .restored
            else {
                throw StoreError.conflict(
                    "campaign \(campaignID) is \(campaign.status.rawValue) and not held as restored"
                )
            }
            try ledger.acknowledge(found)
        }
    }

    // MARK: Holding

    /// Holds everything that would go on by itself; to be called before anything does.
    ///
    /// In chunks, the stamp being taken out by the last: after a crash it all begins anew, and what
    /// is held already stays so.
    func holdRestored(_ restoration: Restoration, identity: FileIdentity?, now: Timestamp)
        throws(StoreError)
    {
        while try doubtOpenMessages(restoration.reason, now: now) {}
        var last: Int64? = 0
        while let id = last { last = try holdJobs(above: id, restoration.reason, now: now) }
        try write("restored") { transaction in
            try transaction.run(BackupSQL.notePaused, now, restoration.reason)
            try transaction.adopt(identity)
        }
    }

    /// Moves open messages of campaigns that are SENDING to `unknown`; false when none is left.
    private func doubtOpenMessages(_ reason: String, now: Timestamp) throws(StoreError) -> Bool {
        try write("restored messages") { transaction in
            let campaign = try transaction.first(BackupSQL.sendingWithOpenMessages) { $0.int64(0) }
            guard let campaign else { return false }
            var tally = MessageTally()
            var left = Self.restoredChunk
            for channel in Channel.allCases {
                for sql in [BackupSQL.doubtOpen, BackupSQL.doubtSuspects] where left > 0 {
                    try transaction.query(sql, now, reason, campaign, channel, left) { row in
                        tally.move(
                            campaign: campaign,
                            channel: channel,
                            from: row.int64(0) > 0 ? .deferred : .ready,
                            to: .unknown
                        )
                        left -= 1
                    }
                }
            }
            try tally.settle(transaction)
            return left < Self.restoredChunk
        }
    }

    /// Holds the next jobs; returns the id of the last one, nil when none was left.
    private func holdJobs(above id: Int64, _ reason: String, now: Timestamp) throws(StoreError)
        -> Int64?
    {
        try writeJobs("restored jobs", now: now) { ledger in
            let jobs = try ledger.transaction.all(
                BackupSQL.goingOn,
                id,
                Self.restoredChunk,
                row: LanedJob.init
            )
            for found in jobs { try ledger.holdRestored(found, reason) }
            return jobs.last?.job.id
        }
    }

    /// Rows one transaction moves at most.
    private static let restoredChunk = 1_000
}

extension JobLedger {
    fileprivate mutating func holdRestored(_ found: LanedJob, _ reason: String) throws {
        var change = JobChange(to: .held)
        change.holdReason = .restored
        try move(found, change, record: AttemptRecord(.held, reason))
        guard let (_, campaign) = try campaignStep(of: found.job), campaign.status == .sending
        else { return }
        try setStatus(of: campaign, to: .paused, reason: reason)
    }

    /// Lets a job go on that is held as restored, and its campaign with it.
    ///
    /// A campaign whose messages are all in doubt has nothing to send: it ends as PARTIAL.
    mutating func acknowledge(_ found: LanedJob) throws {
        let text = "acknowledged by an operator"
        if let (_, campaign) = try campaignStep(of: found.job), campaign.status == .paused {
            try setStatus(of: campaign, to: .sending, reason: text)
            try settleCampaign(campaign.seq)
        }
        guard let held = try find(found.job.id), held.job.state == .held else { return }
        let change = JobChange(to: held.job.isDated ? .scheduled : .available)
        try move(held, change, record: AttemptRecord(.operated, text))
    }
}
