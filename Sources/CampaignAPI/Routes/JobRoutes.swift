import APITypes
import Campaigns
import FoundationEssentials
import JobQueue

extension RouteTable {
    /// Jobs, listed and shown.
    static let jobRoutes: [Route] = [
        Route(
            method: .get,
            path: "/api/jobs",
            operation: "listJobs",
            summary: "Lists jobs, newest first.",
            query: [
                .init(
                    name: "state",
                    schema: .wordList(JobState.self),
                    summary: "States, separated by commas."
                ),
                .init(name: "kind", schema: .text, summary: "create, build or send."),
                .init(name: "campaign", schema: .objectID, summary: "The campaign's id."),
                .init(name: "since", schema: .dateOrInstant, summary: "Created at or after."),
                .init(name: "error", schema: .text, summary: "Part of the last error's text."),
                .limit,
                .init(name: "before", schema: .integer(0...), summary: "The id of the one before."),
            ],
            replies: [.list(.job, "The jobs.")],
            handle: { try $0.listJobs() }
        ),
        Route(
            method: .get,
            path: "/api/jobs/failed",
            operation: "listFailures",
            summary: "Groups failed work by kind and error, newest first.",
            access: .operatorOnly,
            replies: [.list(.failureGroup, "The groups, at most 1,000.")],
            handle: { try $0.listFailures() }
        ),
        Route(
            method: .get,
            path: "/api/jobs/{id}",
            operation: "getJob",
            summary: "Shows one job with the history of its attempts.",
            replies: [.json(.job, "The job.")],
            handle: { try $0.getJob() }
        ),
    ]
}

extension Call {
    fileprivate func listJobs() throws -> APIReply {
        let (filter, limit, before) = try query { query in
            var filter = JobFilter()
            filter.states = query.choices("state", of: JobState.self)
            filter.kind = query.string("kind").map { JobKind(rawValue: $0) }
            filter.campaignID = query.objectID("campaign")?.description
            filter.since = query.instant("since")
            filter.errorText = query.string("error")
            return (filter, query.limit, query.cursor("before"))
        }
        let listing = Listing<Job, Int64>(
            fetch: { [service, caller] before, limit in
                try service.jobs(matching: filter, before: before, limit: limit, as: caller)
            },
            cursor: \.id,
            encode: { try JSONCoding.encode(JobBody($0)) }
        )
        return try listing.reply(to: self, limit: limit, from: before, parameter: "before")
    }

    fileprivate func listFailures() throws -> APIReply {
        let groups = try service.stored { () throws(StoreError) in
            try service.store.failureGroups(limit: PageLimit.range.upperBound)
        }
        let listing = Listing<FailureGroup, Int64>(
            fetch: { after, limit in after == nil ? Array(groups.prefix(limit)) : [] },
            cursor: \.exampleJobID,
            encode: { try JSONCoding.encode(FailureGroupBody($0)) }
        )
        return try listing.reply(
            to: self,
            limit: PageLimit.range.upperBound,
            from: nil,
            parameter: ""
        )
    }

    fileprivate func getJob() throws -> APIReply {
        let id = try number()
        let job = try service.job(id, as: caller)
        var body = JobBody(job)
        body.until = try until(of: job)
        body.attempts = try service.attempts(ofJob: id, as: caller).map { AttemptBody($0) }
        let exchanges = try service.exchanges(ofJob: job)
        if !exchanges.isEmpty { body.exchanges = exchanges.map { ExchangeBody($0) } }
        body.verbs = job.holdReason.map { $0.verbs.map(\.rawValue).sorted() }
        return try .json(body)
    }

    /// The last step asked for of the job's campaign.
    func until(of job: Job) throws -> String? {
        guard let id = job.campaignID.flatMap({ ObjectID($0) }) else { return nil }
        return try service.campaign(id, as: caller).until.rawValue
    }
}
