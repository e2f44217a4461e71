/// The least that a queue on these tables must do: no history, no epoch, no counters.
enum FloorSQL {
    static let insert = """
        INSERT INTO job (lane, kind, account, payload, priority, state, max_attempts, scheduled_at,
            created_at)
        VALUES (1, 'bench', 'local', '{}', 5, 'available', 20, ?1, ?1)
        """
    static let claim = """
        UPDATE job SET state = 'running', attempt = attempt + 1, epoch = 1, started_at = ?
        WHERE id IN (
            SELECT id FROM job WHERE lane = 1 AND state = 'available' AND on_probation = 0
            ORDER BY priority, scheduled_at, id LIMIT ?)
        RETURNING id
        """
    static let finish = """
        UPDATE job SET state = 'completed', epoch = NULL, finished_at = ? WHERE id = ?
        """
    static let insertMessage = """
        INSERT INTO message (id, campaign, channel, recipient, variables, state, updated_at)
        VALUES (?1, 1, 'email', 'person' || ?1 || '@example.org',
            '{"name":"Person ' || ?1 || '"}', 'ready', 1)
        """
    /// All that one line of a bulk makes; ?1 is its number.
    static let insertOrder = [
        """
        INSERT INTO campaign (seq, id, account, name, spec, channels, status, until_step, priority,
            created_at, updated_at)
        VALUES (?1, printf('%024x', ?1), 'local', 'bench', printf('%.*c', 230, 'x'), 1, 'DRAFT',
            'create', 5, ?1, ?1)
        """,
        "INSERT INTO campaign_change (campaign, sequence, status, at) VALUES (?1, 1, 'DRAFT', ?1)",
        """
        INSERT INTO campaign_list (campaign, position, list, name, contacts)
        VALUES (?1, 0, 1, 'bench', 1)
        """,
        """
        INSERT INTO campaign_channel (campaign, channel, sender, template_id)
        VALUES (?1, 'email', 'News <news@example.com>', '6b09391f0aee0e2e47d7b987')
        """,
        """
        INSERT INTO job (lane, kind, account, campaign_id, payload, priority, state, max_attempts,
            scheduled_at, is_dated, created_at)
        VALUES (1, 'create', 'local', printf('%024x', ?1), '{}', 5, 'scheduled', 20, ?1, 1, ?1)
        """,
        """
        INSERT INTO idempotency_key (user_id, key, fingerprint, job_id, campaign_id, created_at)
        VALUES ('', printf('campaignctl-be2b334aa51ddbaa79c8cd73b7998519/%06d', ?1),
            printf('%064x', 1), ?1, printf('%024x', ?1), ?1)
        """,
    ]
}
