import JobQueue
import Logging

/// Writes what becomes of campaigns, and at level debug of every job, to the log.
enum EventLog {
    /// Logs until the subscription is cancelled.
    ///
    /// Job events are asked for only where they are shown: making them costs the store time.
    static func subscribe(to events: EventHub, logger: Logger) -> EventSubscription {
        events.subscribe(details: logger.logLevel <= .debug) { event in
            switch event {
            case .campaign(let id, let status):
                logger.info("campaign", metadata: ["campaign": "\(id)", "status": "\(status)"])
            case .job(let id, let campaignID, let state):
                logger.debug(
                    "job",
                    metadata: [
                        "job": "\(id)", "campaign": "\(campaignID ?? "")",
                        "state": "\(state.rawValue)",
                    ]
                )
            case .jobsReady, .cancelRequested, .lanesChanged, .dispatchChanged: break
            }
        }
    }
}
