/// Why a store refused or failed; each case says what to do next.
package enum StoreError: Error, Sendable, Equatable, CustomStringConvertible {
    /// There is no such thing: its noun and id.
    case notFound(String, String)
    /// The state of things does not allow it; the text says why and what comes first.
    case conflict(String)
    /// The claim was lost: another epoch or an operator ended the attempt.
    case claimLost(JobClaim)
    /// The disk, or the room given to the database, is full.
    case full(String)
    /// The file could not be read or written.
    case unavailable(String)
    /// The file is damaged.
    case corrupt(String)
    /// The file was written by a newer version.
    case schemaTooNew(String)

    package var description: String {
        switch self {
        case .notFound(let noun, let id): "there is no \(noun) \(id)"
        case .conflict(let text), .unavailable(let text), .corrupt(let text),
            .schemaTooNew(let text):
            text
        case .full(let text):
            "the disk is full (\(text)); nothing was stored: free some room, then repeat it"
        case .claimLost(let claim):
            "attempt \(claim.attempt) of job \(claim.jobID) is no longer ours; its result was dropped"
        }
    }
}
