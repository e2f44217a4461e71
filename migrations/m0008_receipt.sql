-- What a provider calls a message since its last attempt, and a report of it that came while the
-- message was still in flight. Goes with its message.

CREATE TABLE receipt (
    message     INTEGER PRIMARY KEY,
    provider_id TEXT    NOT NULL,
    report      TEXT    CHECK (report IN ('sent', 'delivered', 'bounced', 'again')),
    retry_ms    INTEGER NOT NULL DEFAULT 0, -- of 'again': how long to wait
    retries     INTEGER NOT NULL DEFAULT 0, -- of 'again': how often at most
    reply       TEXT    NOT NULL DEFAULT ''
) STRICT;

CREATE TRIGGER receipt_goes_with_message AFTER DELETE ON message BEGIN
    DELETE FROM receipt WHERE message = OLD.id;
END;
