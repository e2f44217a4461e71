import Metrics

/// What the writer's turns carry and what their commits cost, made once.
struct WriterMetrics: Sendable {
    private let writes = Recorder(label: "writer_turn_writes")
    private let commit = Timer(label: "writer_commit_seconds")

    /// Counts a turn.
    func count(_ turn: WriterTurn) {
        writes.record(Int64(turn.writes.count))
        guard let (seconds, attoseconds) = turn.commitTime?.components else { return }
        commit.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}
