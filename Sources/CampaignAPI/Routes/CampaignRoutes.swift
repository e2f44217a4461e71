import APITypes
import Campaigns
import FoundationEssentials
import JobQueue

extension RouteTable {
    /// The seed's calls, and those that steer a campaign.
    static let campaignRoutes: [Route] = [
        Route(
            method: .post,
            path: "/api/campaign",
            operation: "createCampaign",
            summary: "Creates a campaign, or updates the DRAFT that campaignId names.",
            repeats: .byJob,
            body: .json(.spec),
            replies: [
                .json(.result, "The campaign is created."),
                .json(.result, "The campaign is stored; its job is not done yet.", status: 202),
            ],
            handle: { try $0.createCampaign() }
        ),
        Route(
            method: .get,
            path: "/api/campaign",
            operation: "listCampaigns",
            summary: "Lists campaigns, newest first.",
            query: [
                .init(
                    name: "page",
                    schema: .integer(1...Int64(Call.maximumPage)),
                    summary: "From 1."
                ),
                .limit,
                .init(name: "status", schema: .words(CampaignStatus.self), summary: "Its status."),
                .init(name: "channel", schema: .words(Channel.self), summary: "One it uses."),
                .init(name: "from", schema: .dateOrInstant, summary: "Created at or after."),
                .init(
                    name: "to",
                    schema: .dateOrInstant,
                    summary: "Created before; a bare date takes in its whole day."
                ),
            ],
            replies: [
                Route.Reply(
                    status: 200,
                    summary: "A page; as lines, every campaign with all its fields.",
                    content: [(MediaType.json, .campaignPage), (MediaType.lines, .text)]
                )
            ],
            handle: { try $0.listCampaigns() }
        ),
        Route(
            method: .get,
            path: "/api/campaign/{id}",
            operation: "getCampaign",
            summary: "Shows one campaign with its counts.",
            replies: [.json(.campaign, "The campaign.")],
            handle: { try $0.getCampaign() }
        ),
        Route(
            method: .put,
            path: "/api/campaign/{id}/build",
            operation: "buildCampaign",
            summary: "Builds a created campaign: freezes its audience into messages.",
            repeats: .byJob,
            replies: [
                .json(.result, "The campaign is built."),
                .json(.result, "The build goes on.", status: 202),
            ],
            handle: { try $0.advanceCampaign(to: .build) }
        ),
        Route(
            method: .put,
            path: "/api/campaign/{id}/send",
            operation: "sendCampaign",
            summary: "Sends a built campaign.",
            repeats: .byJob,
            replies: [
                .json(.result, "Sending has durably begun."),
                .json(.result, "The campaign is going to be sent.", status: 202),
            ],
            handle: { try $0.advanceCampaign(to: .send) }
        ),
        Route(
            method: .put,
            path: "/api/campaign/{id}/rate",
            operation: "setCampaignRate",
            summary:
                "Gives the campaign a rate of its own on each of its channels, or takes it away.",
            repeats: .byAnswer,
            body: .json(.rate),
            replies: [.json(.result, "The campaign keeps to it from now on.")],
            handle: { try $0.setCampaignRate() }
        ),
        steering("pause", "Starts no new message of the campaign.") { call, id in
            try call.service.pause(id, as: call.caller)
        },
        steering("resume", "Goes on where pause stopped.") { call, id in
            try call.service.resume(id, as: call.caller)
        },
        steering("cancel", "Calls the campaign off; what is in flight keeps its outcome.") {
            call,
            id in
            try call.service.cancel(id, as: call.caller)
        },
    ]

    private static func steering(
        _ verb: String,
        _ summary: String,
        action: @escaping @Sendable (Call, ObjectID) throws -> Void
    ) -> Route {
        Route(
            method: .put,
            path: PathPattern(stringLiteral: "/api/campaign/{id}/\(verb)"),
            operation: "\(verb)Campaign",
            summary: summary,
            repeats: .byAnswer,
            replies: [.json(.result, "It is done.")],
            handle: { call in
                let id = try call.objectID()
                try action(call, id)
                let campaign = try call.service.campaign(id, as: call.caller)
                return try .json(ResultBody(status: campaign.status.rawValue))
            }
        )
    }
}

