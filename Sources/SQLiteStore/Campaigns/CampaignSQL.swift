/// Every statement on campaigns and their messages; one named constant each, read as SQL.
enum CampaignSQL {
    // MARK: Campaigns

    /// In the order in which `CampaignRow.init(_:)` reads them.
    static let columns = """
        seq, id, user_id, account, name, spec, status, reason, until_step, send_at, priority,
        digest, created_at, updated_at
        """
    static let insert = """
        INSERT INTO campaign (id, user_id, account, name, spec, channels, status, until_step,
            send_at, priority, created_at, updated_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'DRAFT', ?7, ?8, ?9, ?10, ?10)
        """
    static let replace = """
        UPDATE campaign SET name = ?, spec = ?, channels = ?, until_step = ?, send_at = ?,
            priority = ?, updated_at = ?
        WHERE seq = ? AND status = 'DRAFT'
        """
    static let campaign = "SELECT \(columns) FROM campaign WHERE id = ?"
    static let campaignBySeq = "SELECT \(columns) FROM campaign WHERE seq = ?"
    static let status = "SELECT status FROM campaign WHERE seq = ?"
    static let setStatus = """
        UPDATE campaign SET status = ?, reason = ?, updated_at = ? WHERE seq = ? AND status = ?
        """
    static let setTarget = """
        UPDATE campaign SET until_step = ?, send_at = ?, priority = ?, updated_at = ?
        WHERE seq = ?
        """
    static let setReason = "UPDATE campaign SET reason = ?, updated_at = ? WHERE seq = ?"
    static let setBuilt = "UPDATE campaign SET digest = ?, built = ? WHERE seq = ?"
    static let addChange = """
        INSERT INTO campaign_change (campaign, sequence, status, at, reason)
        VALUES (?1,
            (SELECT COALESCE(MAX(sequence), 0) + 1 FROM campaign_change WHERE campaign = ?1),
            ?2, ?3, ?4)
        """
    /// Of a campaign just made; without the look for the last one, for which SQLite makes a table.
    static let addFirstChange = """
        INSERT INTO campaign_change (campaign, sequence, status, at) VALUES (?, 1, ?, ?)
        """
    static let changes = """
        SELECT status, at, reason FROM campaign_change WHERE campaign = ? ORDER BY sequence
        """
    static let addList = """
        INSERT INTO campaign_list (campaign, position, list, name, contacts) VALUES (?, ?, ?, ?, ?)
        """
    static let removeLists = "DELETE FROM campaign_list WHERE campaign = ?"
    static let lists = """
        SELECT contact_list.id, campaign_list.name, campaign_list.contacts
        FROM campaign_list JOIN contact_list ON contact_list.seq = campaign_list.list
        WHERE campaign_list.campaign = ? ORDER BY campaign_list.position
        """
    static let addChannel = """
        INSERT INTO campaign_channel (campaign, channel, sender, template_id, template_version)
        VALUES (?, ?, ?, ?, ?)
        """
    static let removeChannels = "DELETE FROM campaign_channel WHERE campaign = ?"
    static let channels = """
        SELECT channel, sender, template_id, template_version, transport FROM campaign_channel
        WHERE campaign = ?
        """
    static let setTransports = """
        UPDATE campaign_channel SET transport =
            (SELECT kind FROM transport WHERE transport.channel = campaign_channel.channel)
        WHERE campaign = ?
        """

    // MARK: What an order names

    static let templateFacts = """
        SELECT channel, version, deleted_at IS NOT NULL FROM template WHERE id = ?
        """
    static let listFacts = """
        SELECT seq, name, channel, contacts, deleted_at IS NOT NULL OR revision = 0
        FROM contact_list WHERE id = ?
        """

    // MARK: Build

