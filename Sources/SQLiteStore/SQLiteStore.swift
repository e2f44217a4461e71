package import Dispatch
package import JobQueue
import Synchronization

/// Every store protocol on one SQLite file.
///
/// The process that holds it holds the instance lock; all writes go through its one writer.
package final class SQLiteStore: Sendable {
    /// What is told after each commit.
    package let events: EventHub
    /// What a dead process left that this one put right when it opened the file; nil where none
    /// had died.
    package let recovered: RecoveryReport?
    /// This process's run; claims bear it.
    ///
    /// 0 in a process that never claims.
    let epoch: Int64
    let version: String
    let writer: Writer
    let database: DatabaseFile
    /// Says whether there is room for new work.
    package let space: SpaceGuard
    /// The kinds this daemon has handlers for; others are never claimed.
    let knownKinds = Mutex<Set<JobKind>>([])
    /// Who takes the jobs; nobody before the pool is started, and in a command.
    let taker = Mutex(AttachedTaker())

    init(
        database: DatabaseFile,
        writer: Writer,
        space: SpaceGuard,
        epoch: Int64,
        version: String,
        events: EventHub,
        recovered: RecoveryReport? = nil
    ) {
        self.database = database
        self.writer = writer
        self.space = space
        self.epoch = epoch
        self.version = version
        self.events = events
        self.recovered = recovered
    }

    /// The writer's.
    package var queue: DispatchQueue { writer.queue }

    /// Calls back once the writer has come round; for a watchdog.
    package func answer(_ completion: @escaping @Sendable () -> Void) {
        writer.answer(completion)
    }

    /// Runs a write on jobs; counters and events follow its ledger.
    func writeJobs<Value: Sendable>(
        _ label: StaticString,
        now: Timestamp,
        _ work: @escaping @Sendable (inout JobLedger) throws -> Value
    ) throws(StoreError) -> Value {
        try write(label) { [self] transaction in
            var ledger = JobLedger(transaction, store: self, now: now)
            let value = try work(&ledger)
            try ledger.settle()
            return value
        }
    }

    /// Runs a write and waits for its commit.
    func write<Value: Sendable>(
        _ label: StaticString,
        _ work: @escaping @Sendable (Transaction) throws -> Value
    ) throws(StoreError) -> Value {
        do { return try writer.perform(label, work) } catch { throw StoreError(error) }
    }

    /// Hands a write in and returns at once; see `Writer` for what a completion may do.
    func submit<Value: Sendable>(
        _ label: StaticString,
        _ work: @escaping @Sendable (Transaction) throws -> Value,
        completion: @escaping @Sendable (Result<Value, StoreError>) -> Void
    ) {
        writer.submit(label, work) { result in
            completion(result.mapError { StoreError($0) })
        }
    }

    /// Reads from a short snapshot.
    func read<Value>(_ label: StaticString, _ body: (Snapshot) throws -> Value) throws(StoreError)
        -> Value
    {
        do { return try database.read(label, body) } catch { throw StoreError(error) }
    }
}

extension StoreError {
    /// What a failure of the file means to those above.
    init(_ error: any Error) {
        switch error {
        case let error as StoreError: self = error
        case let failure as DatabaseFailure: self.init(failure)
        default: self = .unavailable(String(describing: error))
        }
    }

    private init(_ failure: DatabaseFailure) {
        switch failure {
        case .full(let fault): self = .full(fault.description)
        case .corrupt, .foreign: self = .corrupt(failure.description)
        case .schemaTooNew: self = .schemaTooNew(failure.description)
        default: self = .unavailable(failure.description)
        }
    }
}
