import JobQueue

/// What to know of a campaign before it leaves.
package struct CampaignReport: Sendable {
    package var campaign: Campaign
    /// In the order of the campaign.
    package var channels: [Channel]
    package var findings: [BuildFinding]
    package var lint: [LintFinding]

    /// What was found of a kind, most frequent first.
    package func findings(_ kind: BuildFinding.Kind, on channel: Channel) -> [BuildFinding] {
        findings.filter { $0.kind == kind && $0.channel == channel }
    }
}

extension CampaignService {
    /// Counts, costs and the rules for senders; reads counters only, whatever the campaign's size.
    package func report(on id: ObjectID, as caller: Caller) throws(ServiceError)
        -> CampaignReport
    {
        let campaign = try campaign(id, as: caller)
        let plan = try previewPlan(of: id, as: caller)
        let findings = try stored { () throws(StoreError) in
            try store.buildFindings(of: plan.seq, limit: Self.maximumFindings)
        }
        let lint = SenderLint(publicURL: settings.publicURL, words: words)
        return CampaignReport(
            campaign: campaign,
            channels: plan.channels.map(\.channel),
            findings: findings,
            lint: plan.channels.flatMap { lint.findings(in: $0) }
        )
    }

    /// Findings of one kind that a report names.
    private static let maximumFindings = 50
}
