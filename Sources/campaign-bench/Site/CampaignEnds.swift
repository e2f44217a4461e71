import Campaigns
import Foundation
import JobQueue

/// The last status of each campaign, as the store tells it.
final class CampaignEnds: Sendable {
    private let known = Known()
    private let subscription: EventSubscription

    init(_ events: EventHub) {
        subscription = events.subscribe { [known] event in
            if case .campaign(let id, let status) = event { known.note(id, status) }
        }
    }

    /// Blocks until a campaign has the status; throws at a bad end, or after ten minutes.
    func wait(for campaign: String, toBe status: CampaignStatus) throws {
        let deadline = Date(timeIntervalSinceNow: 600)
        guard
            let found = known.wait(
                for: campaign,
                until: deadline,
                where: { found in
                    found == status.rawValue || Self.badEnds.contains(found)
                }
            )
        else { throw BenchFailure("campaign \(campaign) is not \(status.rawValue) in time") }
        guard found == status.rawValue else {
            throw BenchFailure("campaign \(campaign) is \(found)")
        }
    }

    private static let badEnds: Set<String> = ["FAILED", "PARTIAL", "CANCELLED"]
}

/// Statuses and who waits for them.
private final class Known: @unchecked Sendable {
    // `condition` protects the dictionary.
    private let condition = NSCondition()
    private var statuses: [String: String] = [:]

    func note(_ campaign: String, _ status: String) {
        condition.withLock {
            statuses[campaign] = status
            condition.broadcast()
        }
    }

    func wait(
        for campaign: String,
        until deadline: Date,
        where isAwaited: (String) -> Bool
    ) -> String? {
        condition.withLock {
            while true {
                if let status = statuses[campaign], isAwaited(status) { return status }
                guard condition.wait(until: deadline) else { return nil }
            }
        }
    }
}
