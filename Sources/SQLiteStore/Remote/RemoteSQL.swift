/// Every statement on remote campaigns, their evidence and their accounts.
enum RemoteSQL {
    /// In the order in which `RemoteCampaign.init(_:)` reads them.
    static let columns = """
        campaign_id, account, fingerprint, name, marker, remote_id, intent, standing, asked_at,
        standing_since, reply, misses, status_before, known_before, duplicates, mirror,
        quiet_readings
        """
    static let campaign = "SELECT \(columns) FROM remote_campaign WHERE campaign_id = ?"
    static let save = """
        INSERT INTO remote_campaign (\(columns))
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (campaign_id) DO UPDATE SET remote_id = excluded.remote_id,
            intent = excluded.intent, standing = excluded.standing, asked_at = excluded.asked_at,
            standing_since = excluded.standing_since, reply = excluded.reply,
            misses = excluded.misses, status_before = excluded.status_before,
            known_before = excluded.known_before, duplicates = excluded.duplicates,
            mirror = excluded.mirror, quiet_readings = excluded.quiet_readings
        """
    static let bound = """
        SELECT 1 FROM remote_campaign WHERE account = ? AND remote_id = ? AND campaign_id <> ?
        """
    /// Another campaign of the same content whose create is under way and cannot be told apart.
    static let creatingAlike = """
        SELECT remote_campaign.campaign_id FROM remote_campaign
        JOIN job ON job.campaign_id = remote_campaign.campaign_id
            AND \(JobSQL.isUnfinished())
        WHERE remote_campaign.intent = 'create' AND remote_campaign.account = ?
        AND remote_campaign.fingerprint = ? AND remote_campaign.marker IS NULL
        AND remote_campaign.campaign_id <> ? LIMIT 1
        """

    // MARK: Evidence

    static let addExchange = """
        INSERT INTO remote_exchange (job_id, request, asked_at, answered_at, status, excerpt)
        VALUES (?, ?, ?, ?, ?, ?)
        """
    static let exchanges = """
        SELECT job_id, request, asked_at, answered_at, status, excerpt FROM remote_exchange
        WHERE job_id = ? ORDER BY id
        """
    /// Drops all but the newest rows of a job; binds the job twice and how many to keep.
    static let trimExchanges = """
        DELETE FROM remote_exchange WHERE job_id = ?1 AND id <= (
            SELECT id FROM remote_exchange WHERE job_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)
        """

    // MARK: Accounts

    static let unconfigureAccounts = "UPDATE remote_account SET is_configured = 0"
    static let keepAccount = """
        INSERT INTO remote_account
            (name, is_configured, base_url, user_id, rate_per_second, max_concurrent)
        VALUES (?, 1, ?, ?, ?, ?)
        ON CONFLICT (name) DO UPDATE SET is_configured = 1, base_url = excluded.base_url,
            user_id = excluded.user_id, rate_per_second = excluded.rate_per_second,
            max_concurrent = excluded.max_concurrent
        """
    /// In the order in which `AccountGate.init(_:from:)` reads them.
    static let gateColumns = """
        paused_at, pause_reason, next_request_at, throttled_until, failures, failure,
        failing_since, probe_at
        """
    static let accounts = """
        SELECT name, base_url, user_id, rate_per_second, max_concurrent, \(gateColumns)
        FROM remote_account WHERE is_configured = 1 ORDER BY name
        """
    static let accountJobs = """
        SELECT lane.account, job_count.state, SUM(job_count.n) FROM job_count
        JOIN lane ON lane.id = job_count.lane
        WHERE lane.account IN (SELECT name FROM remote_account)
        GROUP BY lane.account, job_count.state HAVING SUM(job_count.n) > 0
        """
    static let gate = "SELECT \(gateColumns) FROM remote_account WHERE name = ?"
    static let keepGate = """
        UPDATE remote_account SET next_request_at = ?, throttled_until = ?, failures = ?,
            failure = ?, failing_since = ?, probe_at = ?
        WHERE name = ?
        """
    static let setPaused = """
        UPDATE remote_account SET paused_at = ?, pause_reason = ?
        WHERE name = ? AND is_configured = 1
        """
}
