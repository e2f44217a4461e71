/// Where a job stands.
///
/// The names are the same in SQL, JSON and the command line.
package enum JobState: String, CaseIterable, Sendable {
    /// Waits for its date.
    case scheduled
    /// Ready to be claimed.
    case available
    /// Claimed by this epoch of the daemon: prefetched, on a worker, or carried by a dispatcher.
    case running
    /// Failed at least once; waits for its backoff to pass.
    case retryable
    /// Waits for someone; ``HoldReason`` says for what.
    case held
    /// Done.
    case completed
    /// Called off.
    case cancelled
    /// Given up: the dead letter. Only an operator brings it back.
    case discarded

    /// Whether nothing more happens to the job by itself.
    package var isFinal: Bool {
        switch self {
        case .completed, .cancelled, .discarded: true
        case .scheduled, .available, .running, .retryable, .held: false
        }
    }

    /// The states a job may go to from this one: the one table of legal transitions.
    ///
    /// `docs/job-states.md` draws it, the store's guards follow it, and a test tries every pair.
    package var successors: Set<JobState> {
        switch self {
        case .scheduled: [.available, .held, .cancelled, .discarded]
        case .available: [.running, .held, .cancelled, .discarded]
        case .running:
            [.available, .scheduled, .retryable, .held, .completed, .cancelled, .discarded]
        case .retryable: [.available, .held, .cancelled, .discarded]
        case .held: [.available, .scheduled, .completed, .cancelled, .discarded]
        case .discarded: [.available]
        case .completed, .cancelled: []
        }
    }
}
