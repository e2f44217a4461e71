import APITypes
import Campaigns
import JobQueue

/// What decides why a job does not go on.
struct WaitingFacts {
    let job: Job
    /// Nil where no daemon runs.
    let daemon: DaemonStatus?
    let isPaused: Bool
    let isOnProbation: Bool
    var campaign: Campaign?
    /// What keeps the account back whose server carries the campaign; nil for the embedded engine.
    var gate: AccountGate?
    /// Of a campaign that is being sent: when its next open message is due, by channel.
    var nextDue: [Channel: Timestamp] = [:]
    /// When rates let its next message go, by channel.
    var nextToken: [Channel: Timestamp] = [:]

    private struct Reason {
        var word: String
        var detail: String
        var until: Timestamp?
        var whatToDo: String?
    }

    func explanation(now: Timestamp) -> WhyBody {
        let reason = reason(now: now)
        return WhyBody(
            jobId: job.id,
            kind: job.kind.rawValue,
            state: job.state.rawValue,
            campaignId: job.campaignID,
            waitsFor: reason.word,
            detail: reason.detail,
            until: reason.until?.description,
            whatToDo: reason.whatToDo
        )
    }

    private func reason(now: Timestamp) -> Reason {
        switch job.state {
        case .completed, .cancelled: ended("it is \(job.state.rawValue)")
        case .discarded:
            Reason(
                word: "operator",
                detail: "it was given up: \(lastError)",
                whatToDo: "mend the cause, then campaignctl jobs retry \(job.id)"
            )
        case .held: held
        case .running where job.kind == .send && campaign?.status == .sending:
            daemon == nil ? noDaemon : sending(now: now)
        case .running: ended(progress)
        case .scheduled, .available, .retryable: waiting
        }
    }

    private func ended(_ detail: String) -> Reason {
        Reason(word: "nothing", detail: detail)
    }

    // MARK: Waiting for its turn

    private var waiting: Reason {
        if isPaused {
            return Reason(
                word: "pause",
                detail: "jobs of kind \(job.kind.rawValue) are paused",
                whatToDo: "campaignctl resume \(job.kind.rawValue)"
            )
        }
        if daemon == nil { return noDaemon }
        if let gate, let reason = away(gate) { return reason }
        switch job.state {
        case .scheduled where job.isDated:
            return Reason(word: "date", detail: "it has a date", until: job.scheduledAt)
        case .scheduled:
            return Reason(word: "attempt", detail: "it was put off", until: job.scheduledAt)
        case .retryable:
            return Reason(
                word: "attempt",
                detail: "attempt \(job.attempt + 1) of \(job.maxAttempts) is to come; the last: "
                    + lastError,
                until: job.scheduledAt,
                whatToDo: "campaignctl jobs retry \(job.id) does it at once"
            )
        default:
            return isOnProbation ? probation : worker
        }
    }

    /// Why another server does not move the job on; nil where it may.
    private func away(_ gate: AccountGate) -> Reason? {
        if gate.isPaused {
            return Reason(
                word: "account",
                detail: "the account \(job.account) is paused: \(gate.pauseReason ?? "")",
                whatToDo: "campaignctl accounts resume \(job.account)"
            )
        }
        if gate.isBroken {
            return Reason(
                word: "breaker",
                detail: "the server of \(job.account) is not there: \(gate.failure ?? "")",
                until: gate.probeAt
            )
        }
        guard job.state == .scheduled, !job.isDated, let mirror = campaign?.remote?.mirror else {
            return nil
        }
        return Reason(
            word: "server",
            detail: "the server of \(job.account) shows \(mirror.status); it is looked at again",
            until: job.scheduledAt
        )
    }

    private var noDaemon: Reason {
        Reason(
            word: "daemon",
            detail: "no daemon is running",
            whatToDo: "systemctl start campaignd"
        )
    }

    private var probation: Reason {
        Reason(
            word: "probation",
            detail: "it was running when the daemon died repeatedly: such jobs run one at a time"
        )
    }

    private var worker: Reason {
        Reason(
            word: "worker",
            detail: "it is ready, with priority \(job.priority), and waits for a free worker"
        )
    }

    private var held: Reason {
        let detail = job.lastError.map { ": \($0.message)" } ?? ""
        return Reason(
            word: "operator",
            detail: "it is held (\(job.holdReason?.rawValue ?? ""))\(detail)",
            whatToDo: release
        )
    }

    private var release: String? {
        switch job.holdReason {
        case .paused: job.campaignID.map { "campaignctl campaigns resume \($0)" }
        case .inDoubt: "campaignctl jobs resolve \(job.id) --sent or --resend"
        case .unknownKind, .late, .restored: "campaignctl jobs release \(job.id)"
        case nil: nil
        }
    }

    // MARK: Sending

    private func sending(now: Timestamp) -> Reason {
        let open = nextDue.keys.map(\.rawValue)
        let transports = (daemon?.transports ?? []).filter { open.contains($0.channel) }
        let away = transports.filter { $0.state != "closed" }
        if let first = away.first, away.count == open.count {
            return Reason(
                word: "breaker",
                detail: "\(first.channel) does not get through: \(first.reason ?? "")",
                until: first.retryAt.flatMap { Timestamp(rfc3339: $0) }
            )
        }
        if let next = nextToken.values.min(), next > now, nextToken.count == open.count {
            return Reason(
                word: "throttle",
                detail: "a rate holds its messages back: that of all channels, the transport's, "
                    + "its sender's or its own",
                until: next
            )
        }
        if let next = nextDue.values.min(), next > now {
            return Reason(
                word: "deferred",
                detail: "its open messages were refused for now, and have dates of their own",
                until: next,
                whatToDo: job.campaignID.map {
                    "campaignctl messages retry --campaign \($0) --state deferred does it at once"
                }
            )
        }
        return Reason(word: "transport", detail: "it is being sent; \(progress)")
    }

    private var progress: String {
        let total = job.progress.total.map { " of \($0)" } ?? ""
        return "it runs: \(job.progress.done)\(total) done"
    }

    private var lastError: String { job.lastError?.message ?? "no reason is known" }
}
