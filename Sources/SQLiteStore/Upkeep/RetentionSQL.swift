/// Every statement that takes old rows away.
enum RetentionSQL {
    /// Jobs above an id that ended long ago, of no campaign that goes on.
    ///
    /// Read outside the writer, page by page. Those that a key answers with are kept, and those of
    /// other servers, with their evidence.
    static let oldJobs = """
        SELECT id FROM job WHERE id > ?1 AND finished_at IS NOT NULL AND account = 'local'
        AND ((state IN ('completed', 'cancelled') AND finished_at < ?2)
            OR (state = 'discarded' AND finished_at < ?3))
        AND NOT EXISTS (SELECT 1 FROM idempotency_key WHERE job_id = job.id)
        AND NOT EXISTS (SELECT 1 FROM job AS other WHERE other.campaign_id = job.campaign_id
            AND \(JobSQL.isUnfinished("other")))
        ORDER BY id LIMIT ?4
        """
    static let removeJob = """
        DELETE FROM job WHERE id = ? AND state IN ('completed', 'cancelled', 'discarded')
        RETURNING lane, state
        """
    static let removeAttempts = "DELETE FROM attempt WHERE job_id = ?"
    static let jobsOfCampaign = "SELECT id FROM job WHERE campaign_id = ? ORDER BY id"

    /// Keys older than an instant whose campaign is gone, or that never had one.
    static let oldKeys = """
        SELECT user_id, key FROM idempotency_key WHERE created_at < ?
        AND (campaign_id IS NULL
            OR NOT EXISTS (SELECT 1 FROM campaign WHERE campaign.id = campaign_id))
        ORDER BY created_at LIMIT ?
        """
    static let removeKey = "DELETE FROM idempotency_key WHERE user_id = ? AND key = ?"
    static let removeKeysOfJob = "DELETE FROM idempotency_key WHERE job_id = ?"

    /// The first campaign that ended before an instant and has nothing open; never the newest, whose
    /// number would be given again, and with it the ids of its messages.
    static let oldCampaign = """
        SELECT seq, id FROM campaign
        WHERE account = 'local' AND status = ? AND updated_at < ? AND seq < (SELECT MAX(seq) FROM campaign)
        AND NOT EXISTS (SELECT 1 FROM message_count WHERE message_count.campaign = campaign.seq
            AND n > 0 AND state IN ('ready', 'deferred', 'inflight'))
        AND NOT EXISTS (SELECT 1 FROM job WHERE job.campaign_id = campaign.id
            AND \(JobSQL.isUnfinished()))
        ORDER BY seq LIMIT 1
        """
    static let removeChanges = "DELETE FROM campaign_change WHERE campaign = ?"
    static let removeCounts = "DELETE FROM message_count WHERE campaign = ?"
    static let removeRate = "DELETE FROM campaign_rate WHERE campaign = ?"
    static let removeCampaign = "DELETE FROM campaign WHERE seq = ?"
    static let noteRemoved = "INSERT INTO removed_campaign (seq) VALUES (?)"
    static let removed = "SELECT seq FROM removed_campaign ORDER BY seq LIMIT 1"
    static let removeMessages = """
        DELETE FROM message WHERE id IN (
            SELECT id FROM message WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?)
        """
    static let endRemoval = "DELETE FROM removed_campaign WHERE seq = ?"
}
