/// Every statement on jobs; one named constant each, read as SQL.
///
/// A partial index is used only where the query repeats the index's own condition literally.
enum JobSQL {
    /// In the order in which `Job.init(_:)` reads them.
    static let columns = """
        id, kind, account, campaign_id, user_id, payload, priority, state, hold_reason, attempt,
        max_attempts, crashes, scheduled_at, is_dated, epoch, started_at, finished_at, created_at,
        progress_done, progress_total, error_class, error, cancel_requested_at, lane
        """

    // MARK: Lanes and counters

    static let addLane = "INSERT OR IGNORE INTO lane (kind, account) VALUES (?, ?)"
    static let lane = "SELECT id FROM lane WHERE kind = ? AND account = ?"
    static let openLanes = """
        SELECT id, kind FROM lane WHERE kind NOT IN (SELECT kind FROM paused_kind)
        AND account NOT IN (SELECT name FROM remote_account WHERE paused_at IS NOT NULL)
        """
    static let count = """
        INSERT INTO job_count (lane, state, n) VALUES (?, ?, ?)
        ON CONFLICT (lane, state) DO UPDATE SET n = n + excluded.n
        """
    static let counts = """
        SELECT lane.kind, job_count.state, SUM(job_count.n) FROM job_count
        JOIN lane ON lane.id = job_count.lane
        GROUP BY lane.kind, job_count.state HAVING SUM(job_count.n) > 0
        ORDER BY lane.kind, job_count.state
        """

    // MARK: One job

