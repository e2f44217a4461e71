import APITypes
import JobQueue

extension JobBody {
    /// The job as every reply shows it.
    init(_ job: Job) {
        self.init(
            id: job.id,
            kind: job.kind.rawValue,
            campaignId: job.campaignID,
            account: job.account,
            state: job.state.rawValue,
            holdReason: job.holdReason?.rawValue,
            priority: job.priority,
            attempt: job.attempt,
            maxAttempts: job.maxAttempts,
            crashes: job.crashes,
            scheduledAt: job.scheduledAt.description,
            createdAt: job.createdAt.description,
            startedAt: job.startedAt?.description,
            finishedAt: job.finishedAt?.description,
            progress: ProgressBody(done: job.progress.done, total: job.progress.total),
            errorClass: job.lastError?.errorClass.rawValue,
            error: job.lastError?.message
        )
    }
}

extension AttemptBody {
    /// The attempt as a job's timeline shows it.
    init(_ attempt: Attempt) {
        self.init(
            number: attempt.number,
            startedAt: attempt.startedAt.description,
            endedAt: attempt.endedAt.description,
            outcome: attempt.outcome.rawValue,
            errorClass: attempt.errorClass?.rawValue,
            message: attempt.message,
            epoch: attempt.epoch,
            daemonVersion: attempt.daemonVersion
        )
    }
}

extension FailureGroupBody {
    /// The group with the next step to take.
    init(_ group: FailureGroup) {
        self.init(
            kind: group.kind.rawValue,
            state: group.state.rawValue,
            errorClass: group.errorClass?.rawValue,
            error: group.error,
            count: group.count,
            exampleJobId: group.exampleJobID,
            latestAt: group.latestAt.description,
            whatToDo: group.whatToDo
        )
    }
}

extension FailureGroup {
    fileprivate var whatToDo: String {
        let example = exampleJobID
        switch (state, errorClass) {
        case (.held, _):
            return "campaignctl jobs show \(example) says why they are held and what ends it"
        case (.retryable, _): return "wait: they are tried again by themselves"
        case (_, .permanent):
            return "mend the cause, then campaignctl jobs retry \(example); "
                + "trying again without that cannot help"
        case (_, .crashLoop):
            return "the daemon died while they ran: see its log before campaignctl jobs retry "
                + "\(example)"
        default: return "campaignctl jobs retry \(example) tries again"
        }
    }
}
