/// The statements about receipts.
enum ReceiptSQL {
    /// Keeps what the provider calls a message whose flight ended; what an earlier attempt left is
    /// gone with its id.
    static let keepID = """
        INSERT INTO receipt (message, provider_id) VALUES (?, ?)
        ON CONFLICT (message) DO UPDATE SET provider_id = excluded.provider_id,
            report = CASE WHEN receipt.provider_id = excluded.provider_id THEN receipt.report END
        """
    /// Keeps a report about a message in flight; a final one stays.
    static let keepReport = """
        INSERT INTO receipt (message, provider_id, report, retry_ms, retries, reply)
        VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (message) DO UPDATE SET provider_id = excluded.provider_id,
            report = excluded.report, retry_ms = excluded.retry_ms, retries = excluded.retries,
            reply = excluded.reply
        WHERE receipt.provider_id <> excluded.provider_id OR receipt.report IS NULL
            OR receipt.report = 'sent'
        """
    static let kept = """
        SELECT provider_id, report, retry_ms, retries, reply FROM receipt WHERE message = ?
        """
    static let forgetReport = "UPDATE receipt SET report = NULL WHERE message = ?"
    static let message = """
        SELECT state, channel, attempts, recipient FROM message WHERE id = ?
        """
    static let move = """
        UPDATE message SET state = ?, due_at = ?, is_suspect = 0, crashes = 0, updated_at = ?,
            last_reply = ?
        WHERE id = ? AND state = ?
        """
}
