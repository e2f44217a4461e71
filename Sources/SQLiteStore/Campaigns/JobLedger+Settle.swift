import Campaigns
import JobQueue

extension JobLedger {
    /// Ends a campaign whose messages are all settled as far as the daemon can, with its send job.
    ///
    /// Called whenever counters moved; does nothing while a message is open.
    mutating func settleCampaign(_ seq: Int64) throws {
        guard
            let campaign = try transaction.first(
                CampaignSQL.campaignBySeq,
                seq,
                row: CampaignRow.init
            ),
            [.sending, .paused, .partial].contains(campaign.status)
        else { return }
        let counts = try transaction.messageCounts(of: seq)
        let built = counts.filter(\.isBuilt)
        try transaction.run(
            JobSQL.sendProgress,
            built.filter { !$0.state.isOpen }.reduce(0) { $0 + $1.count },
            built.reduce(0) { $0 + $1.count },
            campaign.id
        )
        guard !counts.contains(where: { $0.state.isOpen }) else { return }
        let reason = Self.unsettledReason(counts)
        let status: CampaignStatus = reason == nil ? .sent : .partial
        guard status != campaign.status else {
            try transaction.run(CampaignSQL.setReason, reason, now, seq)
            return
        }
        try setStatus(of: campaign, to: status, reason: reason)
        try completeSendJob(of: campaign)
    }

    /// A settled campaign with open messages becomes SENDING again, with a new send job.
    mutating func sendAgain(_ seq: Int64) throws {
        guard
            let campaign = try transaction.first(
                CampaignSQL.campaignBySeq,
                seq,
                row: CampaignRow.init
            )
        else { return }
        let hasOpen = try transaction.messageCounts(of: seq).contains { $0.state.isOpen }
        guard hasOpen, campaign.status == .partial || campaign.status == .sent else {
            if campaign.status == .sending { announce(campaign, .sending) }
            return
        }
        let newest = try transaction.first(
            JobSQL.newestOfCampaign,
            campaign.id,
            row: LanedJob.init
        )
        if try unfinished(ofCampaign: campaign.id) == nil {
            var job = campaign.job(for: .send, maxAttempts: newest?.job.maxAttempts ?? 20)
            job.date = nil
            _ = try insert(job)
        }
        try setStatus(of: campaign, to: .sending, reason: "messages to send again")
    }

    /// Completes the campaign's send job, whether it runs or was held by a pause.
    private mutating func completeSendJob(of campaign: CampaignRow) throws {
        guard let found = try unfinished(ofCampaign: campaign.id), found.job.kind == .send else {
            return
        }
        if let claim = found.job.claim {
            _ = try complete(claim, startedAt: found.job.startedAt ?? now, endedAt: now)
        } else if found.job.state.successors.contains(.completed) {
            try move(found, JobChange(to: .completed), record: AttemptRecord(.completed))
        }
    }

    /// What keeps a campaign without open messages from being SENT; nil if nothing does.
    private static func unsettledReason(_ counts: [MessageCount]) -> String? {
        var parts: [String] = []
        let unknown = counts.filter { $0.state == .unknown }.reduce(0) { $0 + $1.count }
        if unknown > 0 { parts.append("\(unknown) unknown: resolve them") }
        for fault in MessageFault.allCases where !fault.isSettled {
            let failed = counts.filter { $0.state == .failed && $0.detail == fault.rawValue }
                .reduce(0) { $0 + $1.count }
            if failed > 0 { parts.append("\(failed) failed (\(fault.rawValue)): retry them") }
        }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }
}
