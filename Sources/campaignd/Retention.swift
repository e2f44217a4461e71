import Campaigns
import Dispatch
import JobQueue
import Logging
import Settings

/// Takes away what is old, a while after the start and then every few hours.
final class Retention {
    private let timer: any DispatchSourceTimer

    init(
        _ policy: RetentionPolicy,
        store: any CampaignStore,
        clock: any EngineClock,
        logger: Logger
    ) {
        let queue = DispatchQueue(label: "campaignd.retention", qos: .utility)
        timer = DispatchSource.makeTimerSource(queue: queue)
        timer.schedule(
            deadline: .now() + Self.firstDelay,
            repeating: Self.interval,
            leeway: Self.leeway
        )
        timer.setEventHandler {
            do {
                let report = try store.prune(policy, now: clock.now)
                guard !report.isEmpty else { return }
                logger.info("old rows were taken away", metadata: report.metadata)
            } catch {
                logger.warning("old rows could not be taken away; trying again later: \(error)")
            }
        }
        timer.activate()
    }

    func stop() { timer.cancel() }

    private static let firstDelay = DispatchTimeInterval.seconds(300)
    private static let interval = DispatchTimeInterval.seconds(6 * 3_600)
    private static let leeway = DispatchTimeInterval.seconds(60)
}

extension RetentionPolicy {
    init(_ configuration: RetentionConfiguration) {
        self.init(
            completed: configuration.completed.map { Duration($0) },
            failed: configuration.failed.map { Duration($0) },
            campaigns: configuration.campaigns.map { Duration($0) }
        )
    }
}

extension PruneReport {
    fileprivate var metadata: Logger.Metadata {
        [
            "jobs": "\(jobs)", "keys": "\(keys)", "campaigns": "\(campaigns)",
            "messages": "\(messages)",
        ]
    }
}
