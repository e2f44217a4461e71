import FoundationEssentials
import GRDB
package import JobQueue

/// What tells a backup from the database it was made of: a row in `service_setting`.
///
/// A database that is opened with a stamp in it was restored; its work is then held, and the stamp
/// taken out.
package struct BackupStamp: Sendable, Equatable, CustomStringConvertible {
    /// Names this copy among others.
    package let id: String
    package let takenAt: Timestamp

    init(takenAt: Timestamp) {
        id = UUID().uuidString.lowercased()
        self.takenAt = takenAt
    }

    /// Reads the form in which it is stored: `<id> <RFC 3339>`.
    init?(stored: String) {
        let words = stored.split(separator: " ")
        guard words.count == 2, let takenAt = Timestamp(rfc3339: String(words[1])) else {
            return nil
        }
        id = String(words[0])
        self.takenAt = takenAt
    }

    package var description: String { "\(id) \(takenAt)" }

    /// Writes the stamp into a copy, and returns the one that was there before in its place.
    ///
    /// A database from before there were settings gets none: it had no campaigns either.
    func write(to copy: Database) throws -> BackupStamp {
        guard try copy.tableExists("service_setting") else { return self }
        let found = try String.fetchOne(
            copy,
            sql: BackupSQL.setting,
            arguments: [FileIdentity.stampName]
        )
        if let earlier = found.flatMap(BackupStamp.init(stored:)) { return earlier }
        try copy.execute(
            sql: JobSQL.keepSetting,
            arguments: [FileIdentity.stampName, description]
        )
        return self
    }
}
