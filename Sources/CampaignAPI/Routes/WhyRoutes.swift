import APITypes
import Campaigns
import JobQueue

extension RouteTable {
    /// For somebody who asks why nothing happens.
    static let whyRoutes: [Route] = [
        Route(
            method: .get,
            path: "/api/jobs/{id}/why",
            operation: "explainJob",
            summary: "Says what a job waits for, and what would move it on.",
            replies: [.json(.why, "What it waits for.")],
            handle: { try $0.explain() }
        )
    ]
}

extension Call {
    fileprivate func explain() throws -> APIReply {
        let job = try service.job(try number(), as: caller)
        let store = service.store
        var facts = WaitingFacts(
            job: job,
            daemon: api.daemon?(),
            isPaused: try store.pausedKinds()[job.kind] != nil,
            isOnProbation: try store.isOnProbation(job: job.id)
        )
        if job.account != CampaignService.localAccount {
            facts.gate = try store.gate(ofAccount: job.account)
        }
        if let id = job.campaignID.flatMap({ ObjectID($0) }) {
            let campaign = try service.campaign(id, as: caller)
            facts.campaign = campaign
            for channel in Channel.allCases where campaign.status == .sending {
                let due = try store.nextMessageDue(inCampaign: campaign.seq, on: channel)
                guard let due else { continue }
                facts.nextDue[channel] = due
                facts.nextToken[channel] = facts.daemon?.nextToken(channel, campaign.seq)
            }
        }
        return try .json(facts.explanation(now: service.clock.now))
    }
}
