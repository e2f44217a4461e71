-- Campaigns that another server carries. Instants are milliseconds since 1970 UTC.

-- What is known of a campaign at its server.
CREATE TABLE remote_campaign (
    campaign_id    TEXT PRIMARY KEY,
    account        TEXT NOT NULL,
    fingerprint    TEXT NOT NULL,    -- of its content
    name           TEXT NOT NULL,    -- as the server is given it, marker included
    marker         TEXT,
    remote_id      TEXT,
    -- The write that was asked for and whose step is not done, made durable before it left.
    intent         TEXT CHECK (intent IN ('create', 'build', 'send')),
    standing       TEXT CHECK (standing IN (
        'asked', 'doubtful', 'accepted', 'refused', 'confirmed')),
    asked_at       INTEGER,
    standing_since INTEGER,
    reply          TEXT,
    misses         INTEGER NOT NULL DEFAULT 0,
    status_before  TEXT,
    known_before   TEXT NOT NULL,    -- the server's ids, separated by spaces
    duplicates     TEXT NOT NULL,    -- the same
    mirror         TEXT,             -- JSON: what the server showed last
    quiet_readings INTEGER NOT NULL DEFAULT 0,
    CHECK ((intent IS NULL) = (standing IS NULL)),
    CHECK ((intent IS NULL) = (asked_at IS NULL)),
    CHECK ((intent IS NULL) = (standing_since IS NULL))
) STRICT, WITHOUT ROWID;
-- An id of the server is bound to one campaign.
CREATE UNIQUE INDEX remote_campaign_id ON remote_campaign (account, remote_id)
    WHERE remote_id IS NOT NULL;
CREATE INDEX remote_campaign_creating ON remote_campaign (account, fingerprint)
    WHERE intent = 'create';

-- The evidence: one row for each request, secrets removed.
CREATE TABLE remote_exchange (
    id          INTEGER PRIMARY KEY,
    job_id      INTEGER NOT NULL,
    request     TEXT    NOT NULL,
    asked_at    INTEGER NOT NULL,
    answered_at INTEGER NOT NULL,
    status      INTEGER,
    excerpt     TEXT    NOT NULL
) STRICT;
CREATE INDEX remote_exchange_job ON remote_exchange (job_id, id);

-- The accounts of the last daemon, and what keeps their requests back.
CREATE TABLE remote_account (
    name            TEXT PRIMARY KEY,
    is_configured   INTEGER NOT NULL,
    base_url        TEXT    NOT NULL,
    user_id         TEXT    NOT NULL,
    rate_per_second REAL    NOT NULL,
    max_concurrent  INTEGER NOT NULL,
    paused_at       INTEGER,
    pause_reason    TEXT,
    next_request_at INTEGER,
    throttled_until INTEGER,
    failures        INTEGER NOT NULL DEFAULT 0,
    failure         TEXT,
    failing_since   INTEGER,
    probe_at        INTEGER
) STRICT, WITHOUT ROWID;
