import GRDB
import JobQueue

/// One turn of the writer: everything that waited, in one transaction with one fsync.
///
/// Each write runs in its own savepoint, so one that throws undoes itself alone. Behind them run the
/// writes that follow them up; see ``Transaction/followUp(with:)``. When SQLite gives
/// up the whole transaction, each write is run again in a transaction of its own, and only those
/// fail that fail alone. Nobody is told anything here: the outcomes stand in the writes, and they
/// are final when `run` returns.
struct WriterTurn {
    private let database: Database
    /// What waited, in its order, and behind it the writes that follow it up.
    private(set) var writes: [any PendingWrite]
    private(set) var commits = 0
    /// How long the last COMMIT took, its fsync included.
    private(set) var commitTime: Duration?
    private(set) var wasRunAgain = false
    /// Why the last COMMIT failed, until something commits after it.
    ///
    /// Its frames may lie whole in the log, where a restart would find and replay them.
    private(set) var uncertainty: SQLiteFault?
    /// Why nothing may be written after this turn, if that is so.
    ///
    /// The file is damaged, or the disk failed in COMMIT. After a failed fsync the kernel may have dropped the pages and call them
    /// clean, so that only what a new process reads from the disk counts.
    private(set) var breakage: DatabaseFailure?
    /// Whether SQLite had no room for a write.
    private(set) var foundFull = false

    init(_ database: Database, _ writes: [any PendingWrite], uncertainty: SQLiteFault?) {
        self.database = database
        self.writes = writes
        self.uncertainty = uncertainty
    }

    /// Runs every write to its final outcome.
    mutating func run() {
        defer { foundFull = writes.contains { ($0.failure as? DatabaseFailure)?.isFull ?? false } }
        if let failure = commit(writes) {
            if let breakage {
                for write in writes { write.fail(breakage) }
                return
            }
            if writes.count == 1 || failure.isBusy {
                for write in writes { write.fail(failure) }
            } else {
                wasRunAgain = true
                for write in writes {
                    if let breakage {
                        write.fail(breakage.afterwards)
                    } else if let failure = commit([write]) {
                        write.fail(breakage ?? failure)
                    }
                }
            }
        }
        guard breakage == nil else { return }
        takeBackFailedCommit()
        if let uncertainty {
            for write in writes where (write.failure as? DatabaseFailure)?.resourceFault != nil {
                write.fail(DatabaseFailure.outcomeUnknown(uncertainty))
            }
        }
    }

    /// Runs the writes, and behind them what follows them up, in one transaction; returns why, if
    /// none of them stands.
    private mutating func commit(_ writes: [any PendingWrite]) -> DatabaseFailure? {
        do throws(DatabaseFailure) {
            let control = try Connection(database, for: "transaction of the writer")
            try control.run("BEGIN IMMEDIATE")
            defer { rollBackIfOpen(control) }
            if writes.count == 1 {
                guard try attempt(writes[0], control) else { return nil }
            } else {
                for write in writes { try attemptInSavepoint(write, control) }
            }
            try followUp(writes, control)
            try commit(control)
            return nil
        } catch {
            return error
        }
    }

    private mutating func commit(_ control: Connection) throws(DatabaseFailure) {
        do throws(DatabaseFailure) {
            let clock = ContinuousClock()
            let start = clock.now
            try control.run("COMMIT")
            commitTime = clock.now - start
            commits += 1
            uncertainty = nil
        } catch {
            // With the transaction still open, a deferred constraint refused before any write.
            if !control.isInTransaction, let fault = error.resourceFault {
                if case .io = error {
                    breakage = .outcomeUnknown(fault)
                } else {
                    uncertainty = fault
                }
            }
            throw error
        }
    }

    private mutating func followUp(
        _ leading: [any PendingWrite],
        _ control: Connection
    ) throws(DatabaseFailure) {
        for makeFollower in leading.flatMap(\.followers) {
            guard let follower = makeFollower() else { continue }
            writes.append(follower)
            try attemptInSavepoint(follower, control)
        }
    }

    private mutating func attemptInSavepoint(
        _ write: any PendingWrite,
        _ control: Connection
    ) throws(DatabaseFailure) {
        try control.run("SAVEPOINT write")
        if try !attempt(write, control) { try control.run("ROLLBACK TO write") }
        try control.run("RELEASE write")
    }

    /// Runs one write; false when it failed by itself.
    ///
    /// Throws when the whole transaction is gone.
    private mutating func attempt(
        _ write: any PendingWrite,
        _ control: Connection
    ) throws(DatabaseFailure) -> Bool {
        Failpoint.writeBegun.hang("\(write.label)")
        let connection = try Connection(database, for: write.label)
        do {
            try write.attempt(in: Transaction(connection))
        } catch {
            write.fail(error)
            if let failure = error as? DatabaseFailure, failure.isCorruption {
                breakage = failure
                throw failure
            }
            if let loss = connection.lostBy { throw loss }
            return false
        }
        // The work may have caught the error that ended the transaction.
        if let loss = connection.lostBy { throw loss }
        precondition(control.isInTransaction, "\(write.label): a write ended the transaction")
        return true
    }

    private func rollBackIfOpen(_ control: Connection) {
        guard control.isInTransaction else { return }
        // It fails only where SQLite has rolled back by itself, which is what is wanted.
        try? control.run("ROLLBACK")
    }

    /// Commits one page after a failed COMMIT.
    ///
    /// A COMMIT that fails at its fsync has written its frames, the mark of commit among them. The
    /// living log does not count them, but one that is opened anew does, and what a caller was told
    /// had failed would be there. The next commit overwrites the first of those frames, and the
    /// checksums, which run on from frame to frame, end there (sqlite.org/fileformat2.html#walformat).
    private mutating func takeBackFailedCommit() {
        guard uncertainty != nil else { return }
        // Where this fails too, `uncertainty` stays, and the callers are told so.
        try? {
            let control = try Connection(database, for: "overwriting a failed commit")
            try control.run("BEGIN IMMEDIATE")
            defer { rollBackIfOpen(control) }
            // Writes its page though the number stays the same; nothing reads it.
            try control.run("PRAGMA user_version = 0")
            try commit(control)
        }()
    }
}

extension Connection {
    /// Runs a statement without values.
    fileprivate func run(_ sql: String) throws(DatabaseFailure) {
        try bound(sql).run()
    }
}

extension DatabaseFailure {
    fileprivate var isBusy: Bool {
        if case .busy = self { true } else { false }
    }

    fileprivate var isFull: Bool {
        if case .full = self { true } else { false }
    }

    fileprivate var isCorruption: Bool {
        if case .corrupt = self { true } else { false }
    }
}
