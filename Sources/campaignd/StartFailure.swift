import Glibc
import SQLiteStore

/// Why the daemon could not start.
enum StartFailure: Error, CustomStringConvertible {
    /// A folder that cannot be made or used, and why.
    case folder(String, String)
    /// The system said no to something else.
    case system(String)

    var description: String {
        switch self {
        case .folder(let path, let reason):
            "the folder \(path) cannot be used: \(reason); choose another with --data-dir"
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
        case is StartFailure: EX_CANTCREAT
        default: EX_OSERR
        }
    }
}
