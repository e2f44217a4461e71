/// What the writer keeps between its turns.
struct WriterState {
    var waiting: [any PendingWrite] = []
    var isTurnScheduled = false
    var isClosed = false
    /// Why nothing is written any more, once that is so.
    var breakage: DatabaseFailure?
    /// Handed on from turn to turn; see `WriterTurn`.
    private(set) var uncertainty: SQLiteFault?
    private(set) var statistics = WriterStatistics()
    var isUpkeepScheduled = false
    /// The turns there had been when the writer last looked whether it is idle.
    var turnsAtUpkeep = 0

    mutating func takeWrites(atMost limit: Int) -> [any PendingWrite] {
        let taken = Array(waiting.prefix(limit))
        waiting.removeFirst(taken.count)
        return taken
    }

    mutating func note(_ turn: WriterTurn, _ log: WriteAheadLog) {
        uncertainty = turn.uncertainty
        statistics.turns += 1
        statistics.writes += turn.writes.count
        statistics.commits += turn.commits
        statistics.turnsRunAgain += turn.wasRunAgain ? 1 : 0
        statistics.checkpoints = log.checkpoints
        statistics.logBytes = log.bytes
    }
}

/// What the writer has done since it was opened.
package struct WriterStatistics: Sendable, Equatable {
    /// Turns taken: each one fsync, unless it was run again.
    package fileprivate(set) var turns = 0
    /// Writes those turns carried, failed ones included.
    package fileprivate(set) var writes = 0
    /// Transactions that were committed.
    package fileprivate(set) var commits = 0
    /// Turns whose transaction was lost and whose writes ran again one by one.
    package fileprivate(set) var turnsRunAgain = 0
    /// Checkpoints of the write-ahead log.
    package fileprivate(set) var checkpoints = 0
    /// The length of the write-ahead log at the end of the last turn, in bytes.
    package fileprivate(set) var logBytes = 0
}
