package import APITypes
package import Campaigns
import JobQueue

extension PaceBody {
    /// How a campaign goes on a channel of which so many messages are open.
    init(_ pace: LanePace, open: Int64, lastDue: Timestamp?, now: Timestamp) {
        self.init(
            channel: pace.channel.rawValue,
            perSecond: pace.perSecond.inHundredths,
            throttles: pace.throttles.map { ThrottleBody($0) }
        )
        let estimate = Estimate(open: open, lastDue: lastDue, pace: pace, now: now)
        earliest = estimate?.earliest?.description
        latest = estimate?.latest?.description
        reason = estimate?.reason
    }
}

extension ThrottleBody {
    /// A throttle as replies show it.
    package init(_ status: ThrottleStatus) {
        var sender: String?
        let scope: String
        switch status.scope {
        case .global: scope = "global"
        case .transport: scope = "transport"
        case .sender(let name): (scope, sender) = ("sender", name)
        case .campaign: scope = "campaign"
        }
        self.init(
            scope: scope,
            sender: sender,
            limit: status.limit,
            perSecond: status.perSecond.inHundredths,
            available: status.available,
            nextAt: status.nextAt?.description,
            reason: status.reason
        )
    }
}

extension Campaign {
    /// Messages on a channel that are not settled.
    func open(on channel: Channel) -> Int64 {
        counts.filter { $0.channel == channel && $0.state.isOpen }.reduce(0) { $0 + $1.count }
    }
}

extension Double {
    /// What a person wants to read of a rate; a very low one keeps its digits.
    fileprivate var inHundredths: Double { self < 1 ? self : (self * 100).rounded() / 100 }
}
