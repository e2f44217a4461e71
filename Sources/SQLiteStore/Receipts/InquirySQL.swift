/// The statements about messages whose provider is to be asked what became of them.
enum InquirySQL {
    static let add = """
        INSERT INTO inquiry (message, channel, due_at) VALUES (?, ?, ?)
        ON CONFLICT (message) DO UPDATE SET due_at = excluded.due_at, asked = 0
        """
    static let next = """
        SELECT message, due_at, asked FROM inquiry WHERE channel = ?
        ORDER BY due_at, message LIMIT 1
        """
    static let count = "UPDATE inquiry SET due_at = ?, asked = asked + 1 WHERE message = ?"
    static let remove = "DELETE FROM inquiry WHERE message = ?"
    static let forget = "DELETE FROM inquiry WHERE channel = ?"
    /// What is needed to recognise a message, while it is unknown.
    static let subject = """
        SELECT message.id, message.recipient, message.variables, message.attempts,
            message.first_attempt_at, message.parts, campaign.seq, campaign.id, campaign.priority,
            campaign_channel.sender, template_version.subject, template_version.text,
            template_version.html
        FROM message
        JOIN campaign ON campaign.seq = message.campaign
        JOIN campaign_channel ON campaign_channel.campaign = message.campaign
            AND campaign_channel.channel = message.channel
        JOIN template_version ON template_version.template_id = campaign_channel.template_id
            AND template_version.version = campaign_channel.template_version
        WHERE message.id = ? AND message.state = 'unknown'
        """
    static let reply = "SELECT last_reply FROM message WHERE id = ?"
    static let note = """
        UPDATE message SET last_reply = ?, updated_at = ? WHERE id = ? AND state = 'unknown'
        """
}
