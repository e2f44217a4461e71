import Campaigns
import Glibc
import SQLiteStore

/// Why the daemon could not start.
enum StartFailure: Error, CustomStringConvertible {
    /// A folder that cannot be made or used, and why.
    case folder(String, String)
    /// The key of recipients' links cannot be read or made, and why.
    case linkKey(String, String)
    /// The file of stop words is none, and why.
    case words(String, String)
    /// A region whose numbers cannot be read.
    case region(String)
    /// The system said no to something else.
    case system(String)

    var description: String {
        switch self {
        case .folder(let path, let reason):
            "the folder \(path) cannot be used: \(reason); choose another with --data-dir"
        case .linkKey(let path, let reason):
            "the key of recipients' links, \(path), cannot be used: \(reason)"
        case .words(let path, let reason):
            "optOut.wordsFile: \(path) cannot be used: \(reason)"
        case .region(let region):
            "region: numbers of \(region) cannot be read; the regions are "
                + PhoneNumber.Region.allCases.filter { $0 != .unspecified }.map(\.rawValue)
                .joined(separator: ", ")
        case .system(let text): text
        }
    }

    /// The exit code of sysexits.h for whatever ended the start.
    static func exitCode(of error: any Error) -> Int32 {
        switch error {
        case let failure as LockFailure:
            switch failure {
            case .heldByDaemon, .stillHeld: EX_TEMPFAIL
            case .unusable: EX_CANTCREAT
            }
        case let failure as DatabaseFailure:
            switch failure {
            case .corrupt, .foreign, .schemaTooNew, .migrationChanged: EX_DATAERR
            case .notPermitted: EX_NOPERM
            default: EX_IOERR
            }
        case StartFailure.region, StartFailure.words: EX_CONFIG
        case is StartFailure: EX_CANTCREAT
        default: EX_OSERR
        }
    }
}
