package import JobQueue

/// Where a campaign stands.
///
/// The names are the same in SQL, JSON and the command line.
package enum CampaignStatus: String, CaseIterable, Sendable {
    case draft = "DRAFT"
    /// Messages are being made; not an entry of the change log.
    case building = "BUILDING"
    /// Built and frozen; nothing has left.
    case build = "BUILD"
    case sending = "SENDING"
    case paused = "PAUSED"
    /// Every message is settled.
    case sent = "SENT"
    /// The daemon can do no more by itself, and some messages are not settled.
    case partial = "PARTIAL"
    case failed = "FAILED"
    case cancelled = "CANCELLED"

    /// The statuses a campaign may go to from this one; `docs/campaign-states.md` draws the table.
    package var successors: Set<CampaignStatus> {
        switch self {
        case .draft: [.building, .failed, .cancelled]
        case .building: [.build, .failed, .cancelled]
        case .build: [.sending, .failed, .cancelled]
        case .sending: [.paused, .sent, .partial, .cancelled]
        case .paused: [.sending, .sent, .partial, .cancelled]
        case .partial: [.sending, .sent, .cancelled]
        case .failed: [.draft, .building, .cancelled]
        case .sent: [.sending]
        case .cancelled: []
        }
    }

    /// Whether a step of the campaign has ended for good or cannot go on by itself.
    package var isSettled: Bool {
        switch self {
        case .sent, .partial, .failed, .cancelled, .paused: true
        case .draft, .building, .build, .sending: false
        }
    }

    /// Whether entering it is recorded in the change log.
    package var isLogged: Bool { self != .building }
}

/// A step of a campaign's life; each has a job kind of the same name.
package enum CampaignStep: String, CaseIterable, Comparable, Sendable {
    case create, build, send

    /// The kind of job that makes the step.
    package var jobKind: JobKind { JobKind(rawValue: rawValue) }

    /// The step that follows; nil after send.
    package var next: CampaignStep? {
        switch self {
        case .create: .build
        case .build: .send
        case .send: nil
        }
    }

    /// The step a kind of job makes; nil for kinds that belong to no campaign step.
    package init?(_ kind: JobKind) {
        self.init(rawValue: kind.rawValue)
    }

    package static func < (left: CampaignStep, right: CampaignStep) -> Bool {
        left.position < right.position
    }

    private var position: Int {
        switch self {
        case .create: 0
        case .build: 1
        case .send: 2
        }
    }
}

/// What a campaign becomes when its job is moved from outside its handler: one row for each case in
/// which the two move together, in one transaction (DESIGN, the job-and-campaign table).
package enum JobCampaignRule {
    /// The status after the job of `step` was given up; nil leaves it.
    package static func afterDiscard(of step: CampaignStep) -> CampaignStatus {
        switch step {
        case .create, .build: .failed
        case .send: .partial
        }
    }

    /// The status after a discarded job of `step` was retried.
    package static func afterRetry(of step: CampaignStep) -> CampaignStatus {
        switch step {
        case .create: .draft
        case .build: .building
        case .send: .sending
        }
    }

    /// The status after a pause; nil where only the job is held.
    package static func afterPause(from status: CampaignStatus) -> CampaignStatus? {
        status == .sending ? .paused : nil
    }

    /// The status after a resume; nil where only the job goes on.
    package static func afterResume(from status: CampaignStatus) -> CampaignStatus? {
        status == .paused ? .sending : nil
    }
}
