import APITypes
import Campaigns
import FoundationEssentials
import JobQueue

extension RouteTable {
    /// New work: one campaign or step, or many campaigns.
    static let enqueueRoutes: [Route] = [
        Route(
            method: .post,
            path: "/api/jobs",
            operation: "enqueueJob",
            summary: "Enqueues a campaign as far as asked for, or the next step of one.",
            repeats: .byJob,
            body: .json(.enqueue),
            replies: [
                .json(.job, "The campaign's first job.", status: 201),
                .json(.job, "The job that the key's first request made."),
            ],
            handle: { try $0.enqueueOne() }
        ),
        Route(
            method: .post,
            path: "/api/jobs/bulk",
            operation: "enqueueBulk",
            summary: "Enqueues campaigns, one a line, all or none.",
            repeats: .byJob,
            body: Route.RequestBody(handling: .bulk, content: [(MediaType.lines, .text)]),
            replies: [
                Route.Reply(
                    status: 201,
                    summary: "All are stored; as lines, their jobs.",
                    content: [(MediaType.json, .bulk), (MediaType.lines, .text)]
                )
            ],
            handle: { try $0.enqueueMany() }
        ),
    ]
}

extension FieldFault {
    /// The store's fault by its path in the request; all but these stand in the spec.
    fileprivate var inRequest: FieldFault {
        ["at", "account", "ratePerSecond"].contains(field)
            ? self : FieldFault("spec.\(field)", message)
    }
}

extension Call {
    fileprivate func enqueueOne() throws -> APIReply {
        let body = try json()
        let key = try key(for: body)
        let faults = FaultList()
        let enqueue = ObjectReader(body, faults: faults).flatMap { object in
            var reader = OrderReader(object, region: region, wall: service.clock.wall)
            return reader.single()
        }
        try faults.check()
        guard let enqueue else { preconditionFailure("a request without value and fault") }
        let accepted = try accept(enqueue, key: key)
        var reply = JobBody(accepted.job)
        reply.replayed = accepted.isReplayed
        reply.until =
            accepted.isReplayed
            ? try until(of: accepted.job) : enqueue.target.lastStep.rawValue
        return try .json(reply, status: accepted.isReplayed ? 200 : 201)
    }

    private func accept(_ enqueue: Enqueue, key: IdempotencyKey?) throws -> AcceptedJob {
        switch enqueue.target {
        case .step(let step, let id):
            try checkDate(enqueue.schedule, key: key)
            return try advance(id, to: step, enqueue.schedule, key: key)
        case .draft(let draft, let until):
            let request = enqueue.request(for: draft, until: until, key: key)
            do {
                let accepted = try service.enqueue([request], as: caller)
                guard let job = accepted.first else { throw Problem(.internal, "no job was made") }
                return job
            } catch ServiceError.unprocessableEntries(let entries) {
                throw ServiceError.unprocessable(entries.map(\.fault.inRequest))
            }
        }
    }

    /// Throws where the date has passed, unless the request repeats one that came in time.
    private func checkDate(_ schedule: Schedule, key: IdempotencyKey?) throws {
        guard let date = schedule.date, date < service.clock.wall else { return }
        let kept = try key.flatMap { try service.keptAnswer(forKey: $0.key, as: caller) }
        guard kept == nil else { return }
        throw ServiceError.unprocessable([
            FieldFault("at", "\(date) has passed: nothing is sent by mistake")
        ])
    }

    fileprivate func enqueueMany() throws -> APIReply {
        var reader = BulkReader(self)
        let bulk = try reader.read()
        let accepted: [AcceptedJob]
        do {
            accepted = try service.enqueue(bulk.requests, as: caller)
        } catch {
            throw bulk.problem(error)
        }
        if wantsLines { return .lines(AcceptedLines(accepted)) }
        let replayed = accepted.count(where: \.isReplayed)
        return try .json(
            BulkBody(
                accepted: accepted.count - replayed,
                replayed: replayed,
                jobs: accepted.map(\.job.id)
            ),
            status: 201
        )
    }
}
