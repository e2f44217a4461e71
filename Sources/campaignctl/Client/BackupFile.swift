import Glibc

/// A backup to be restored: a database file and, of a raw copy, the log beside it.
///
/// Opened before the process gives up root's rights for those of the data folder's owner.
struct BackupFile {
    private let database: InputFile
    private let log: InputFile?

    init(_ path: String) throws(CommandFailure) {
        database = try InputFile(path)
        log = access(path + "-wal", F_OK) == 0 ? try InputFile(path + "-wal") : nil
    }

    /// Copies what was opened, in place of what an earlier attempt left.
    func copy(to path: String) throws(CommandFailure) {
        for suffix in ["", "-journal", "-wal", "-shm"] { unlink(path + suffix) }
        try Self.copy(database, to: path)
        if let log { try Self.copy(log, to: path + "-wal") }
    }

    private static func copy(_ input: InputFile, to path: String) throws(CommandFailure) {
        let output = try OutputFile(path, mode: 0o640)
        while let part = try input.next() { try output.write(part) }
    }
}
