/// Why a job waits for someone.
package enum HoldReason: String, CaseIterable, Sendable {
    /// A remote effect may or may not have happened; only a person can tell.
    case inDoubt = "in_doubt"
    /// Its campaign was paused.
    case paused
    /// This daemon does not know the kind, or cannot read the payload; a newer one may.
    case unknownKind = "unknown_kind"
    /// Its date had long passed when the daemon came up.
    case late
    /// The database was restored from a backup, so what it says may be old news.
    case restored

    /// What an operator may do about it.
    package enum Verb: String, Sendable {
        case resolve, resume, release, discard
    }

    /// The verbs that end the hold; the last column of the table in `docs/job-states.md`.
    package var verbs: Set<Verb> {
        switch self {
        case .inDoubt: [.resolve, .discard]
        case .paused: [.resume, .discard]
        case .unknownKind, .late, .restored: [.release, .discard]
        }
    }
}