    static let insert = """
        INSERT INTO job (lane, kind, account, campaign_id, user_id, payload, priority, state,
            max_attempts, scheduled_at, is_dated, created_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    static let job = "SELECT \(columns) FROM job WHERE id = ?"
    static let unfinishedOfCampaign = """
        SELECT \(columns) FROM job WHERE campaign_id = ? AND \(isUnfinished())
        """
    /// The condition of the index `job_unfinished`, for a table of that name.
    ///
    /// `IN` with more than two words would fill a table of its own in each run.
    static func isUnfinished(_ job: String = "job") -> String {
        let states = ["scheduled", "available", "running", "retryable", "held"]
        return "(" + states.map { "\(job).state = '\($0)'" }.joined(separator: " OR ") + ")"
    }
    static let newestOfCampaign = """
        SELECT \(columns) FROM job WHERE campaign_id = ? ORDER BY id DESC LIMIT 1
        """
    /// Any legal move of a job whose row was read in the same transaction.
    static let move = """
        UPDATE job SET state = ?, hold_reason = ?, attempt = ?, crashes = ?, on_probation = ?,
            scheduled_at = ?, is_dated = ?, epoch = NULL, finished_at = ?,
            cancel_requested_at = NULL, error_class = ?, error = ?
        WHERE id = ? AND state = ? AND attempt = ?
        """
    // RETURNING would make a table of its own for each job (sqlite.org/lang_returning.html).
    static let completed = "SELECT lane, campaign_id FROM job WHERE id = ?"
    static let complete = """
        UPDATE job SET state = 'completed', epoch = NULL, finished_at = ?, crashes = 0,
            on_probation = 0, cancel_requested_at = NULL
        WHERE id = ? AND state = 'running' AND attempt = ? AND epoch = ?
        """
    static let progress = """
        UPDATE job SET progress_done = ?, progress_total = ?, crashes = 0
        WHERE id = ? AND state = 'running' AND attempt = ? AND epoch = ?
        """
    static let endProbation = "UPDATE job SET on_probation = 0 WHERE id = ? AND on_probation = 1"
    static let sendProgress = """
        UPDATE job SET progress_done = ?, progress_total = ?
        WHERE campaign_id = ? AND kind = 'send' AND \(isUnfinished())
        """
    static let requestCancel = "UPDATE job SET cancel_requested_at = ? WHERE id = ?"
    static let addAttempt = """
        INSERT INTO attempt (job_id, sequence, number, started_at, ended_at, outcome,
            error_class, message, epoch)
        VALUES (?1, (SELECT COALESCE(MAX(sequence), 0) + 1 FROM attempt WHERE job_id = ?1),
            ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        """
    static let attempts = """
        SELECT attempt.number, attempt.started_at, attempt.ended_at, attempt.outcome,
            attempt.error_class, attempt.message, attempt.epoch, COALESCE(epoch.version, '')
        FROM attempt LEFT JOIN epoch ON epoch.id = attempt.epoch
        WHERE attempt.job_id = ? ORDER BY attempt.sequence
        """

    // MARK: Exchange

    static let dueDated = due(state: "scheduled", isDated: 1)
    static let dueDelayed = due(state: "scheduled", isDated: 0)
    static let dueRetryable = due(state: "retryable", isDated: 0)
    private static func due(state: String, isDated: Int) -> String {
        """
        UPDATE job SET state = 'available' WHERE id IN (
            SELECT id FROM job WHERE state IN ('scheduled', 'retryable') AND state = '\(state)'
            AND is_dated = \(isDated) AND scheduled_at <= ?
            ORDER BY scheduled_at LIMIT ?)
        RETURNING lane, id, campaign_id
        """
    }
    /// Dated sends whose date has passed since long.
    static let lateSends = """
        SELECT \(columns) FROM job WHERE state IN ('scheduled', 'retryable')
        AND state = 'scheduled' AND is_dated = 1 AND kind = 'send' AND scheduled_at < ?
        ORDER BY scheduled_at LIMIT ?
        """
    /// The first of the waiting jobs; `?` tells dates (1) from delays (0).
    static let nextWaiting = """
        SELECT scheduled_at FROM job WHERE state IN ('scheduled', 'retryable') AND is_dated = ?
        ORDER BY scheduled_at LIMIT 1
        """
    static let peekReady = """
        SELECT priority, scheduled_at, id FROM job
        WHERE lane = ? AND state = 'available' AND on_probation = 0
        ORDER BY priority, scheduled_at, id LIMIT ?
        """
    static let claim = """
        UPDATE job SET state = 'running', attempt = attempt + 1, epoch = ?, started_at = ?
        WHERE id IN (
            SELECT id FROM job WHERE lane = ? AND state = 'available' AND on_probation = 0
            ORDER BY priority, scheduled_at, id LIMIT ?)
        RETURNING \(columns)
        """
    /// Jobs on probation, one of which may run at a time.
    static let probation = """
        SELECT id, state, started_at, lane FROM job WHERE on_probation = 1 ORDER BY id
        """
    static let claimOne = """
        UPDATE job SET state = 'running', attempt = attempt + 1, epoch = ?, started_at = ?
        WHERE id = ? AND state = 'available' RETURNING \(columns)
        """

    // MARK: Kinds

    static let pauseKind = """
        INSERT OR IGNORE INTO paused_kind (kind, paused_at) VALUES (?, ?)
        """
    static let resumeKind = "DELETE FROM paused_kind WHERE kind = ?"
    static let pausedKinds = "SELECT kind, paused_at FROM paused_kind ORDER BY kind"
    static let lanes = "SELECT id, kind FROM lane ORDER BY id"
    static let availableOfLane = """
        SELECT id FROM job WHERE lane = ? AND state = 'available' AND on_probation = 0
        ORDER BY priority, scheduled_at, id LIMIT ?
        """
    static let heldOfKind = """
        SELECT id FROM job WHERE state = 'held'
        AND kind = ? AND hold_reason = ? ORDER BY id LIMIT ?
        """

    // MARK: Lists

    /// Why each job failed, or waits, with the time.
    static let failures = """
        SELECT id, kind, state, error_class, COALESCE(error, ''),
            COALESCE(finished_at, started_at, created_at), hold_reason
        FROM job WHERE (state = 'held' OR state = 'cancelled' OR state = 'discarded')
            AND state <> 'cancelled'
        UNION ALL
        SELECT id, kind, state, error_class, COALESCE(error, ''),
            COALESCE(finished_at, started_at, created_at), hold_reason
        FROM job WHERE state IN ('scheduled', 'retryable') AND state = 'retryable'
        """

    // MARK: Keys

    static let key = """
        SELECT fingerprint, job_id, status, response FROM idempotency_key
        WHERE user_id = ? AND key = ?
        """
    static let addKey = """
        INSERT INTO idempotency_key
            (user_id, key, fingerprint, job_id, campaign_id, status, response, created_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """

    // MARK: Settings

    static let keepSetting = """
        INSERT INTO service_setting (name, value) VALUES (?, ?)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value
        """
    static let settings = "SELECT name, value FROM service_setting"

    // MARK: Epochs

    static let openEpochs = """
        SELECT id, boot_id, started_at FROM epoch WHERE ended_at IS NULL ORDER BY id
        """
    static let lastUncleanBefore = """
        SELECT boot_id, ended_at FROM epoch WHERE ending = 'unclean' AND id < ?
        ORDER BY id DESC LIMIT 1
        """
    static let lastEpoch = """
        SELECT boot_id, boot_offset, MAX(started_at, COALESCE(ended_at, 0)) FROM epoch
        ORDER BY id DESC LIMIT 1
        """
    static let lastEpochMark = """
        SELECT id, started_at, ended_at IS NOT NULL FROM epoch ORDER BY id DESC LIMIT 1
        """
    static let epochHasEnded = """
        SELECT ended_at IS NOT NULL FROM epoch WHERE id = ? AND started_at = ?
        """
    static let endEpoch = "UPDATE epoch SET ended_at = ?, ending = ? WHERE id = ?"
    static let beginEpoch = """
        INSERT INTO epoch (boot_id, boot_offset, version, started_at) VALUES (?, ?, ?, ?)
        """
    static let runningJobs = "SELECT \(columns) FROM job WHERE state = 'running' ORDER BY id"
}
