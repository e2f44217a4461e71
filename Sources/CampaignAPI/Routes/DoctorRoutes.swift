import APITypes
import Campaigns
import JobQueue

extension RouteTable {
    /// For somebody who asks what is wrong.
    static let doctorRoutes: [Route] = [
        Route(
            method: .get,
            path: "/api/doctor",
            operation: "examine",
            summary:
                "Examines file, work, clock, transports and accounts; connects, but sends no message.",
            access: .operatorOnly,
            replies: [.json(.doctor, "The findings.")],
            handle: { try $0.examine() }
        )
    ]
}

extension Call {
    fileprivate func examine() throws -> APIReply {
        let (store, clock) = (service.store, service.clock)
        let daemon = api.daemon?()
        let inspection = try store.inspect(deathsSince: clock.now - Self.day)
        let work = WorkFindings(
            jobs: try store.jobCounts(),
            messages: try store.messageTotals(),
            waits: try store.longestWaits(),
            paused: Set(try store.pausedKinds().keys),
            standing: [.paused: try count(.paused), .partial: try count(.partial)],
            now: clock.now
        )
        let findings =
            StoreFindings(inspection: inspection, place: api.place, wall: clock.wall).all
            + work.all + (daemon?.checkConnections() ?? []).map(\.finding)
        return try .json(
            DoctorBody(version: api.place.version, daemon: daemon != nil, findings: findings)
        )
    }

    private func count(_ status: CampaignStatus) throws -> Int64 {
        var filter = CampaignFilter()
        filter.status = status
        return try service.store.campaigns(matching: filter, page: 1, limit: 1).total
    }

    private static let day = Duration.seconds(86_400)
}