    static let pinList = """
        UPDATE campaign_list SET
            revision = (SELECT revision FROM contact_list WHERE seq = campaign_list.list),
            contacts = (SELECT contacts FROM contact_list WHERE seq = campaign_list.list)
        WHERE campaign = ?
        """
    static let pinTemplate = """
        UPDATE campaign_channel SET template_version = COALESCE(template_version,
            (SELECT version FROM template WHERE template.id = campaign_channel.template_id))
        WHERE campaign = ?
        """
    static let pinned = """
        SELECT 1 FROM campaign_list WHERE campaign = ? AND revision IS NOT NULL LIMIT 1
        """
    static let pinnedLists = """
        SELECT campaign_list.list, contact_list.channel, campaign_list.revision,
            campaign_list.contacts
        FROM campaign_list JOIN contact_list ON contact_list.seq = campaign_list.list
        WHERE campaign_list.campaign = ? ORDER BY campaign_list.position
        """
    static let pinnedChannels = """
        SELECT campaign_channel.channel, campaign_channel.sender, campaign_channel.template_id,
            campaign_channel.template_version, template_version.subject, template_version.text,
            template_version.html
        FROM campaign_channel JOIN template_version
            ON template_version.template_id = campaign_channel.template_id
            AND template_version.version = campaign_channel.template_version
        WHERE campaign_channel.campaign = ?
        """
    static let cursor = """
        SELECT channel, keys, last_key, number, digest FROM build WHERE campaign = ?
        """
    static let lastNumber = "SELECT number FROM build WHERE campaign = ?"
    static let setCursor = """
        INSERT INTO build (campaign, channel, keys, last_key, number, digest)
        VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (campaign) DO UPDATE SET channel = excluded.channel, keys = excluded.keys,
            last_key = excluded.last_key, number = excluded.number, digest = excluded.digest
        """
    static let removeCursor = "DELETE FROM build WHERE campaign = ?"
    static let contactsByEmail = """
        SELECT id, email_key, email, email, phone, timezone, variables,
            \(isSuppressed("?6", "email_key"))
        FROM contact
        WHERE list = ?1 AND (email_key, id) > (?2, ?3)
        AND added_at_revision <= ?4
        AND (removed_at_revision IS NULL OR removed_at_revision > ?4)
        ORDER BY email_key, id LIMIT ?5
        """
    static let contactsByPhone = """
        SELECT id, phone, phone, email, phone, timezone, variables,
            \(isSuppressed("?6", "phone"))
        FROM contact
        WHERE list = ?1 AND (phone, id) > (?2, ?3)
        AND added_at_revision <= ?4
        AND (removed_at_revision IS NULL OR removed_at_revision > ?4)
        ORDER BY phone, id LIMIT ?5
        """
    /// Whether an address is suppressed; both are columns, or parameters.
    private static func isSuppressed(_ channel: String, _ address: String) -> String {
        """
        EXISTS (SELECT 1 FROM suppression
            WHERE suppression.channel = \(channel) AND suppression.address = \(address))
        """
    }
    static let addMessage = """
        INSERT INTO message (id, campaign, channel, recipient, variables, timezone, parts, state,
            exclusion, updated_at, last_reply)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    // MARK: Counters

    static let count = """
        INSERT INTO message_count (campaign, channel, state, detail, n) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (campaign, channel, state, detail) DO UPDATE SET n = n + excluded.n
        """
    static let counts = """
        SELECT channel, state, detail, n FROM message_count WHERE campaign = ? AND n <> 0
        ORDER BY channel, state, detail
        """

    // MARK: Dispatch

    static let setTransport = """
        INSERT INTO transport (channel, kind, in_doubt, can_be_asked) VALUES (?, ?, ?, ?)
        ON CONFLICT (channel) DO UPDATE SET kind = excluded.kind, in_doubt = excluded.in_doubt,
            can_be_asked = excluded.can_be_asked
        """
    static let doubtRules = "SELECT channel, in_doubt, can_be_asked FROM transport"
    static let sending = """
        SELECT campaign.seq, campaign.id, campaign.priority, campaign_channel.sender,
            template_version.subject, template_version.text, template_version.html,
            campaign_rate.per_second
        FROM campaign
        LEFT JOIN campaign_rate ON campaign_rate.campaign = campaign.seq
        JOIN campaign_channel ON campaign_channel.campaign = campaign.seq
            AND campaign_channel.channel = ?1
        JOIN template_version ON template_version.template_id = campaign_channel.template_id
            AND template_version.version = campaign_channel.template_version
        WHERE campaign.status = 'SENDING' AND EXISTS (
            SELECT 1 FROM message_count WHERE message_count.campaign = campaign.seq
            AND message_count.channel = ?1 AND message_count.n > 0
            AND message_count.state IN ('ready', 'deferred', 'inflight'))
        ORDER BY campaign.seq
        """
    /// In the order in which `ClaimedRow.init(_:)` reads them; `?4` is the channel.
    private static let claimedColumns = """
        id, recipient, variables, attempts, first_attempt_at, is_suspect, due_at, parts, timezone,
        \(isSuppressed("?4", "LOWER(recipient)")), doubts > 0
        """
    static let claimDeferred = claim("due_at BETWEEN 1 AND ?")
    static let claimReady = claim("due_at = ?")
    /// Binds epoch, now, campaign, channel, the due instant and the limit.
    private static func claim(_ due: String) -> String {
        """
        UPDATE message SET state = 'inflight', epoch = ?1, updated_at = ?2,
            first_attempt_at = COALESCE(first_attempt_at, ?2)
        WHERE id IN (
            SELECT id FROM message WHERE campaign = ?3 AND channel = ?4
            AND state IN ('ready', 'deferred') AND is_suspect = 0
            AND \(due.replacingMark(with: "?5")) ORDER BY due_at, id LIMIT ?6)
        RETURNING \(claimedColumns)
        """
    }
    static let claimSuspect = """
        UPDATE message SET state = 'inflight', epoch = ?1, updated_at = ?2,
            first_attempt_at = COALESCE(first_attempt_at, ?2)
        WHERE id IN (
            SELECT id FROM message WHERE campaign = ?3 AND channel = ?4
            AND state IN ('ready', 'deferred') AND is_suspect = 1 AND due_at <= ?2
            ORDER BY id LIMIT 1)
        RETURNING \(claimedColumns)
        """
    /// Takes a message out of the claim that found its address suppressed.
    static let skipSuppressed = """
        UPDATE message SET state = 'skipped', exclusion = 'suppressed', epoch = NULL,
            is_suspect = 0, updated_at = ?, last_reply = ?
        WHERE id = ? AND state = 'inflight' AND epoch = ?
        """
    static let nextDue = """
        SELECT due_at FROM message WHERE campaign = ? AND channel = ?
        AND state IN ('ready', 'deferred') AND is_suspect = 0 ORDER BY due_at, id LIMIT 1
        """
    /// NULL where there is none.
    static let nextSuspect = """
        SELECT MIN(due_at) FROM message WHERE campaign = ? AND channel = ?
        AND state IN ('ready', 'deferred') AND is_suspect = 1
        """
    static let endSent = """
        UPDATE message SET state = 'sent', epoch = NULL, attempts = attempts + 1, is_suspect = 0,
            updated_at = ?, last_reply = ?
        WHERE id = ? AND state = 'inflight' AND epoch = ?
        """
    /// Any other end of a flight.
    static let endFlight = """
        UPDATE message SET state = ?, epoch = NULL, attempts = attempts + ?, doubts = doubts + ?,
            crashes = ?, is_suspect = ?, due_at = ?, fault = ?, updated_at = ?,
            last_reply = COALESCE(?, last_reply)
        WHERE id = ? AND state = 'inflight' AND epoch = ?
        """
    static let flightFacts =
        "SELECT channel, doubts, crashes, due_at, is_suspect, recipient FROM message WHERE id = ?"
    static let inflight = """
        SELECT id, channel, epoch FROM message WHERE state = 'inflight' ORDER BY id
        """

    // MARK: Messages

    /// In the order in which `Message.init(_:campaignID:)` reads them.
    static let messageColumns = """
        id, channel, recipient, state, exclusion, fault, attempts, doubts, due_at, updated_at,
        last_reply
        """
    static let message = "SELECT \(messageColumns) FROM message WHERE id = ?"
    /// Any move of a message that an operator asked for.
    static let operate = """
        UPDATE message SET state = ?, attempts = ?, crashes = 0, is_suspect = 0, doubts = ?,
            due_at = 0, fault = NULL, first_attempt_at = ?, updated_at = ?, last_reply = ?
        WHERE id = ? AND state = ?
        """
    static let cancelledWithOpenMessages = """
        SELECT campaign.seq FROM campaign WHERE campaign.status = 'CANCELLED' AND EXISTS (
            SELECT 1 FROM message_count WHERE message_count.campaign = campaign.seq
            AND message_count.n > 0 AND message_count.state IN ('ready', 'deferred'))
        LIMIT 1
        """
    static let cancelOpen = cancel(isSuspect: 0)
    static let cancelSuspects = cancel(isSuspect: 1)
    private static func cancel(isSuspect: Int) -> String {
        """
        UPDATE message SET state = 'cancelled', updated_at = ? WHERE id IN (
            SELECT id FROM message WHERE campaign = ? AND channel = ?
            AND state IN ('ready', 'deferred') AND is_suspect = \(isSuspect) LIMIT ?)
        RETURNING due_at
        """
    }
}

extension String {
    /// Numbers the one `?` of a clause.
    fileprivate func replacingMark(with number: String) -> String {
        split(separator: "?", omittingEmptySubsequences: false).joined(separator: number)
    }
}
