/// Statements of monitoring; each reads counters, or the front of an index.
enum MonitorSQL {
    static let messageTotals = """
        SELECT channel, state, detail, n FROM message_total WHERE n <> 0
        ORDER BY channel, state, detail
        """
    /// One look at the front of the ready index for each lane and priority.
    static let longestWaits = """
        WITH RECURSIVE urgency (priority) AS (
            SELECT 1 UNION ALL SELECT priority + 1 FROM urgency WHERE priority < 9)
        SELECT kind, min(due) FROM (
            SELECT lane.kind AS kind, (
                SELECT scheduled_at FROM job WHERE job.lane = lane.id
                AND job.priority = urgency.priority
                AND state = 'available' AND on_probation = 0
                ORDER BY scheduled_at LIMIT 1) AS due
            FROM lane JOIN urgency)
        WHERE due IS NOT NULL GROUP BY kind
        """
    static let longestSending = """
        SELECT at FROM campaign_change WHERE campaign = (
            SELECT seq FROM campaign WHERE status = 'SENDING' ORDER BY seq LIMIT 1)
        AND status = 'SENDING' ORDER BY sequence DESC LIMIT 1
        """

    // MARK: Doctor

    static let engineVersion = "SELECT sqlite_version()"
    static let journalMode = "PRAGMA journal_mode"
    static let synchronous = "PRAGMA synchronous"
    static let autoCheckpoint = "PRAGMA wal_autocheckpoint"
    static let foreignKeys = "PRAGMA foreign_keys"
    static let applicationID = "PRAGMA application_id"
    static let schemaVersion = "SELECT max(version) FROM schema_migration"
    static let objects = """
        SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_schema
        WHERE name <> 'schema_migration' AND name NOT LIKE 'sqlite_%' ORDER BY type, name
        """
    static let quickCheck = "PRAGMA quick_check(5)"
    static let deaths = "SELECT count(*) FROM epoch WHERE ending = 'unclean' AND started_at >= ?"
    static let newestStart = "SELECT started_at FROM epoch ORDER BY id DESC LIMIT 1"

    // MARK: Notices

    static let nextNotice = """
        SELECT id, type, job, campaign, state, reason, at, attempts, due_at FROM notice
        ORDER BY due_at, id LIMIT 1
        """
    static let endNotice = "DELETE FROM notice WHERE id = ?"
    static let putOffNotice = """
        UPDATE notice SET attempts = attempts + 1, due_at = ? WHERE id = ?
        """

    // MARK: Why a job waits

    static let isOnProbation = "SELECT on_probation FROM job WHERE id = ?"
}
