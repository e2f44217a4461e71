import APITypes
import Campaigns
import JobQueue

extension RouteTable {
    /// Waiting for work to end.
    static let waitRoutes: [Route] = [
        Route(
            method: .get,
            path: "/api/campaign/{id}/wait",
            operation: "waitForCampaign",
            summary: "Answers when the last step asked for has ended or cannot go on by itself.",
            query: [.timeout],
            replies: waitReplies,
            handle: { call in
                let id = try call.objectID()
                return try call.wait { try call.service.standing(ofCampaign: id, as: call.caller) }
            }
        ),
        Route(
            method: .get,
            path: "/api/jobs/{id}/wait",
            operation: "waitForJob",
            summary: "Answers when the last step asked for of the job's campaign has ended.",
            query: [.timeout],
            replies: waitReplies,
            handle: { call in
                let id = try call.number()
                return try call.wait { try call.service.standing(ofJob: id, as: call.caller) }
            }
        ),
    ]

    private static let waitReplies: [Route.Reply] = [
        .json(.wait, "It has ended, or cannot go on by itself."),
        .json(.wait, "Time is up and it goes on; ask again.", status: 202),
    ]
}

extension Route.QueryParameter {
    fileprivate static let timeout = Self(
        name: "timeout",
        schema: .integer(0...60),
        summary: "Seconds; 30 where it is absent."
    )
}

extension Call {
    fileprivate func wait(
        for standing: @escaping @Sendable () throws -> Standing
    ) throws -> APIReply {
        let seconds = try query { $0.integer("timeout", in: 0...60) ?? 30 }
        // What does not exist is told at once, and what it belongs to says which events matter.
        let first = try standing()
        let (job, campaign) = (first.job?.id, first.campaign?.id)
        let condition = Wait.Condition(
            isConcerned: { event in
                switch event {
                case .job(let id, let owner, let state):
                    (id == job || owner == campaign && owner != nil)
                        && (state.isFinal || state == .held)
                case .campaign(let id, _): id == campaign
                case .lanesChanged: true
                case .jobsReady, .cancelRequested, .dispatchChanged: false
                }
            },
            evaluate: {
                let now = try standing()
                return now.end == nil ? nil : try .json(WaitBody(now))
            },
            expire: { try .json(WaitBody(try standing()), status: 202) }
        )
        return try wait(for: condition, timeout: .seconds(seconds))
    }
}

extension WaitBody {
    /// The standing as the answer shows it.
    fileprivate init(_ standing: Standing) {
        var reason: String?
        if case .stopped(let text) = standing.end { reason = text }
        self.init(
            done: standing.end != nil,
            ok: standing.end == .done,
            status: standing.campaign?.status.rawValue ?? standing.job?.state.rawValue ?? "",
            reason: reason,
            job: standing.job.map { JobBody($0) },
            campaign: standing.campaign.map { CampaignProgressBody($0) }
        )
    }
}
