import Dispatch
import GRDB
import Synchronization

/// The one way to write: a serial queue that commits everything waiting at once.
///
/// While one turn waits for its fsync, the writes of other callers gather; the next turn takes them
/// all. A write is durable when its caller is told so, and is never told sooner.
package final class Writer: Sendable {
    /// Writes one turn takes; the rest wait for the next.
    static let writesPerTurn = 1_000
    /// Writes that may wait; more of them are refused with `overloaded`.
    static let waitingLimit = 20_000
    /// How long nothing must have been written before the log is copied whole.
    static let idleDelay = DispatchTimeInterval.seconds(2)

    private let pool: DatabasePool
    private let log: WriteAheadLog
    private let space: SpaceGuard?
    private let onFailure: @Sendable (DatabaseFailure) -> Void
    private let state = Mutex(WriterState())
    private let metrics = WriterMetrics()

    /// Makes the writer of an open database.
    ///
    /// - Parameter onFailure: called once, before the callers are told, when the disk failed in a way
    ///   after which only a new process can know what is stored; from then on every write fails.
    init(
        _ pool: DatabasePool,
        log: WriteAheadLog,
        space: SpaceGuard?,
        onFailure: @escaping @Sendable (DatabaseFailure) -> Void
    ) {
        self.pool = pool
        self.log = log
        self.space = space
        self.onFailure = onFailure
    }

    /// Where turns are taken and completions run, one after another.
    let queue = DispatchQueue(label: "campaignd.writer", qos: .userInitiated)

    /// Writes, and blocks until the write is durable or has failed.
    ///
    /// Where nothing else waits, the turn is taken on the caller's own thread: none is woken for it.
    /// `work` runs on the writer's queue, in a transaction, and more than once if the disk fails; it
    /// must depend on nothing but what it captured and what it reads. What it throws is rethrown
    /// after its changes, and no others, are undone. Not to be called from `work` or `afterCommit`.
    @discardableResult
    package func perform<Value: Sendable>(
        _ label: StaticString,
        _ work: @escaping @Sendable (Transaction) throws -> Value
    ) throws -> Value {
        dispatchPrecondition(condition: .notOnQueue(queue))
        let write = Write(label, work)
        if try enqueue(write) { queue.sync { takeTurn() } }
        return try write.wait()
    }

    /// Writes without blocking; `completion` is called when the write is durable or has failed.
    ///
    /// Completions run one after another, in the order of their commits, on the writer's queue. They
    /// hold up the next turn: they may wake somebody, never wait, read, or write. For `work` see
    /// `perform`.
    package func submit<Value: Sendable>(
        _ label: StaticString,
        _ work: @escaping @Sendable (Transaction) throws -> Value,
        completion: @escaping @Sendable (Result<Value, any Error>) -> Void
    ) {
        submit(Write(label, work, completion: completion))
    }

    /// The same with a write made before.
    func submit(_ write: some PendingWrite) {
        do {
            if try enqueue(write) { scheduleTurn() }
        } catch {
            queue.async {
                write.fail(error)
                write.release()
            }
        }
    }

    /// Calls back once the turn under way is done; runs no SQL.
    func answer(_ completion: @escaping @Sendable () -> Void) {
        queue.async(execute: completion)
    }

    /// What the writer has done since it was opened.
    package var statistics: WriterStatistics { state.withLock { $0.statistics } }

    /// Writes nothing any more: what waits, and what comes, fails with the failure's fault.
    func stop(for failure: DatabaseFailure) {
        let isNews = state.withLock { state in
            defer { state.breakage = state.breakage ?? failure }
            return state.breakage == nil
        }
        if isNews { onFailure(failure) }
    }

    /// Refuses further writes, ends those that wait, copies the log into the database.
    ///
    /// Returns when the last completion has run. Not to be called from one.
    func close() {
        dispatchPrecondition(condition: .notOnQueue(queue))
        state.withLock { $0.isClosed = true }
        queue.sync {
            while state.withLock({ !$0.waiting.isEmpty }) { takeTurn() }
        }
        if state.withLock({ $0.breakage == nil }) { checkpoint(isLast: true) }
    }

    /// Copies the whole log into the database, between two turns.
    func checkpoint(isLast: Bool = false) {
        dispatchPrecondition(condition: .notOnQueue(queue))
        queue.sync { pool.writeWithoutTransaction { log.checkpointAll($0, isLast: isLast) } }
    }

    /// Copies what can be copied of the log; returns the frames that a reader holds back.
    func framesHeldBack() -> Int {
        dispatchPrecondition(condition: .notOnQueue(queue))
        return queue.sync { pool.writeWithoutTransaction { log.framesHeldBack($0) } }
    }

    /// Rewrites the whole file between two turns: no write is done meanwhile.
    func compact() throws {
        dispatchPrecondition(condition: .notOnQueue(queue))
        try queue.sync {
            try pool.writeWithoutTransaction { database in
                do {
                    try database.execute(sql: "VACUUM")
                } catch let error as DatabaseError {
                    throw DatabaseFailure(error, operation: "compacting")
                }
                log.checkpointAll(database, isLast: true)
            }
        }
    }

    /// Lets a write wait for its turn; true where the caller has to bring that turn about.
    private func enqueue(_ write: any PendingWrite) throws(DatabaseFailure) -> Bool {
        try state.withLock { state throws(DatabaseFailure) in
            if state.isClosed { throw .closed }
            if let breakage = state.breakage { throw breakage.afterwards }
            guard state.waiting.count < Self.waitingLimit else {
                throw .overloaded(waiting: state.waiting.count)
            }
            state.waiting.append(write)
            defer { state.isTurnScheduled = true }
            return !state.isTurnScheduled
        }
    }

    private func scheduleTurn() {
        queue.async { [self] in takeTurn() }
    }

    private func takeTurn() {
        dispatchPrecondition(condition: .onQueue(queue))
        let (writes, uncertainty, breakage) = state.withLock {
            ($0.takeWrites(atMost: Self.writesPerTurn), $0.uncertainty, $0.breakage)
        }
        if let breakage {
            for write in writes {
                write.fail(breakage.afterwards)
                write.release()
            }
        } else if !writes.isEmpty {
            pool.writeWithoutTransaction { run(writes, uncertainty, on: $0) }
            scheduleUpkeep()
        }
        let isMoreWaiting = state.withLock { state in
            state.isTurnScheduled = !state.waiting.isEmpty
            return state.isTurnScheduled
        }
        if isMoreWaiting { scheduleTurn() }
    }

    private func run(
        _ writes: [any PendingWrite],
        _ uncertainty: SQLiteFault?,
        on database: Database
    ) {
        let isNewlyLow = space?.look() ?? false
        var turn = WriterTurn(database, writes, uncertainty: uncertainty)
        turn.run()
        state.withLock { $0.note(turn, log) }
        metrics.count(turn)
        if turn.foundFull { space?.foundFull() }
        if let breakage = turn.breakage { stop(for: breakage) }
        // Followers first: they put somebody to work, who can commit nothing before the actions, which
        // tell of this turn's changes in their order, have run.
        for write in turn.writes[writes.count...] { write.release() }
        for write in turn.writes { write.act() }
        for write in writes { write.release() }
        guard turn.breakage == nil else { return }
        // While there is room for it: the log's whole reserve is then free for what is under way.
        if isNewlyLow { log.checkpointAll(database) } else { log.checkpointIfLong(database) }
    }

    /// Has the log copied once no turn has been taken for the idle delay.
    private func scheduleUpkeep() {
        dispatchPrecondition(condition: .onQueue(queue))
        let isFirst = state.withLock { state in
            defer { state.isUpkeepScheduled = true }
            return !state.isUpkeepScheduled
        }
        guard isFirst else { return }
        queue.asyncAfter(deadline: .now() + Self.idleDelay) { [weak self] in self?.upkeep() }
    }

    private func upkeep() {
        dispatchPrecondition(condition: .onQueue(queue))
        let (isClosed, isIdle) = state.withLock { state in
            defer { state.turnsAtUpkeep = state.statistics.turns }
            state.isUpkeepScheduled = false
            return (state.isClosed, state.turnsAtUpkeep == state.statistics.turns)
        }
        if isClosed || state.withLock({ $0.breakage != nil }) { return }
        guard isIdle else { return scheduleUpkeep() }
        pool.writeWithoutTransaction { log.checkpointAll($0) }
    }
}
