import APITypes
import CampaignAPI
import Campaigns
import JobQueue

extension TransportStatusBody {
    /// The transport as `status` shows it.
    init(_ dispatcher: Dispatcher) {
        let status = dispatcher.status
        self.init(
            channel: status.channel.rawValue,
            kind: status.kind,
            state: status.breaker,
            reason: status.reason,
            since: status.since?.description,
            retryAt: status.retryAt?.description,
            inflight: status.inflight,
            maxConnections: status.maxConnections,
            inDoubt: status.inDoubt.rawValue
        )
        let throttles = dispatcher.throttles.map { ThrottleBody($0) }
        if !throttles.isEmpty { self.throttles = throttles }
    }
}
