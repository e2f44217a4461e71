-- The queue. Instants are milliseconds since 1970 UTC; states are the words of JobState.swift.

-- One run of the daemon. `ended_at` is null while it lives; a row still open when a new process
-- takes the lock belongs to one that died.
CREATE TABLE epoch (
    id          INTEGER PRIMARY KEY,
    boot_id     TEXT    NOT NULL,
    boot_offset INTEGER NOT NULL, -- engine time minus CLOCK_BOOTTIME
    version     TEXT    NOT NULL,
    started_at  INTEGER NOT NULL,
    ended_at    INTEGER,
    ending      TEXT    CHECK (ending IN ('clean', 'unclean')),
    CHECK ((ended_at IS NULL) = (ending IS NULL))
) STRICT;

-- What claims choose among: only open lanes are searched, so a paused one costs nothing.
CREATE TABLE lane (
    id      INTEGER PRIMARY KEY,
    kind    TEXT NOT NULL,
    account TEXT NOT NULL,
    UNIQUE (kind, account)
) STRICT;

CREATE TABLE paused_kind (
    kind      TEXT PRIMARY KEY,
    paused_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE job (
    id                  INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice
    lane                INTEGER NOT NULL,
    kind                TEXT    NOT NULL,
    account             TEXT    NOT NULL,
    campaign_id         TEXT,
    user_id             TEXT,
    payload             TEXT    NOT NULL,
    priority            INTEGER NOT NULL CHECK (priority BETWEEN 1 AND 9),
    state               TEXT    NOT NULL CHECK (state IN (
        'scheduled', 'available', 'running', 'retryable',
        'held', 'completed', 'cancelled', 'discarded')),
    hold_reason         TEXT    CHECK (hold_reason IN (
        'in_doubt', 'paused', 'unknown_kind', 'late', 'restored')),
    attempt             INTEGER NOT NULL DEFAULT 0,
    max_attempts        INTEGER NOT NULL,
    crashes             INTEGER NOT NULL DEFAULT 0,
    on_probation        INTEGER NOT NULL DEFAULT 0, -- runs alone: it was running at a repeated death
    scheduled_at        INTEGER NOT NULL,
    is_dated            INTEGER NOT NULL DEFAULT 0, -- scheduled_at is a date on the wall clock
    epoch               INTEGER,
    started_at          INTEGER,
    finished_at         INTEGER,
    created_at          INTEGER NOT NULL,
    progress_done       INTEGER NOT NULL DEFAULT 0,
    progress_total      INTEGER,
    cancel_requested_at INTEGER,
    error_class         TEXT,
    error               TEXT,
    CHECK ((state = 'held') = (hold_reason IS NOT NULL)),
    CHECK ((state = 'running') = (epoch IS NOT NULL))
) STRICT;

-- Ready rows only: claims stay flat whatever is scheduled, finished, dead or paused beside them.
CREATE INDEX job_ready ON job (lane, priority, scheduled_at, id)
    WHERE state = 'available' AND on_probation = 0;
CREATE INDEX job_probation ON job (id) WHERE on_probation = 1;
CREATE INDEX job_waiting ON job (is_dated, scheduled_at)
    WHERE state IN ('scheduled', 'retryable');
CREATE INDEX job_running ON job (id) WHERE state = 'running';
CREATE INDEX job_attention ON job (state, id, kind)
    WHERE state IN ('held', 'cancelled', 'discarded');
CREATE INDEX job_campaign ON job (campaign_id, id) WHERE campaign_id IS NOT NULL;
-- A campaign has at most one unfinished job.
CREATE UNIQUE INDEX job_unfinished ON job (campaign_id)
    WHERE campaign_id IS NOT NULL
    AND state IN ('scheduled', 'available', 'running', 'retryable', 'held');

-- The history: one row for each attempt that ended, never changed.
CREATE TABLE attempt (
    job_id      INTEGER NOT NULL,
    sequence    INTEGER NOT NULL,
    number      INTEGER NOT NULL,
    started_at  INTEGER NOT NULL,
    ended_at    INTEGER NOT NULL,
    outcome     TEXT    NOT NULL CHECK (outcome IN (
        'completed', 'failed', 'cancelled', 'snoozed', 'held',
        'interrupted', 'crashed', 'operated')),
    error_class TEXT,
    message     TEXT,
    epoch       INTEGER NOT NULL,
    PRIMARY KEY (job_id, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE job_count (
    lane  INTEGER NOT NULL,
    state TEXT    NOT NULL,
    n     INTEGER NOT NULL,
    PRIMARY KEY (lane, state)
) STRICT, WITHOUT ROWID;

-- One row for each request that bore a key; `user_id` is empty for the operator.
CREATE TABLE idempotency_key (
    user_id     TEXT    NOT NULL,
    key         TEXT    NOT NULL,
    fingerprint TEXT    NOT NULL,
    job_id      INTEGER,          -- the job it made, if it made one
    campaign_id TEXT,
    status      INTEGER,          -- otherwise the answer it got
    response    TEXT,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (user_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_key_age ON idempotency_key (created_at);

-- What the last daemon was configured with, for commands that work on the file without one.
CREATE TABLE service_setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
