import FoundationEssentials
package import JobQueue
import migrations

/// How a process opens the store.
package struct StoreOptions: Sendable {
    /// The data folder.
    package var folder: String
    /// The program's version, kept with each epoch.
    package var version: String
    /// Whether a database is made where there is none.
    package var mayCreate: Bool
    /// Whether this process runs jobs: then it begins an epoch.
    package var runsJobs: Bool
    package var durability: Durability
    /// The machine's boot, as the kernel names it.
    package var bootID: String
    /// Whether the log keeps its room on the disk: where real work depends on it.
    package var reservesLog = false
    /// When there is too little room for new work.
    package var space = SpaceGuard.Settings()
    /// Told once when the disk failed so that the process has to end: see `Writer`.
    package var onFailure: @Sendable (DatabaseFailure) -> Void = { _ in }

    package static let fileName = "campaignd.sqlite3"

    /// Makes options.
    package init(
        folder: String,
        version: String,
        mayCreate: Bool,
        runsJobs: Bool,
        durability: Durability = .full,
        bootID: String? = nil
    ) {
        self.folder = folder
        self.version = version
        self.mayCreate = mayCreate
        self.runsJobs = runsJobs
        self.durability = durability
        self.bootID = bootID ?? Self.kernelBootID
    }

    private static var kernelBootID: String {
        let text = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
        return text.map { String($0.prefix { !$0.isNewline }) } ?? ""
    }
}

extension SQLiteStore {
    /// Migrates the file, recovers what a dead process left, and begins an epoch if jobs are to run.
    ///
    /// The caller holds the instance lock, and keeps it until ``close(now:)`` has returned. When
    /// this returns, nothing is running or in flight under any earlier epoch.
    ///
    /// - Parameter clock: for tests; nil takes the system's, anchored so that engine time goes on
    ///   from the last epoch of the same boot.
    package static func open(
        _ options: StoreOptions,
        clock: (any EngineClock)? = nil,
        events: EventHub = EventHub()
    ) throws -> (store: SQLiteStore, clock: any EngineClock) {
        let space = SpaceGuard(folder: options.folder, settings: options.space, events: events)
        let file = try DatabaseFile(
            path: "\(options.folder)/\(StoreOptions.fileName)",
            migrations: migrationList,
            now: SystemClock().now,
            mayCreate: options.mayCreate,
            durability: options.durability,
            reservesLog: options.reservesLog,
            checkedBytes: options.runsJobs ? Self.checkedBytes : 0,
            space: space,
            onFailure: options.onFailure
        )
        do {
            let clock = try clock ?? anchoredClock(file, bootID: options.bootID)
            let identity = FileIdentity(of: file.path)
            let mark = EpochMark(in: options.folder)
            let restoration = try file.read("file identity") { snapshot in
                try snapshot.restoration(identity, mark)
            }
            let (epoch, report) = try file.writer.perform("recovery") { transaction in
                let visitor = SQLiteStore(
                    database: file,
                    writer: file.writer,
                    space: space,
                    epoch: 0,
                    version: options.version,
                    events: events
                )
                var recovery = Recovery(
                    JobLedger(transaction, store: visitor, now: clock.now),
                    bootID: options.bootID,
                    isRestored: restoration != nil
                )
                try recovery.run()
                if restoration == nil { try transaction.adoptNew(identity) }
                let epoch =
                    options.runsJobs ? try transaction.beginEpoch(options, clock: clock) : 0
                return (epoch, recovery.report)
            }
            let store = SQLiteStore(
                database: file,
                writer: file.writer,
                space: space,
                epoch: epoch,
                version: options.version,
                events: events,
                recovered: report
            )
            try store.takeBackOpenImports()
            if let restoration {
                try store.holdRestored(restoration, identity: identity, now: clock.now)
            }
            // Not before all is held: until then the next start has to find it out again.
            try store.keepEpochMark()
            // What a process before left in the log is in the file, and synced, before anyone relies
            // on it.
            if options.runsJobs { file.writer.checkpoint() }
            return (store, clock)
        } catch {
            try? file.close()
            throw error
        }
    }

    /// Up to which size a start reads the whole file for damage; SQLite notices the rest as it reads.
    private static let checkedBytes: Int64 = 1_000_000_000

    /// Ends the epoch as clean and closes the file.
    package func close(now: Timestamp) throws {
        if epoch > 0 {
            try write("end epoch") { [epoch] transaction in
                _ = try transaction.run(JobSQL.endEpoch, now, EpochEnding.clean, epoch)
            }
            try keepEpochMark()
        }
        try database.close()
    }

    /// Has the data folder remember the last epoch as the database has it.
    private func keepEpochMark() throws {
        let mark = try read("epoch mark") { try $0.epochMark }
        let folder = SystemFile.folder(of: database.path)
        if let mark, mark != EpochMark(in: folder) { mark.keep(in: folder) }
    }

    /// The number of this run of the daemon; 0 where none began.
    package var currentEpoch: Int64 { epoch }

    /// Every migration ever released.
    package static var migrationList: [Migration] {
        ReleasedMigrations.all.enumerated().map { index, step in
            Migration(version: index + 1, name: step.name, sql: step.sql)
        }
    }

    /// Engine time as the last epoch of the same boot had it; after a boot, not before its end.
    private static func anchoredClock(_ file: DatabaseFile, bootID: String) throws -> SystemClock {
        let last = try file.read("last epoch") { snapshot in
            try snapshot.first(JobSQL.lastEpoch) { row in
                (bootID: row.text(0), offset: row.int64(1), latest: row.int64(2))
            }
        }
        guard let last else { return SystemClock() }
        if last.bootID == bootID { return SystemClock(bootOffset: last.offset) }
        let fresh = SystemClock()
        return fresh.now.milliseconds >= last.latest
            ? fresh : SystemClock(bootOffset: last.latest - SystemClock.uptime)
    }
}

/// How an epoch ended.
enum EpochEnding: String, SQLValue {
    case clean, unclean
}

extension Transaction {
    fileprivate func beginEpoch(_ options: StoreOptions, clock: any EngineClock) throws -> Int64 {
        let offset = clock.now.milliseconds - SystemClock.uptime
        try run(JobSQL.beginEpoch, options.bootID, offset, options.version, clock.now)
        return lastInsertedID
    }
}
