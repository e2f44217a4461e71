package import Campaigns
package import JobQueue

extension SQLiteStore {
    package func acceptTest(_ test: TestSend, now: Timestamp) throws(StoreError) -> AcceptResult {
        try acceptOne("test send", now: now) { try $0.acceptTest(test) }
    }
}

extension JobLedger {
    /// Makes the test's campaign as a build of one message would have left it, and its send job.
    fileprivate mutating func acceptTest(_ test: TestSend) throws -> AcceptedJob {
        if let replayed = try replay(test.key, owner: test.owner, index: 0) { return replayed }
        let original = try transaction.existingCampaign(test.campaignID, owner: test.owner)
        let campaign = try addCampaign(
            test.spec,
            id: test.newID,
            userID: original.userID,
            account: original.account,
            until: .send,
            date: nil,
            priority: JobPriority.range.lowerBound
        )
        try transaction.run(TestSendSQL.add, campaign.seq, original.id)
        try store(test, campaign: campaign.seq)
        try setStatus(of: campaign, to: .building)
        try setStatus(of: try transaction.existingCampaign(campaign.id, owner: nil), to: .build)
        let built = try transaction.existingCampaign(campaign.id, owner: nil)
        let job = try insert(built.job(for: .send, maxAttempts: test.maxAttempts))
        if let key = test.key { try keep(key, of: job, owner: test.owner) }
        return AcceptedJob(job: job, isReplayed: false)
    }

    private func store(_ test: TestSend, campaign: Int64) throws {
        for channel in test.spec.channels {
            guard let settings = test.spec.settings[channel] else { continue }
            try transaction.run(
                CampaignSQL.addChannel,
                campaign,
                channel,
                settings.sender,
                settings.templateID.description,
                settings.version
            )
        }
        var tally = MessageTally()
        try transaction.add(test.message, campaign: campaign, now: now)
        tally.add(test.message, campaign: campaign)
        try tally.settle(transaction)
        try transaction.run(CampaignSQL.setBuilt, nil as String?, 1, campaign)
    }
}
