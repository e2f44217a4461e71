import APITypes
import CampaignAPI
import Campaigns
import Glibc
import JobQueue
import SQLiteStore

/// The database itself, through the same routes, while no daemon runs.
final class OfflineFile {
    private var lock: InstanceLock?
    private let store: SQLiteStore
    private let clock: any EngineClock
    private let handler: APIHandler
    /// What a dead daemon left that was put right as the file was opened, in a sentence.
    var recovered: String? { store.recovered?.description }

    /// What came of trying to take the instance lock.
    enum Attempt {
        case opened(OfflineFile)
        /// A daemon that starts, drains or migrates holds it, or another `campaignctl`.
        case locked(by: String?)
        /// There is no database, and `campaignctl` never makes one.
        case absent
    }

    /// Takes the lock and does what a daemon does first: migrates, and recovers what a dead one left.
    static func open(in folder: String) throws(CommandFailure) -> Attempt {
        let hasDatabase = access("\(folder)/\(StoreOptions.fileName)", F_OK) == 0
        // A lock file without a database may be a daemon's that has not made it yet.
        guard hasDatabase || access("\(folder)/\(InstanceLock.fileName)", F_OK) == 0 else {
            return .absent
        }
        guard faccessat(AT_FDCWD, folder, W_OK, AT_EACCESS) == 0 else { throw denied(folder) }
        do {
            switch try InstanceLock.attempt(role: .cli, in: folder) {
            case .held(let holder): return .locked(by: holder?.description)
            case .acquired(let lock):
                guard hasDatabase else { return .absent }
                return .opened(try OfflineFile(folder: folder, lock: lock))
            }
        } catch {
            throw CommandFailure(openingFile: error)
        }
    }

    /// Puts a backup in the place of the database, while no daemon runs, and opens it, which holds
    /// what would otherwise go on.
    static func restore(_ backup: BackupFile, in folder: String) throws(CommandFailure)
        -> (BackupPlacement, heldJobs: Int64)
    {
        try alone(in: folder) { lock throws in
            try backup.copy(to: BackupPlacement.arrival(in: folder))
            let placement = try BackupPlacement(in: folder, now: SystemClock().wall)
            let file = try OfflineFile(folder: folder, lock: lock)
            defer { file.close() }
            return (placement, try file.store.restoredJobCount())
        }
    }

    /// Rewrites the database, while no daemon runs; returns its size before and after.
    static func compact(in folder: String) throws(CommandFailure) -> (Int64, Int64) {
        guard access("\(folder)/\(StoreOptions.fileName)", F_OK) == 0 else {
            throw CommandFailure(.unavailable, "there is no database in \(folder)")
        }
        return try alone(in: folder) { lock throws in
            let file = try OfflineFile(folder: folder, lock: lock)
            defer { file.close() }
            let before = size(in: folder)
            try file.store.compact()
            return (before, size(in: folder))
        }
    }

    private static func size(in folder: String) -> Int64 {
        var status = stat()
        let path = "\(folder)/\(StoreOptions.fileName)"
        return stat(path, &status) == 0 ? Int64(status.st_size) : 0
    }

    /// Does what needs the folder for itself; a running daemon is in the way.
    private static func alone<Result>(
        in folder: String,
        _ work: (consuming InstanceLock) throws -> Result
    ) throws(CommandFailure) -> Result {
        do {
            switch try InstanceLock.attempt(role: .cli, in: folder) {
            case .held(let holder):
                throw CommandFailure(
                    .temporary,
                    "\(folder) is held by \(holder?.description ?? "another process")",
                    next: "stop the daemon, then run the same command again"
                )
            case .acquired(let lock): return try work(lock)
            }
        } catch let failure as CommandFailure {
            throw failure
        } catch let failure as DatabaseFailure where failure.isUnfitBackup {
            throw CommandFailure(.data, "the file is no backup to restore: \(failure)")
        } catch {
            throw CommandFailure(openingFile: error)
        }
    }

    private init(folder: String, lock: consuming InstanceLock) throws {
        var options = StoreOptions(
            folder: folder,
            version: ProductVersion.current,
            mayCreate: false,
            runsJobs: false
        )
        // A daemon will need it, and closing gives it back.
        options.reservesLog = true
        (store, clock) = try SQLiteStore.open(options)
        self.lock = consume lock
        handler = APIHandler(
            service: CampaignService(
                store: store,
                clock: clock,
                settings: try store.keptSettings()
            ),
            events: store.events,
            place: APIPlace(
                version: ProductVersion.current,
                dataDir: folder,
                databasePath: "\(folder)/\(StoreOptions.fileName)"
            ),
            daemon: nil
        )
    }

    /// Answers a call as the daemon would; nothing is waited for, as nobody would do it.
    func perform(_ call: Call) throws -> Reply {
        let body: APIBody =
            switch call.body {
            case .none: .none
            case .json(let bytes): .bytes(bytes)
            case .upload(let file, _): .stream(file)
            }
        let reply = handler.respond(
            to: APIRequest(
                method: call.method,
                path: call.encodedPath,
                query: call.query,
                headers: call.allHeaders,
                body: body
            )
        )
        switch reply.content {
        case .bytes(let bytes):
            var parts = [bytes]
            return Reply(status: reply.status) { parts.popLast() }
        case .lines(let source): return Reply(status: reply.status) { try source.next() }
        case .later, .events:
            throw CommandFailure(
                .unavailable,
                "no daemon is running, and only a daemon can answer this"
            )
        }
    }

    /// Closes the file and lets go of the lock; a daemon may start from now on.
    func close() {
        // What was answered is durable; a checkpoint that fails is made by whoever opens it next.
        try? store.close(now: clock.now)
        lock = nil
    }

    private static func denied(_ folder: String) -> CommandFailure {
        CommandFailure(
            .noPermission,
            "no daemon is running, and you may not work on the file in \(folder)",
            next: "start the daemon, or run the command as the folder's owner or root"
        )
    }
}

extension DatabaseFailure {
    /// Whether the fault is in the file that was to be restored; then nothing was changed.
    fileprivate var isUnfitBackup: Bool {
        switch self {
        case .corrupt, .foreign, .schemaTooNew, .migrationChanged: true
        default: false
        }
    }
}

extension CommandFailure {
    /// Why the file could not be locked or opened.
    fileprivate init(openingFile error: any Error) {
        let exit: ExitStatus =
            switch error {
            case let failure as DatabaseFailure:
                switch failure {
                case .notPermitted: .noPermission
                case .schemaTooNew, .migrationChanged, .foreign, .settingNotInForce: .configuration
                case .busy, .overloaded, .closed, .outOfMemory: .temporary
                case .full, .io, .corrupt, .outcomeUnknown, .backupFailed, .migrationFailed:
                    .inputOutput
                case .constraint, .statement, .missing: .software
                }
            case let error as StoreError:
                switch error {
                case .unavailable, .corrupt, .full: .inputOutput
                case .schemaTooNew: .configuration
                case .notFound, .conflict, .claimLost: .software
                }
            case is LockFailure: .inputOutput
            default: .software
            }
        self.init(exit, "\(error)")
    }
}
