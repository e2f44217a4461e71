import Dispatch
import JobQueue

/// What others ask about the pace; never to be called on the dispatcher's own queue.
extension Dispatcher {
    /// The transport's throttle and its senders'; those that let everything through are left out.
    package var throttles: [ThrottleStatus] {
        queue.sync {
            pace.throttles.filter { if case .campaign = $0.key { false } else { true } }
                .compactMap { ThrottleStatus($0, $1, at: clock.now) }
                .sorted { $0.scope.order < $1.scope.order }
        }
    }

    /// How a campaign goes; nil where it is not being sent on this transport.
    package func pace(ofCampaign id: String) -> LanePace? {
        queue.sync {
            guard let lane = lanes.values.first(where: { $0.campaign.id == id }) else { return nil }
            let now = clock.now
            return LanePace(
                channel: channel,
                perSecond: lane.meter.perSecond(at: now),
                measured: lane.meter.range(at: now),
                throttles: [global.status(at: now)].compactMap(\.self)
                    + pace.scopes(of: lane.campaign).compactMap { scope in
                        pace.throttles[scope].flatMap { ThrottleStatus(scope, $0, at: now) }
                    },
                nextDue: lane.nextDue,
                absence: breaker.reason
            )
        }
    }

    /// When rates let a lane's next message go; not after `now`: at once.
    func nextToken(of lane: DispatchLane, at now: Timestamp) -> Timestamp {
        max(pace.next(of: lane.campaign, at: now), global.next(at: now))
    }
}

extension ThrottleScope {
    /// Where it stands in a list.
    fileprivate var order: String {
        switch self {
        case .global, .transport: ""
        case .sender(let sender): "s\(sender)"
        case .campaign(let seq): "c\(seq)"
        }
    }
}
