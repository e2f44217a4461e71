import Metrics

/// Counters of one kind's attempts, made once: by how they ended, and how long they took.
struct AttemptMetrics: Sendable {
    /// How an attempt ended, as the `outcome` dimension shows it.
    enum Outcome: String, CaseIterable {
        case completed, retryable, discarded, cancelled, held, snoozed, interrupted
        /// The handler answers for the end itself.
        case settled
    }

    private let counters: [Outcome: Counter]
    private let duration: Timer

    init(kind: JobKind) {
        let pairs = Outcome.allCases.map { outcome in
            let dimensions = [("kind", kind.rawValue), ("outcome", outcome.rawValue)]
            return (outcome, Counter(label: "job_attempts_total", dimensions: dimensions))
        }
        counters = Dictionary(uniqueKeysWithValues: pairs)
        duration = Timer(
            label: "job_attempt_duration_seconds",
            dimensions: [("kind", kind.rawValue)]
        )
    }

    /// Counts an attempt; `ending` is nil where the handler settled it.
    func count(_ ending: AttemptEnding?, took span: Duration) {
        counters[Outcome(ending)]?.increment()
        duration.recordMilliseconds(span.wholeMilliseconds)
    }
}

extension AttemptMetrics.Outcome {
    fileprivate init(_ ending: AttemptEnding?) {
        self =
            switch ending {
            case .completed: .completed
            case .retry: .retryable
            case .discarded: .discarded
            case .cancelled: .cancelled
            case .held: .held
            case .snoozed: .snoozed
            case .givenBack: .interrupted
            case nil: .settled
            }
    }
}
