/// Every statement on rates and throttles; one named constant each, read as SQL.
enum PaceSQL {
    /// Of each of the campaign's channels.
    static let rate = "SELECT per_second FROM campaign_rate WHERE campaign = ?"
    static let setRate = """
        INSERT INTO campaign_rate (campaign, per_second) VALUES (?, ?)
        ON CONFLICT (campaign) DO UPDATE SET per_second = excluded.per_second
        """
    static let removeRate = "DELETE FROM campaign_rate WHERE campaign = ?"

    /// Of a channel; of the empty one: the bucket that all of them share.
    static let throttles = """
        SELECT scope, name, level, filled_at, cut_rate, cut_at, cut_ceiling, resumes_at, cut_reason
        FROM throttle WHERE channel = ?
        """
    static let keep = """
        INSERT INTO throttle (channel, scope, name, level, filled_at, cut_rate, cut_at,
            cut_ceiling, resumes_at, cut_reason)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (channel, scope, name) DO UPDATE SET level = excluded.level,
            filled_at = excluded.filled_at, cut_rate = excluded.cut_rate, cut_at = excluded.cut_at,
            cut_ceiling = excluded.cut_ceiling, resumes_at = excluded.resumes_at,
            cut_reason = excluded.cut_reason
        """
    static let forget = "DELETE FROM throttle WHERE channel = ? AND scope = ? AND name = ?"
    /// Those of campaigns that are sent no more.
    static let forgetEnded = """
        DELETE FROM throttle WHERE scope = 'campaign' AND NOT EXISTS (
            SELECT 1 FROM campaign WHERE campaign.seq = CAST(throttle.name AS INTEGER)
            AND campaign.status IN ('SENDING', 'PAUSED'))
        """
    /// The messages whose turn is next, in the order of a claim.
    static let nextInTurn = """
        SELECT id, parts, timezone, due_at FROM message WHERE campaign = ? AND channel = ?
        AND state IN ('ready', 'deferred') AND is_suspect = 0 AND due_at BETWEEN ? AND ?
        ORDER BY due_at, id LIMIT ?
        """
    /// The suspect whose turn is next.
    static let nextSuspectInTurn = """
        SELECT id, parts, timezone, due_at FROM message WHERE campaign = ? AND channel = ?
        AND state IN ('ready', 'deferred') AND is_suspect = 1 AND due_at <= ? ORDER BY id LIMIT 1
        """
    static let lastDue = """
        SELECT due_at FROM message WHERE campaign = ? AND channel = ?
        AND state IN ('ready', 'deferred') AND is_suspect = 0 ORDER BY due_at DESC LIMIT 1
        """
    /// Puts off an open message that was read in the same transaction.
    static let postpone = """
        UPDATE message SET state = 'deferred', due_at = ?, updated_at = ?, last_reply = ?
        WHERE id = ?
        """
}
