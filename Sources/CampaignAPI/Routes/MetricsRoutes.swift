import Campaigns
import Exposition
import JobQueue

extension RouteTable {
    /// For programs that watch the daemon.
    static let metricsRoutes: [Route] = [
        Route(
            method: .get,
            path: "/metrics",
            operation: "getMetrics",
            summary: "What is counted, in Prometheus' text format.",
            access: .operatorOnly,
            replies: [
                Route.Reply(
                    status: 200,
                    summary: "The metrics; docs/metrics.md describes them.",
                    content: [(PrometheusText.mediaType, .text)]
                )
            ],
            handle: { try $0.getMetrics() }
        )
    ]
}

extension Call {
    fileprivate func getMetrics() throws -> APIReply {
        guard let daemon = api.daemon?() else {
            throw Problem(.unavailable, "no daemon is running, and only a daemon has metrics")
        }
        let store = service.store
        let page = MetricsPage(
            place: api.place,
            daemon: daemon,
            now: service.clock.now,
            jobs: try store.jobCounts(),
            messages: try store.messageTotals(),
            waits: try store.longestWaits()
        )
        return APIReply(
            status: 200,
            headers: [(name: "content-type", value: PrometheusText.mediaType)],
            content: .bytes(Array(page.text.utf8))
        )
    }
}
