import Glibc

/// Files that SQLite has not open: made durable, named, removed.
enum SystemFile {
    /// Syncs a file, gives it its name in place of what lies there, and syncs the folder.
    static func publish(_ partial: String, as path: String) throws(DatabaseFailure) {
        try sync(partial)
        guard rename(partial, path) == 0 else { throw failure("naming \(path)") }
        try sync(folder(of: path))
    }

    /// Syncs a file or a folder.
    static func sync(_ path: String) throws(DatabaseFailure) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("opening \(path)") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("syncing \(path)") }
    }

    /// Removes a database and what SQLite keeps beside it.
    static func removeDatabase(_ path: String) {
        for suffix in ["", "-journal", "-wal", "-shm"] { unlink(path + suffix) }
    }

    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return String(path[...slash])
    }

    /// What the system said last, as a failure of the database.
    static func failure(_ operation: String) -> DatabaseFailure {
        let number = errno
        let fault = SQLiteFault(
            operation: operation,
            code: number,
            message: String(cString: strerror(number))
        )
        return switch number {
        case ENOSPC, EDQUOT: .full(fault)
        case EACCES, EPERM, EROFS: .notPermitted(fault)
        default: .io(fault)
        }
    }
}
