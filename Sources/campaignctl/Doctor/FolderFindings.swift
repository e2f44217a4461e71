import APITypes
import CLinux
import Glibc
import SQLiteStore

/// What is wrong with the data folder, seen without opening a file of it.
///
/// A descriptor of the database that is closed again would drop SQLite's locks, were this process
/// to open it later.
struct FolderFindings {
    let folder: String

    var all: [FindingBody] {
        guard let status = Self.status(of: folder) else {
            let reason = CommandFailure.systemMessage(errno)
            return [
                .fault(
                    "folder",
                    "\(folder): \(reason)",
                    "name the daemon's folder with --data-dir, or start the daemon, which makes it"
                )
            ]
        }
        return access(of: status) + files(ownedBy: status.st_uid) + [fileSystem, disk]
    }

    private func access(of status: stat) -> [FindingBody] {
        guard status.st_mode & Self.others == 0 else {
            return [
                .fault(
                    "folder",
                    "every user of this machine can get into \(folder), where addresses lie",
                    "chmod o-rwx \(folder)"
                )
            ]
        }
        return [.ok("folder", folder)]
    }

    private func files(ownedBy owner: uid_t) -> [FindingBody] {
        let names = ["", "-wal", "-shm"].map { StoreOptions.fileName + $0 }
        return names.compactMap { name in
            let path = "\(folder)/\(name)"
            guard let status = Self.status(of: path) else { return nil }
            if status.st_uid != owner {
                return .fault(
                    "files",
                    "\(path) belongs to user \(status.st_uid), its folder to user \(owner)",
                    "chown --reference=\(folder) \(path)"
                )
            }
            if status.st_mode & Self.others != 0 {
                return .fault(
                    "files",
                    "every user of this machine can open \(path)",
                    "chmod o-rwx \(path)"
                )
            }
            return nil
        }
    }

    private var fileSystem: FindingBody {
        var information = statfs()
        let kind =
            statfs(folder, &information) == 0 ? UInt32(truncatingIfNeeded: information.f_type) : 0
        guard let name = Self.networkFileSystems[kind] else {
            return .ok("disk", "a local file system")
        }
        return .fault(
            "disk",
            "\(folder) lies on \(name), where SQLite's locks do not work",
            "stop the daemon and move the folder to a local disk"
        )
    }

    private var disk: FindingBody {
        var information = statvfs()
        guard statvfs(folder, &information) == 0 else {
            return .fault("disk", CommandFailure.systemMessage(errno), "look at dmesg")
        }
        let free = Int64(information.f_bavail) * Int64(information.f_frsize)
        let database = Self.status(of: "\(folder)/\(StoreOptions.fileName)")?.st_size ?? 0
        let text = "\(DisplayText.bytes(free)) are free beside \(folder)"
        if free < Self.leastFreeBytes {
            return .fault("disk", text, "free room on that file system, or make it larger")
        }
        if free < Int64(database) {
            return .warning(
                "disk",
                "\(text), less than the database takes: an upgrade cannot make its backup",
                "free room on that file system, or make it larger"
            )
        }
        return .ok("disk", text)
    }

    private static func status(of path: String) -> stat? {
        var status = stat()
        return stat(path, &status) == 0 ? status : nil
    }

    private static let others: mode_t = 0o007
    /// Below this a busy day fills the disk.
    private static let leastFreeBytes: Int64 = 200_000_000
    /// By the number that statfs(2) gives them.
    private static let networkFileSystems: [UInt32: String] = [
        0x6969: "NFS", 0x517B: "SMB", 0xFF53_4D42: "CIFS", 0xFE53_4D42: "SMB2",
        0x00C3_6400: "Ceph", 0x0102_1997: "9P",
    ]
}
