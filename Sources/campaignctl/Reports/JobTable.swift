import APITypes
import JobQueue

/// Jobs as a table.
enum JobTable {
    static func table(of jobs: [JobBody], now: Timestamp) -> Table {
        var table = Table([
            .number("id"), .text("kind"), .text("state"), .text("campaign"), .number("attempt"),
            .text("progress"), .text("due"), .text("made"), .flexible("error"),
        ])
        for job in jobs {
            table.add([
                String(job.id), job.kind, state(of: job), job.campaignId,
                "\(job.attempt)/\(job.maxAttempts)", progress(of: job), due(job, now: now),
                TimeText.relative(job.createdAt, to: now), job.error,
            ])
        }
        return table
    }

    /// "held (in_doubt)".
    static func state(of job: JobBody) -> String {
        job.holdReason.map { "\(job.state) (\($0))" } ?? job.state
    }

    /// "1,200/5,000", or nil before anything is known.
    static func progress(of job: JobBody) -> String? {
        let done = DisplayText.count(job.progress.done)
        if let total = job.progress.total { return "\(done)/\(DisplayText.count(total))" }
        return job.progress.done == 0 ? nil : done
    }

    /// When a waiting job is due.
    private static func due(_ job: JobBody, now: Timestamp) -> String? {
        guard job.state == JobState.scheduled.rawValue || job.state == JobState.retryable.rawValue
        else { return nil }
        return TimeText.relative(job.scheduledAt, to: now)
    }
}
