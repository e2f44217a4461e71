import CLinux
import GRDB
import GRDBSQLite
import Glibc

/// The length of the write-ahead log, and the checkpoints that keep it short.
///
/// Every checkpoint runs here, on the writer's connection, between its turns: two connections that
/// write and checkpoint at once can corrupt the file (sqlite.org/wal.html#walresetbug).
final class WriteAheadLog: @unchecked Sendable {
    // The writer's queue protects the variables: SQLite calls the hook in COMMIT, on that queue.

    /// Frames in the log before a turn is followed by a checkpoint; about 16 MB.
    static let checkpointFrames = 4_000
    /// Frames in the log before a checkpoint waits for readers, so that the log begins anew; 64 MB.
    static let restartFrames = 16_000
    /// Disk space the log keeps, so that a full disk leaves room for what is under way.
    ///
    /// As many frames as there are before a checkpoint, each a page and a header.
    static let reserveBytes = 16 * 1_024 * 1_024
    /// How long a checkpoint that begins the log anew waits for readers.
    static let restartWaitMilliseconds: Int32 = 100

    /// The header of a frame, before its page (sqlite.org/fileformat2.html#walformat).
    private static let frameHeaderBytes = 24

    private(set) var checkpoints = 0
    /// Frames in the log since it last began anew.
    private var frames = 0
    private var pageBytes = 0
    /// The most frames there were since the log was last made to begin anew.
    private var longest = 0
    /// The length at which the next checkpoint is worth its cost.
    private var nextCheckpoint = checkpointFrames

    /// The length of the log.
    var bytes: Int { frames * (pageBytes + Self.frameHeaderBytes) }

    /// Has SQLite report the length of the log after each commit of this connection.
    ///
    /// This takes the place of SQLite's own checkpoint, which is a hook too.
    func watch(_ database: Database) throws {
        pageBytes = try Int.fetchOne(database, sql: "PRAGMA page_size") ?? 0
        // Unretained: the database file that owns the connection owns this object too.
        sqlite3_wal_hook(
            database.sqliteConnection,
            { context, _, _, frames in
                guard let context else { return SQLITE_OK }
                let log = Unmanaged<WriteAheadLog>.fromOpaque(context).takeUnretainedValue()
                log.grew(to: Int(frames))
                return SQLITE_OK
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
    }

    /// Copies the log into the database when it is long; to be called between turns.
    func checkpointIfLong(_ database: Database) {
        guard frames >= nextCheckpoint else { return }
        let isTooLong = frames >= Self.restartFrames
        checkpoint(database, isTooLong ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE)
    }

    /// Takes disk space for the log of a database that nobody has open, as far as there is any.
    ///
    /// Its length stays, so that there is nothing more to read when it is opened.
    static func reserve(for database: String) {
        var status = stat()
        let mode = stat(database, &status) == 0 ? status.st_mode & 0o777 : 0o640
        let descriptor = open(database + "-wal", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, mode)
        guard descriptor >= 0 else { return }
        // On a full disk, or where the file system has no such call, the log does with what it has.
        _ = fallocate(descriptor, CInt(KEEP_SIZE), 0, reserveBytes)
        close(descriptor)
    }

    /// Copies the whole log, and has it begin anew if it was long; for a time without work.
    ///
    /// The next commit then cuts it to its reserve (`journal_size_limit`). The last one of a process
    /// empties the log always: whoever opens the file next reads all that is in it, copied or not, and cannot begin it anew, so that it would grow with each
    /// `campaignctl` that works without a daemon.
    func checkpointAll(_ database: Database, isLast: Bool = false) {
        let restarts = longest >= Self.restartFrames
        checkpoint(
            database,
            isLast
                ? SQLITE_CHECKPOINT_TRUNCATE
                : restarts ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE
        )
        if restarts { longest = 0 }
    }

    /// Copies what can be copied; returns the frames that cannot, as a reader still needs older ones.
    func framesHeldBack(_ database: Database) -> Int {
        guard let handle = database.sqliteConnection else { return 0 }
        var (length, copied): (CInt, CInt) = (-1, -1)
        sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_PASSIVE, &length, &copied)
        checkpoints += 1
        return max(0, Int(length) - Int(copied))
    }

    private func grew(to frames: Int) {
        if frames < self.frames { nextCheckpoint = Self.checkpointFrames }
        self.frames = frames
        longest = max(longest, frames)
    }

    private func checkpoint(_ database: Database, _ mode: Int32) {
        // SQLite does not check the handle, and GRDB has none once it is closed.
        guard let handle = database.sqliteConnection else { return }
        sqlite3_busy_timeout(handle, Self.restartWaitMilliseconds)
        defer { sqlite3_busy_timeout(handle, DatabaseSettings.busyTimeoutMilliseconds) }
        var length: CInt = -1
        // A failure costs nothing but a longer log: the next checkpoint does it all again.
        sqlite3_wal_checkpoint_v2(handle, nil, mode, &length, nil)
        if length >= 0 { frames = Int(length) }
        checkpoints += 1
        nextCheckpoint = frames + Self.checkpointFrames
    }
}
