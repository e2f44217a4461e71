import APITypes
import JobQueue

/// Everything that happened to a job, in the order in which it happened.
struct JobStory {
    let job: JobBody
    let now: Timestamp

    var lines: [String] {
        var fields = FieldList()
        fields.add("job", "\(job.id)  \(job.kind)")
        fields.add("campaign", job.campaignId)
        if job.account != "local" { fields.add("account", job.account) }
        fields.add("state", JobTable.state(of: job))
        fields.add("attempt", "\(job.attempt) of \(job.maxAttempts)")
        if job.crashes > 0 {
            fields.add("crashes", "\(job.crashes) since its last progress")
        }
        fields.add("progress", JobTable.progress(of: job))
        fields.add("priority", "\(job.priority)  (1 first, 9 last)")
        fields.add("until", job.until)
        fields.add("error", job.error.map { "\(job.errorClass ?? "error"): \($0)" })
        return fields.lines + ["", "timeline (UTC)"] + timeline + evidence + next
    }

    // MARK: Evidence

    private var evidence: [String] {
        guard let exchanges = job.exchanges, !exchanges.isEmpty else { return [] }
        return ["", "evidence (UTC)"]
            + exchanges.map { exchange in
                let span = TimeText.span(from: exchange.askedAt, to: exchange.answeredAt) ?? "-"
                let status = exchange.status.map(String.init) ?? "no reply"
                let text = "\(exchange.request): \(status) after \(span): \(exchange.excerpt)"
                return "  \(TimeText.precise(exchange.askedAt))  \(DisplayText.printable(text))"
            }
    }

    // MARK: Timeline

    private var timeline: [String] {
        var events = [Event(at: job.createdAt, text: "enqueued")]
        for attempt in job.attempts ?? [] { events.append(event(of: attempt)) }
        if job.state == JobState.running.rawValue, let startedAt = job.startedAt {
            let since = TimeText.relative(startedAt, to: now)
            events.append(Event(at: startedAt, text: "attempt \(job.attempt) began \(since)"))
        }
        if let finishedAt = job.finishedAt { events.append(Event(at: finishedAt, text: job.state)) }
        return events.map { "  \(TimeText.precise($0.at))  \(DisplayText.printable($0.text))" }
    }

    private struct Event {
        var at: String
        var text: String
    }

    private func event(of attempt: AttemptBody) -> Event {
        var text = "attempt \(attempt.number)"
        if attempt.outcome == AttemptOutcome.operated.rawValue {
            text = "by hand"
        } else if let span = TimeText.span(from: attempt.startedAt, to: attempt.endedAt) {
            text += " \(Self.outcomes[attempt.outcome] ?? attempt.outcome) after \(span)"
        }
        let cause = [attempt.errorClass, attempt.message].compactMap { $0 }
        if !cause.isEmpty { text += ": " + cause.joined(separator: ": ") }
        text += "  [epoch \(attempt.epoch), campaignd \(attempt.daemonVersion)]"
        return Event(at: attempt.endedAt, text: text)
    }

    private static let outcomes = [
        "snoozed": "asked to be called again", "held": "was put on hold",
        "interrupted": "was given back, the daemon stopped,",
        "crashed": "was given back, the daemon died,",
    ]

    // MARK: What comes next

    private var next: [String] {
        let lines: [String] =
            switch JobState(rawValue: job.state) {
            case .scheduled, .retryable: ["due \(TimeText.relative(job.scheduledAt, to: now))"]
            case .held: holdEnds
            case .discarded: ["campaignctl jobs retry \(job.id)"]
            default: []
            }
        return lines.isEmpty ? [] : ["", "next"] + lines.map { "  " + $0 }
    }

    private var holdEnds: [String] {
        (job.verbs ?? []).map { verb in
            switch verb {
            case "resolve": "campaignctl jobs resolve \(job.id) --sent | --resend"
            case "resume": "campaignctl campaigns resume \(job.campaignId ?? "ID")"
            default: "campaignctl jobs \(verb) \(job.id)"
            }
        }
    }
}
