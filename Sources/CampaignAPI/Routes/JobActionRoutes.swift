import APITypes
import Campaigns
import JobQueue

extension RouteTable {
    /// What an operator does to jobs by hand.
    static let jobActionRoutes: [Route] = [
        action("retry", .retry, "Makes discarded or retryable jobs available again."),
        action("cancel", .cancel, "Calls jobs off, and with them their campaigns."),
        action("discard", .discard, "Gives jobs up that are not running."),
        action("release", .release, "Lets jobs go that are held as late, restored or unknown."),
        Route(
            method: .post,
            path: "/api/jobs/{id}/resolve",
            operation: "resolveJob",
            summary: "Settles a job in doubt: its effect happened, or is to be made again.",
            repeats: .byAnswer,
            body: .json(.resolution),
            replies: [.json(.job, "The job as it stands now.")],
            handle: { try $0.resolveJob() }
        ),
    ]

    private static func action(_ verb: String, _ action: JobAction, _ summary: String) -> Route {
        Route(
            method: .post,
            path: PathPattern(stringLiteral: "/api/jobs/\(verb)"),
            operation: "\(verb)Jobs",
            summary: summary,
            repeats: .byAnswer,
            body: .json(.jobSelection),
            replies: [.json(.action, "What came of it.")],
            handle: { try $0.operateOnJobs(action) }
        )
    }
}

extension Call {
    fileprivate func operateOnJobs(_ action: JobAction) throws -> APIReply {
        let (selection, dryRun) = try document { object in
            let dryRun = object.bool("dryRun") ?? false
            return object.jobSelection().map { ($0, dryRun) }
        }
        let summary = try service.operate(action, on: selection, dryRun: dryRun, as: caller)
        return try .json(ActionBody(summary, dryRun: dryRun))
    }

    fileprivate func resolveJob() throws -> APIReply {
        let id = try number()
        let resolution = try document { object in
            object.choice("as", of: Resolution.self, required: true)
        }
        let action = JobAction.resolve(happened: resolution == .sent)
        let result = try service.operate(action, onJobs: [id], as: caller).first
        if let refusal = result?.refusal {
            throw Problem(result?.state == nil ? .notFound : .conflict, refusal)
        }
        return try .json(JobBody(try service.job(id, as: caller)))
    }
}

extension ObjectReader {
    /// The jobs by `ids`, or by `states` and further conditions.
    fileprivate mutating func jobSelection() -> Selection<JobFilter>? {
        let ids = ids()
        let states = states()
        var filter = JobFilter()
        filter.states = states ?? []
        filter.kind = string("kind").map { JobKind(rawValue: $0) }
        filter.campaignID = objectID("campaignId")?.description
        filter.errorText = string("error")
        if let since = string("since") {
            filter.since = Timestamp(rfc3339: since)
            if filter.since == nil { fault("since", "must be an RFC 3339 date") }
        }
        switch (ids, states) {
        case (let ids?, nil):
            if filter != JobFilter() { fault("ids", "stand alone, without other conditions") }
            return .ids(ids)
        case (nil, _?): return .matching(filter)
        default:
            fault("ids", "give either ids or states")
            return nil
        }
    }

    private mutating func states() -> Set<JobState>? {
        guard let elements = elements("states", upTo: JobState.allCases.count) else { return nil }
        if elements.isEmpty { fault("states", "is empty") }
        var states: Set<JobState> = []
        for (path, value) in elements {
            guard case .string(let text) = value, let state = JobState(rawValue: text) else {
                faults.add(path, "must be \(JobState.inWords)")
                continue
            }
            states.insert(state)
        }
        return states
    }
}
