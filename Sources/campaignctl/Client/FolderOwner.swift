import Glibc

/// Whose rights the process uses on the data folder.
enum FolderOwner {
    /// Run as root, becomes the folder's owner for the rest of the process.
    ///
    /// Otherwise files that root makes (a write-ahead log, a backup) would shut the daemon out.
    static func assume(of folder: String) throws(CommandFailure) {
        guard geteuid() == 0 else { return }
        var status = stat()
        guard stat(folder, &status) == 0, status.st_uid != 0 else { return }
        var group = status.st_gid
        guard setgroups(1, &group) == 0, setegid(group) == 0, seteuid(status.st_uid) == 0 else {
            throw CommandFailure(
                .noPermission,
                "cannot act as the owner of \(folder): \(CommandFailure.systemMessage(errno))",
                next: "run the command as user \(status.st_uid)"
            )
        }
    }
    /// Takes root's rights back where the process was run as root.
    static func resign() {
        _ = seteuid(getuid())
        _ = setegid(getgid())
    }
}
