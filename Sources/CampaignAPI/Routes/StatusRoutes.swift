import APITypes
import Campaigns
import JobQueue

extension RouteTable {
    /// The daemon itself.
    static let statusRoutes: [Route] = [
        Route(
            method: .get,
            path: "/api/status",
            operation: "getStatus",
            summary: "Shows how the daemon stands.",
            access: .operatorOnly,
            replies: [.json(.status, "The status.")],
            handle: { try $0.getStatus() }
        ),
        pausing("pause", true, "Stops claims of a kind of job."),
        pausing("resume", false, "Allows claims of a kind of job again."),
        .health,
        Route(
            method: .get,
            path: "/readyz",
            operation: "getReadiness",
            summary: "Answers while the daemon takes work.",
            replies: [.json(.health, "It takes work.")],
            handle: { try $0.getReadiness() }
        ),
        Route(
            method: .get,
            path: "/openapi.json",
            operation: "getDocument",
            summary: "This document.",
            replies: [.json(.anything, "An OpenAPI 3.1 document.")],
            handle: { call in try .json(OpenAPIDocument(version: call.api.place.version).value) }
        ),
        Route(
            method: .get,
            path: "/api/events",
            operation: "watchEvents",
            summary: "Tells changes of jobs and campaigns as they are committed.",
            replies: [
                Route.Reply(
                    status: 200,
                    summary: "Server-sent events named job and campaign.",
                    content: [(MediaType.events, .text)]
                )
            ],
            handle: { call in
                APIReply(
                    status: 200,
                    headers: [
                        (name: "content-type", value: MediaType.events),
                        (name: "cache-control", value: "no-store"),
                    ],
                    content: .events(
                        EventFeed(
                            hub: call.api.events,
                            service: call.service,
                            caller: call.caller
                        )
                    )
                )
            }
        ),
    ]

    private static func pausing(_ verb: String, _ isPaused: Bool, _ summary: String) -> Route {
        Route(
            method: .put,
            path: PathPattern(stringLiteral: "/api/kinds/{kind}/\(verb)"),
            operation: "\(verb)Kind",
            summary: summary,
            access: .operatorOnly,
            repeats: .byAnswer,
            replies: [.json(.result, "It is done.")],
            handle: { call in
                try call.service.setPaused(isPaused, kind: try call.kind())
                return try .json(ResultBody())
            }
        )
    }
}

extension Route {
    /// Served by every listener.
    static let health = Route(
        method: .get,
        path: "/healthz",
        operation: "getHealth",
        summary: "Answers while the daemon lives.",
        replies: [.json(.health, "It lives.")],
        handle: { _ in try .json(HealthBody(status: "ok")) }
    )
}

extension Call {
    fileprivate func kind() throws(ServiceError) -> JobKind {
        let kind = values["kind"] ?? ""
        guard CampaignStep(rawValue: kind) != nil else {
            throw .malformed([FieldFault("kind", "must be \(CampaignStep.inWords)")])
        }
        return JobKind(rawValue: kind)
    }

    fileprivate func getReadiness() throws -> APIReply {
        if let reason = api.daemon?().notReady { throw Problem(.unavailable, reason) }
        _ = try service.isPaused(.create)
        return try .json(HealthBody(status: "ok"))
    }

    fileprivate func getStatus() throws -> APIReply {
        let store = service.store
        var jobs: [String: [String: Int64]] = [:]
        for count in try store.jobCounts() where count.count > 0 {
            jobs[count.kind.rawValue, default: [:]][count.state.rawValue] = count.count
        }
        var sending = CampaignFilter()
        sending.status = .sending
        let place = api.place
        var body = StatusBody(
            version: place.version,
            dataDir: place.dataDir,
            jobs: jobs,
            pausedKinds: try store.pausedKinds().keys.map(\.rawValue).sorted(),
            campaigns: CampaignCountsBody(
                sending: try store.campaigns(matching: sending, page: 1, limit: 1).total
            ),
            database: DatabaseStatusBody(
                path: place.databasePath,
                bytes: FileFacts.bytes(of: place.databasePath),
                walBytes: FileFacts.bytes(of: place.databasePath + "-wal"),
                freeBytes: FileFacts.freeBytes(at: place.dataDir)
            )
        )
        var messages: [String: [String: Int64]] = [:]
        for total in try store.messageTotals() {
            messages[total.channel.rawValue, default: [:]][total.state.rawValue, default: 0] +=
                total.count
        }
        body.messages = messages
        body.oldestAvailable = Dictionary(
            uniqueKeysWithValues: try store.longestWaits().jobs.map {
                ($0.key.rawValue, $0.value.description)
            }
        )
        if let status = api.daemon?() {
            body.daemon = true
            body.epoch = status.epoch
            body.startedAt = status.startedAt.description
            body.pid = status.pid
            body.transports = status.transports
            body.globalThrottle = status.globalThrottle
            let now = service.clock.now
            body.warnings =
                status.warnings
                + (try service.accounts().compactMap { AccountBody($0, now: now).warning })
        }
        let restored = try store.restoredJobCount()
        if restored > 0 {
            body.warnings.append(
                "the database was restored or copied; \(restored) jobs are held until you have looked "
                    + "at each campaign: campaignctl restore --acknowledge CAMPAIGN-ID"
            )
        }
        return try .json(body)
    }
}
