import CLinux
import FoundationEssentials
import Glibc
import JobQueue

/// Which file, on which machine, the database is: how a raw copy of it is found out.
///
/// Kept in the database and compared when it is opened. A file that was copied, or moved to another
/// file system or machine, has another inode or machine id. A file written over in place is found
/// out by the ``EpochMark``. What cannot be seen: a whole folder or machine that was rolled back.
struct FileIdentity: Equatable {
    let inode: UInt64
    /// When the inode was made, in nanoseconds since 1970; 0 where the file system does not know.
    ///
    /// The number alone does not do: it is given again soon after its file was deleted.
    let born: Int64
    /// Of `/etc/machine-id`; empty where there is none.
    let machine: String

    static let settingName = "file"
    static let stampName = "backup"

    /// Looks at the file without opening it, which would drop SQLite's locks when closed.
    init?(of path: String) {
        var status = statx()
        let mask = UInt32(STATX_INO) | UInt32(STATX_BTIME)
        guard statx(AT_FDCWD, path, 0, mask, &status) == 0 else { return nil }
        let text = try? String(contentsOfFile: "/etc/machine-id", encoding: .utf8)
        inode = status.stx_ino
        born = status.stx_btime.tv_sec * 1_000_000_000 + Int64(status.stx_btime.tv_nsec)
        machine = text.map { String($0.prefix { !$0.isNewline }) } ?? ""
    }

    /// As it is stored.
    var text: String { "\(inode) \(born) \(machine)" }
}

/// How it is known that the database is not the one it was.
enum Restoration: Equatable {
    /// It bears the stamp of a backup.
    case backup(BackupStamp)
    /// Its file is another one than it was, or on another machine.
    case copy
    /// It lacks what the data folder's last daemon did.
    case older

    /// What the held jobs and campaigns say.
    var reason: String {
        switch self {
        case .backup(let stamp):
            "restored: the database is a backup of \(stamp.takenAt); what was sent after it is not known"
        case .copy:
            "restored: the database is a copy, or was moved; what was sent after it was made is not known"
        case .older:
            "restored: the database is older than the folder's last run; what was sent after it is not known"
        }
    }
}

extension Queryable {
    /// Whether the database is a backup or a copy; nil where it is the file it was, or new.
    ///
    /// - Parameter mark: what the data folder remembers of the database.
    func restoration(_ identity: FileIdentity?, _ mark: EpochMark?) throws -> Restoration? {
        let stamp = try first(BackupSQL.setting, FileIdentity.stampName) { $0.text(0) }
        if let stamp {
            let unread = BackupStamp(takenAt: Timestamp(milliseconds: 0))
            return .backup(BackupStamp(stored: stamp) ?? unread)
        }
        let known = try first(BackupSQL.setting, FileIdentity.settingName) { $0.text(0) }
        guard let known else { return nil }
        if let identity, known != identity.text { return .copy }
        if let mark, try !knows(mark) { return .older }
        return nil
    }
}

extension Transaction {
    /// Makes the file known where the database knows none; writes nothing otherwise.
    func adoptNew(_ identity: FileIdentity?) throws {
        let known = try first(BackupSQL.setting, FileIdentity.settingName) { $0.text(0) }
        if known == nil { try adopt(identity) }
    }

    /// Makes the file at hand the one the database knows.
    func adopt(_ identity: FileIdentity?) throws {
        try run(BackupSQL.dropSetting, FileIdentity.stampName)
        if let identity {
            try run(JobSQL.keepSetting, FileIdentity.settingName, identity.text)
        }
    }
}
