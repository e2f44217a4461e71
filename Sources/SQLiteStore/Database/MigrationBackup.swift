import GRDB
import Glibc

/// A copy of the database, verified and synced, made beside it before a migration.
struct MigrationBackup {
    /// `<database>.before-<version>`.
    let path: String
    /// Where the copy grows until it has been verified.
    private var partialPath: String { path + ".partial" }

    init(of database: String, before version: Int) {
        path = "\(database).before-\(version)"
    }

    /// Makes the copy, in place of one that an earlier attempt left.
    ///
    /// Needs as much disk space as the database holds data. Throws `backupFailed`.
    func make(from database: Database) throws {
        do {
            unlink(partialPath)
            try database.execute(sql: "VACUUM INTO ?", arguments: [partialPath])
            try verify()
            try publish()
        } catch {
            unlink(partialPath)
            throw DatabaseFailure.backupFailed(path: path, reason: "\(error)")
        }
    }

    private func verify() throws {
        var configuration = Configuration()
        configuration.readonly = true
        let copy = try DatabaseQueue(path: partialPath, configuration: configuration)
        let report = try copy.read { try String.fetchAll($0, sql: "PRAGMA integrity_check") }
        try copy.close()
        if report != ["ok"] { throw Fault(reason: report.joined(separator: "; ")) }
    }

    /// Syncs the copy and gives it its name.
    ///
    /// SQLite has closed it by then, so no lock of SQLite's is at stake.
    private func publish() throws {
        try sync(partialPath)
        guard rename(partialPath, path) == 0 else { throw Fault(reason: lastSystemError()) }
        try sync(folder(of: path))
    }

    private func sync(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Fault(reason: lastSystemError()) }
        defer { Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else { throw Fault(reason: lastSystemError()) }
    }

    private func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return String(path[...slash])
    }

    private func lastSystemError() -> String { String(cString: strerror(errno)) }

    private struct Fault: Error, CustomStringConvertible {
        let reason: String
        var description: String { reason }
    }
}
