import Campaigns

/// Fills the product's tables with rows as it would have left them, in the time SQLite needs.
struct Seed {
    private let database: RawDatabase

    /// Opens a file that the product made and nobody has open.
    init(path: String) throws {
        database = try RawDatabase(path: path, sync: .normal)
    }

    /// Names a lane; jobs are put into it by its number.
    func lane(_ number: Int, kind: String) throws {
        try database.execute(
            "INSERT INTO lane (id, kind, account) VALUES (\(number), '\(kind)', 'local')"
        )
    }

    /// Adds jobs in one state, counted, and with their history where they ended.
    func jobs(_ count: Int, _ state: State, lane: Int, kind: String) throws {
        guard count > 0 else { return }
        try database.execute(
            """
            BEGIN;
            INSERT INTO job (lane, kind, account, payload, priority, state, max_attempts,
                scheduled_at, is_dated, created_at, attempt, started_at, finished_at,
                error_class, error)
            WITH RECURSIVE number(n) AS
                (VALUES (1) UNION ALL SELECT n + 1 FROM number WHERE n < \(count))
            SELECT \(lane), '\(kind)', 'local', '{}', 5, '\(state.rawValue)', 20,
                \(state.scheduledAt), \(state.scheduledAt > 0), n, \(state.columns) FROM number;
            INSERT INTO job_count (lane, state, n) VALUES (\(lane), '\(state.rawValue)', \(count));
            """
        )
        if state.hasEnded { try addHistory(count) }
        try database.execute("COMMIT")
    }

    /// Adds messages to the one campaign there is, counted, as its build would have left them.
    func messages(_ count: Int, _ state: MessageState) throws {
        let due = state == .deferred ? 1 : 0
        try database.execute(
            """
            BEGIN;
            INSERT INTO message (id, campaign, channel, recipient, variables, state, attempts,
                due_at, first_attempt_at, updated_at)
            WITH RECURSIVE number(n) AS
                (VALUES (1) UNION ALL SELECT n + 1 FROM number WHERE n < \(count))
            SELECT (SELECT MAX(id) FROM message) + n, 1, 'email', 'crowd' || n || '@example.org',
                '{"name":"Person ' || n || '"}', '\(state.rawValue)', \(due), \(due), NULL, 1
            FROM number;
            INSERT INTO message_count (campaign, channel, state, detail, n)
            VALUES (1, 'email', '\(state.rawValue)', '', \(count))
            ON CONFLICT (campaign, channel, state, detail) DO UPDATE SET n = n + excluded.n;
            COMMIT
            """
        )
    }

    private func addHistory(_ count: Int) throws {
        try database.execute(
            """
            INSERT INTO attempt (job_id, sequence, number, started_at, ended_at, outcome, epoch)
            SELECT id, 1, 1, 1, 2, 'completed', 1 FROM job
            WHERE id > (SELECT MAX(id) FROM job) - \(count)
            """
        )
    }

    /// The states that are seeded.
    enum State: String {
        case available, scheduled, completed, discarded

        var hasEnded: Bool { self == .completed || self == .discarded }

        /// The year 2100 for what waits.
        fileprivate var scheduledAt: Int64 { self == .scheduled ? 4_102_444_800_000 : 0 }

        /// attempt, started_at, finished_at, error_class, error.
        fileprivate var columns: String {
            switch self {
            case .available, .scheduled: "0, NULL, NULL, NULL, NULL"
            case .completed: "1, 1, 2, NULL, NULL"
            case .discarded: "1, 1, 2, 'permanent', 'no such thing as number ' || n"
            }
        }
    }
}
