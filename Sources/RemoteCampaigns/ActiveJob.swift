import Campaigns
import JobQueue

/// A job that a driver carries: running, and without a worker.
struct ActiveJob {
    enum Phase: Equatable {
        /// What comes next is to be decided.
        case deciding
        /// Waits for a reading of the server's list that begins no earlier than this.
        case awaitingReading(notBefore: Timestamp)
        /// Waits for its turn to make its step's write.
        case awaitingRequest
        /// Its write is under way.
        case inFlight
        /// Its end could not be stored, and is stored again.
        case ending(RemoteEnding)
    }

    let job: Job
    let claim: JobClaim
    let step: CampaignStep
    let content: CampaignContent
    let status: CampaignStatus
    let takenAt: Timestamp
    var remote: RemoteCampaign
    var sighting: Sighting?
    /// What the newest reading showed, until it is stored.
    var evidence: RemoteExchange?
    var phase = Phase.deciding

    /// What to do next, as things are known at `now`.
    func plan(_ policy: AccountPolicy, now: Timestamp) -> Plan {
        Plan(
            step: step,
            content: content,
            policy: policy,
            status: status,
            takenAt: takenAt,
            remote: remote,
            sighting: sighting,
            now: now
        )
    }

    /// Whether it waits for something that a driver does.
    var isWaiting: Bool {
        switch phase {
        case .deciding, .awaitingReading, .awaitingRequest: true
        case .inFlight, .ending: false
        }
    }
}
