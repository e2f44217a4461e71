import JobQueue

/// The jobs that were running at a repeated death of the daemon: they start one at a time.
struct Probation {
    /// Those that wait in an open lane, oldest first.
    private var waiting: [Int64] = []
    /// When the time of the one started last is over; nil where none runs.
    private var busyUntil: Timestamp?

    /// Takes the job that may start now, if there is one.
    mutating func begin(at now: Timestamp) -> Int64? {
        guard let first = waiting.first, nextStart(after: now) == now else { return nil }
        waiting.removeFirst()
        busyUntil = now + Self.time
        return first
    }

    /// When the next one may start, not before `now`; nil where none waits.
    func nextStart(after now: Timestamp) -> Timestamp? {
        guard !waiting.isEmpty else { return nil }
        return max(now, busyUntil ?? now)
    }

    fileprivate mutating func add(_ row: SQLRow, lanes: [Int64]) {
        if row.text(1) == JobState.running.rawValue {
            let end = row.timestamp(2) + Self.time
            busyUntil = max(busyUntil ?? end, end)
        } else if row.text(1) == JobState.available.rawValue, lanes.contains(row.int64(3)) {
            waiting.append(row.int64(0))
        }
    }

    /// How long a job on probation keeps the others on probation waiting (DESIGN section 5).
    private static let time: Duration = .seconds(5)
}

extension Queryable {
    /// The jobs on probation, of which those in closed lanes are left out.
    func probation(in lanes: [Int64]) throws -> Probation {
        var probation = Probation()
        try query(JobSQL.probation) { probation.add($0, lanes: lanes) }
        return probation
    }
}
