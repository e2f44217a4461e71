/// Exit codes, as sysexits.h numbers them; `docs/cli.md` has the same table.
enum ExitStatus: Int32, CaseIterable, Sendable {
    case done = 0
    /// `wait` and `--wait`: it ended, but not well, or cannot go on by itself.
    case notDone = 1
    /// The command line is wrong.
    case usage = 64
    /// What was asked for, or handed over, does not fit.
    case data = 65
    /// A file or an id that does not exist.
    case noInput = 66
    /// No daemon, and no file to work on.
    case unavailable = 69
    /// A fault of the daemon's or of this program.
    case software = 70
    /// A file or the connection could not be read or written.
    case inputOutput = 74
    /// Try again later: the daemon is busy, starting or stopping, the disk is full, or a time-out ran
    /// out.
    case temporary = 75
    /// Not allowed.
    case noPermission = 77
    /// The set-up is wrong: no home folder, or a database of another version.
    case configuration = 78
}

extension ExitStatus {
    /// The exit code for an HTTP status the daemon answered with.
    ///
    /// - Parameter problem: the last part of the problem document's `type`, where there is one.
    init(httpStatus: Int, problem: String?) {
        switch (httpStatus, problem) {
        case (_, "in-progress"): self = .temporary
        case (200..<400, _): self = .done
        case (400, _), (409, _), (411, _), (413, _), (415, _), (422, _): self = .data
        case (401, _), (403, _): self = .noPermission
        case (404, _), (410, _): self = .noInput
        case (408, _), (425, _), (429, _), (502...504, _), (507, _): self = .temporary
        default: self = .software
        }
    }
}

extension ExitStatus {
    /// A short title for problem documents.
    var title: String {
        switch self {
        case .done: "Done"
        case .notDone: "Not done"
        case .usage: "Wrong usage"
        case .data: "The request does not fit"
        case .noInput: "Not found"
        case .unavailable: "No daemon and no database"
        case .software: "Internal fault"
        case .inputOutput: "Input or output failed"
        case .temporary: "Try again later"
        case .noPermission: "Not allowed"
        case .configuration: "Wrong set-up"
        }
    }

    /// The last part of the type of a problem document that `campaignctl` writes itself.
    var problem: String {
        switch self {
        case .done: "done"
        case .notDone: "not-done"
        case .usage: "usage"
        case .data: "invalid"
        case .noInput: "not-found"
        case .unavailable: "no-daemon"
        case .software: "internal"
        case .inputOutput: "input-output"
        case .temporary: "temporary"
        case .noPermission: "not-allowed"
        case .configuration: "configuration"
        }
    }
}
