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
}