extension Call {
    fileprivate func createCampaign() throws -> APIReply {
        let body = try json()
        let key = try key(for: body)
        let faults = FaultList()
        let draft = ObjectReader(body, faults: faults).flatMap { object in
            var reader = SpecReader(object, region: region)
            return reader.draft()
        }
        try faults.check()
        guard let draft else { preconditionFailure("a spec without value and without fault") }
        let request = CampaignService.Request(
            order: draft.order(until: .create, Schedule()),
            replaces: draft.replaces,
            key: key
        )
        let accepted = try service.enqueue([request], as: caller)
        guard let job = accepted.first?.job else { throw Problem(.internal, "no job was made") }
        return try wait(for: job, step: .create)
    }

    fileprivate func advanceCampaign(to step: CampaignStep) throws -> APIReply {
        let accepted = try advance(
            try objectID(),
            to: step,
            Schedule(),
            key: try key(for: nil)
        )
        return try wait(for: accepted.job, step: step)
    }

    fileprivate func getCampaign() throws -> APIReply {
        let campaign = try service.campaign(try objectID(), as: caller)
        var body = CampaignBody(detailed: campaign)
        let job = try service.stored { () throws(StoreError) in
            try service.store.newestJob(ofCampaign: campaign.id)
        }
        body.job = job.map { JobBody($0) }
        try addPace(of: campaign, to: &body)
        return try .json(body)
    }

    /// Adds how fast the campaign goes and when it will be done.
    private func addPace(of campaign: Campaign, to body: inout CampaignBody) throws {
        let (store, now) = (service.store, service.clock.now)
        body.ratePerSecond = try service.stored { () throws(StoreError) in
            try store.rate(ofCampaign: campaign.id)
        }
        let paces = api.daemon?().pace(campaign.id) ?? []
        guard campaign.status == .sending, !paces.isEmpty else { return }
        let lastDue = try service.stored { () throws(StoreError) in
            try store.lastDue(ofCampaign: campaign.id)
        }
        body.pace = paces.map { pace in
            PaceBody(
                pace,
                open: campaign.open(on: pace.channel),
                lastDue: lastDue[pace.channel],
                now: now
            )
        }
    }

    fileprivate func setCampaignRate() throws -> APIReply {
        let rate = try document { object in
            RateBody(ratePerSecond: object.number("ratePerSecond", in: RateLimit.range))
        }
        let id = try objectID()
        try service.setRate(rate.ratePerSecond, ofCampaign: id, as: caller)
        let campaign = try service.campaign(id, as: caller)
        return try .json(ResultBody(status: campaign.status.rawValue))
    }

    fileprivate func listCampaigns() throws -> APIReply {
        let (filter, page, limit) = try query { query in
            var filter = CampaignFilter()
            filter.status = query.choice("status", of: CampaignStatus.self)
            filter.channel = query.choice("channel", of: Channel.self)
            filter.from = query.instant("from")
            filter.to = query.end("to")
            let page = query.integer("page", in: 1...Self.maximumPage)
            return (filter, page, query.limit)
        }
        if wantsLines, page == nil {
            return .lines(
                try CampaignLines(filter, limit: limit, service: service, caller: caller)
            )
        }
        let place = (page: page ?? 1, limit: limit ?? PageLimit.standard)
        let found = try service.campaigns(
            matching: filter,
            page: place.page,
            limit: place.limit,
            as: caller
        )
        return try .json(
            CampaignPageBody(
                result: found.campaigns.map { CampaignBody($0) },
                meta: .init(count: found.total, page: place.page, limit: place.limit)
            )
        )
    }

    /// Keeps the number of rows before a page inside 64 bits.
    fileprivate static let maximumPage = 1_000_000_000
}
