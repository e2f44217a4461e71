import FoundationEssentials
import Glibc
import JobQueue

/// The database's last epoch, as a file beside the database has it: how a database is found out that
/// was written over in place by an older one.
///
/// Written after the commit that it tells of, so it is behind its database or level with it, never
/// ahead: neither a crash nor a power loss raises an alarm. One that is missing or torn says nothing.
/// What it cannot see: a copy from the very run of the daemon that was killed last.
struct EpochMark: Equatable {
    static let fileName = "campaignd.epoch"

    let epoch: Int64
    let startedAt: Timestamp
    /// Whether the daemon ended in good order, or its death was recovered.
    let hasEnded: Bool

    /// Reads the file of a data folder; nil where there is none that can be read.
    init?(in folder: String) {
        let text = try? String(contentsOfFile: "\(folder)/\(Self.fileName)", encoding: .utf8)
        let words = (text ?? "").split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 4, words[3] == "\n", let epoch = Int64(words[0]),
            let start = Int64(words[1]), words[2] == "open" || words[2] == "ended"
        else { return nil }
        self.init(
            epoch: epoch,
            startedAt: Timestamp(milliseconds: start),
            hasEnded: words[2] == "ended"
        )
    }

    init(epoch: Int64, startedAt: Timestamp, hasEnded: Bool) {
        self.epoch = epoch
        self.startedAt = startedAt
        self.hasEnded = hasEnded
    }

    /// Replaces the file of a data folder; a failure leaves the one that is there.
    func keep(in folder: String) {
        let text = "\(epoch) \(startedAt.milliseconds) \(hasEnded ? "ended" : "open") \n"
        let (path, partial) = ("\(folder)/\(Self.fileName)", "\(folder)/\(Self.fileName).new")
        let descriptor = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        let isWhole = write(descriptor, text, text.utf8.count) == text.utf8.count
        close(descriptor)
        if !isWhole || rename(partial, path) != 0 { unlink(partial) }
    }
}

extension Queryable {
    /// The mark of the last epoch; nil before the first.
    var epochMark: EpochMark? {
        get throws {
            try first(JobSQL.lastEpochMark) { row in
                EpochMark(
                    epoch: row.int64(0),
                    startedAt: row.timestamp(1),
                    hasEnded: row.int64(2) == 1
                )
            }
        }
    }

    /// Whether the epoch of a mark is known here, and as far on as the mark has it.
    func knows(_ mark: EpochMark) throws -> Bool {
        let hasEnded = try first(JobSQL.epochHasEnded, mark.epoch, mark.startedAt) { row in
            row.int64(0) == 1
        }
        return hasEnded.map { $0 || !mark.hasEnded } ?? false
    }
}
