/// Every statement on backups and on what is held after one was restored.
enum BackupSQL {
    static let setting = "SELECT value FROM service_setting WHERE name = ?"
    static let dropSetting = "DELETE FROM service_setting WHERE name = ?"

    // MARK: Holding

    /// Jobs above an id that would go on by themselves.
    static let goingOn = """
        SELECT \(JobSQL.columns) FROM job WHERE id > ?
        AND state IN ('scheduled', 'available', 'running', 'retryable') ORDER BY id LIMIT ?
        """
    static let sendingWithOpenMessages = """
        SELECT campaign.seq FROM campaign WHERE campaign.status = 'SENDING' AND EXISTS (
            SELECT 1 FROM message_count WHERE message_count.campaign = campaign.seq
            AND message_count.n > 0 AND message_count.state IN ('ready', 'deferred'))
        LIMIT 1
        """
    static let doubtOpen = doubt(isSuspect: 0)
    static let doubtSuspects = doubt(isSuspect: 1)
    private static func doubt(isSuspect: Int) -> String {
        """
        UPDATE message SET state = 'unknown', is_suspect = 0, updated_at = ?, last_reply = ?
        WHERE id IN (
            SELECT id FROM message WHERE campaign = ? AND channel = ?
            AND state IN ('ready', 'deferred') AND is_suspect = \(isSuspect) LIMIT ?)
        RETURNING due_at
        """
    }
    static let notePaused = """
        UPDATE campaign SET updated_at = ?1,
            reason = ?2 || COALESCE('; before: ' || reason, '')
        WHERE status = 'PAUSED' AND COALESCE(reason, '') NOT LIKE 'restored%'
        """

    // MARK: Letting go

    static let heldRestored = """
        SELECT id FROM job WHERE state = 'held'
        AND id > ? AND hold_reason = 'restored' ORDER BY id LIMIT ?
        """
    static let heldRestoredCount = """
        SELECT count(*) FROM job WHERE state = 'held' AND hold_reason = 'restored'
        """
}
