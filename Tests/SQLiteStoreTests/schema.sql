CREATE INDEX campaign_created ON campaign (created_at, seq);

CREATE INDEX campaign_list_list ON campaign_list (list);

CREATE INDEX campaign_listed ON campaign (seq, created_at, channels, status, user_id);

CREATE INDEX campaign_status ON campaign (status, seq);

CREATE INDEX campaign_user ON campaign (user_id, seq);

CREATE INDEX contact_added ON contact (list, added_at_revision);

CREATE INDEX contact_email ON contact (list, email_key, id);

CREATE INDEX contact_phone ON contact (list, phone, id);

CREATE INDEX contact_removed ON contact (list, removed_at_revision)
    WHERE removed_at_revision IS NOT NULL;

CREATE INDEX idempotency_key_age ON idempotency_key (created_at);

CREATE INDEX idempotency_key_job ON idempotency_key (job_id) WHERE job_id IS NOT NULL;

CREATE INDEX inquiry_due ON inquiry (channel, due_at, message);

CREATE INDEX job_attention ON job (state, id, kind)
    WHERE state = 'held' OR state = 'cancelled' OR state = 'discarded';

CREATE INDEX job_campaign ON job (campaign_id, id) WHERE campaign_id IS NOT NULL;

CREATE INDEX job_probation ON job (id) WHERE on_probation = 1;

CREATE INDEX job_ready ON job (lane, priority, scheduled_at, id)
    WHERE state = 'available' AND on_probation = 0;

CREATE INDEX job_running ON job (id) WHERE state = 'running';

CREATE UNIQUE INDEX job_unfinished ON job (campaign_id)
    WHERE campaign_id IS NOT NULL
    AND (state = 'scheduled' OR state = 'available' OR state = 'running' OR state = 'retryable'
        OR state = 'held');

CREATE INDEX job_waiting ON job (is_dated, scheduled_at)
    WHERE state IN ('scheduled', 'retryable');

CREATE INDEX message_attention ON message (campaign, state, id)
    WHERE state = 'deferred' OR state = 'failed' OR state = 'bounced' OR state = 'unknown'
        OR state = 'skipped';

CREATE INDEX message_inflight ON message (id) WHERE state = 'inflight';

CREATE INDEX message_open ON message (campaign, channel, due_at, id)
    WHERE state IN ('ready', 'deferred') AND is_suspect = 0;

CREATE INDEX message_suspect ON message (campaign, channel, id)
    WHERE state IN ('ready', 'deferred') AND is_suspect = 1;

CREATE INDEX notice_due ON notice (due_at, id);

CREATE INDEX remote_campaign_creating ON remote_campaign (account, fingerprint)
    WHERE intent = 'create';

CREATE UNIQUE INDEX remote_campaign_id ON remote_campaign (account, remote_id)
    WHERE remote_id IS NOT NULL;

CREATE INDEX remote_exchange_job ON remote_exchange (job_id, id);

CREATE TABLE attempt (
    job_id      INTEGER NOT NULL,
    sequence    INTEGER NOT NULL,
    number      INTEGER NOT NULL,
    started_at  INTEGER NOT NULL,
    ended_at    INTEGER NOT NULL,
    outcome     TEXT    NOT NULL CHECK (outcome = 'completed' OR outcome = 'failed' OR outcome = 'cancelled'
        OR outcome = 'snoozed' OR outcome = 'held' OR outcome = 'interrupted'
        OR outcome = 'crashed' OR outcome = 'operated'),
    error_class TEXT,
    message     TEXT,
    epoch       INTEGER NOT NULL,
    PRIMARY KEY (job_id, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE build (
    campaign INTEGER PRIMARY KEY,
    channel  TEXT    NOT NULL,
    keys     TEXT    NOT NULL, -- a line for each list: id and key of the last contact taken
    last_key TEXT    NOT NULL, -- the last address taken, for duplicates across lists
    number   INTEGER NOT NULL, -- the last message number given
    digest   TEXT    NOT NULL
) STRICT;

CREATE TABLE build_finding (
    campaign INTEGER NOT NULL REFERENCES campaign (seq) ON DELETE CASCADE,
    channel  TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    detail   TEXT    NOT NULL,
    n        INTEGER NOT NULL,
    PRIMARY KEY (campaign, channel, kind, detail)
) STRICT, WITHOUT ROWID;

CREATE TABLE campaign (
    seq        INTEGER PRIMARY KEY,
    id         TEXT    NOT NULL UNIQUE,
    user_id    TEXT,
    account    TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    spec       TEXT    NOT NULL, -- the create call's body, as accepted
    channels   INTEGER NOT NULL, -- bits: 1 email, 2 sms, 4 voice
    status     TEXT    NOT NULL CHECK (status = 'DRAFT' OR status = 'BUILDING' OR status = 'BUILD' OR status = 'SENDING'
        OR status = 'PAUSED' OR status = 'SENT' OR status = 'PARTIAL' OR status = 'FAILED'
        OR status = 'CANCELLED'),
    reason     TEXT,             -- why it failed, is paused or is partial
    until_step TEXT    NOT NULL CHECK (until_step = 'create' OR until_step = 'build' OR until_step = 'send'),
    send_at    INTEGER,          -- the date of the last step asked for
    priority   INTEGER NOT NULL,
    digest     TEXT,             -- of what was built: same inputs, same digest
    built      INTEGER,          -- messages built, exclusions not counted
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE campaign_change (
    campaign INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    status   TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    reason   TEXT,
    PRIMARY KEY (campaign, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE campaign_channel (
    campaign         INTEGER NOT NULL,
    channel          TEXT    NOT NULL,
    sender           TEXT    NOT NULL,
    template_id      TEXT    NOT NULL,
    template_version INTEGER,          -- null until pinned, where the spec names none
    transport        TEXT,             -- the kind that carries it, from the start of sending
    PRIMARY KEY (campaign, channel)
) STRICT, WITHOUT ROWID;

CREATE TABLE campaign_count (
    user_id  TEXT    NOT NULL, -- empty: the operator's own
    status   TEXT    NOT NULL,
    channels INTEGER NOT NULL, -- bits, as in campaign
    n        INTEGER NOT NULL,
    PRIMARY KEY (user_id, status, channels)
) STRICT, WITHOUT ROWID;

CREATE TABLE campaign_list (
    campaign INTEGER NOT NULL,
    position INTEGER NOT NULL,
    list     INTEGER NOT NULL,
    name     TEXT    NOT NULL,
    contacts INTEGER NOT NULL,
    revision INTEGER,
    PRIMARY KEY (campaign, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE campaign_rate (
    campaign   INTEGER PRIMARY KEY,
    per_second REAL    NOT NULL CHECK (per_second > 0)
) STRICT;

CREATE TABLE contact (
    id                  INTEGER PRIMARY KEY,
    list                INTEGER NOT NULL,
    email               TEXT    NOT NULL,
    email_key           TEXT    NOT NULL,
    phone               TEXT    NOT NULL,
    timezone            TEXT,
    variables           TEXT    NOT NULL, -- JSON object of strings
    added_at_revision   INTEGER NOT NULL,
    removed_at_revision INTEGER
) STRICT;

CREATE TABLE contact_list (
    seq        INTEGER PRIMARY KEY,
    id         TEXT    NOT NULL UNIQUE,
    name       TEXT    NOT NULL,
    channel    TEXT    CHECK (channel IN ('email', 'sms', 'voice')), -- null: untyped
    revision   INTEGER NOT NULL,  -- 0 until its first import is committed
    contacts   INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    deleted_at INTEGER,
    -- An import stages rows under the next revision and appears by one commit.
    import_epoch INTEGER
) STRICT;

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

CREATE TABLE inquiry (
    message INTEGER PRIMARY KEY,
    channel TEXT    NOT NULL,
    due_at  INTEGER NOT NULL,
    asked   INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE job (
    id                  INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice
    lane                INTEGER NOT NULL,
    kind                TEXT    NOT NULL,
    account             TEXT    NOT NULL,
    campaign_id         TEXT,
    user_id             TEXT,
    payload             TEXT    NOT NULL,
    priority            INTEGER NOT NULL CHECK (priority BETWEEN 1 AND 9),
    state               TEXT    NOT NULL CHECK (state = 'scheduled' OR state = 'available' OR state = 'running' OR state = 'retryable'
        OR state = 'held' OR state = 'completed' OR state = 'cancelled' OR state = 'discarded'),
    hold_reason         TEXT    CHECK (hold_reason = 'in_doubt' OR hold_reason = 'paused' OR hold_reason = 'unknown_kind'
        OR hold_reason = 'late' OR hold_reason = 'restored'),
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

CREATE TABLE job_count (
    lane  INTEGER NOT NULL,
    state TEXT    NOT NULL,
    n     INTEGER NOT NULL,
    PRIMARY KEY (lane, state)
) STRICT, WITHOUT ROWID;

CREATE TABLE lane (
    id      INTEGER PRIMARY KEY,
    kind    TEXT NOT NULL,
    account TEXT NOT NULL,
    UNIQUE (kind, account)
) STRICT;

CREATE TABLE message (
    id               INTEGER PRIMARY KEY,
    campaign         INTEGER NOT NULL,
    channel          TEXT    NOT NULL,
    recipient        TEXT    NOT NULL,
    variables        TEXT    NOT NULL, -- JSON object: those the template uses
    timezone         TEXT,
    parts            INTEGER NOT NULL DEFAULT 1, -- of an SMS
    state            TEXT    NOT NULL CHECK (state = 'ready' OR state = 'inflight' OR state = 'sent' OR state = 'delivered'
        OR state = 'deferred' OR state = 'failed' OR state = 'bounced' OR state = 'unknown'
        OR state = 'skipped' OR state = 'cancelled'),
    exclusion        TEXT    CHECK (exclusion = 'duplicate' OR exclusion = 'suppressed' OR exclusion = 'no-address'
        OR exclusion = 'invalid-address' OR exclusion = 'render-error'),
    fault            TEXT    CHECK (fault = 'recipient' OR fault = 'content' OR fault = 'gave-up' OR fault = 'crash-loop'),
    attempts         INTEGER NOT NULL DEFAULT 0,
    doubts           INTEGER NOT NULL DEFAULT 0,
    crashes          INTEGER NOT NULL DEFAULT 0,
    is_suspect       INTEGER NOT NULL DEFAULT 0, -- was in flight at a death: goes alone
    due_at           INTEGER NOT NULL DEFAULT 0, -- 0: at once
    epoch            INTEGER,
    first_attempt_at INTEGER,
    updated_at       INTEGER NOT NULL,
    last_reply       TEXT,
    CHECK ((state = 'skipped') = (exclusion IS NOT NULL)),
    CHECK ((state = 'inflight') = (epoch IS NOT NULL))
) STRICT;

CREATE TABLE message_count (
    campaign INTEGER NOT NULL,
    channel  TEXT    NOT NULL,
    state    TEXT    NOT NULL,
    detail   TEXT    NOT NULL,
    n        INTEGER NOT NULL,
    PRIMARY KEY (campaign, channel, state, detail)
) STRICT, WITHOUT ROWID;

CREATE TABLE message_total (
    channel TEXT    NOT NULL,
    state   TEXT    NOT NULL,
    detail  TEXT    NOT NULL,
    n       INTEGER NOT NULL,
    PRIMARY KEY (channel, state, detail)
) STRICT, WITHOUT ROWID;

CREATE TABLE notice (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    type     TEXT    NOT NULL CHECK (type IN (
        'job.held', 'job.discarded', 'campaign.finished', 'campaign.failed', 'campaign.paused')),
    job      INTEGER,          -- of a job's notice
    campaign TEXT,             -- the campaign's id
    state    TEXT    NOT NULL, -- the job's state or the campaign's status
    reason   TEXT,
    at       INTEGER NOT NULL, -- 0: when the sender finds it
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at   INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE paused_kind (
    kind      TEXT PRIMARY KEY,
    paused_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE receipt (
    message     INTEGER PRIMARY KEY,
    provider_id TEXT    NOT NULL,
    report      TEXT    CHECK (report = 'sent' OR report = 'delivered' OR report = 'bounced' OR report = 'again'),
    retry_ms    INTEGER NOT NULL DEFAULT 0, -- of 'again': how long to wait
    retries     INTEGER NOT NULL DEFAULT 0, -- of 'again': how often at most
    reply       TEXT    NOT NULL DEFAULT ''
) STRICT;

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

CREATE TABLE remote_exchange (
    id          INTEGER PRIMARY KEY,
    job_id      INTEGER NOT NULL,
    request     TEXT    NOT NULL,
    asked_at    INTEGER NOT NULL,
    answered_at INTEGER NOT NULL,
    status      INTEGER,
    excerpt     TEXT    NOT NULL
) STRICT;

CREATE TABLE removed_campaign (
    seq INTEGER PRIMARY KEY
) STRICT;

CREATE TABLE schema_migration (
    version    INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL,
    sql        TEXT    NOT NULL,
    applied_at INTEGER NOT NULL
) STRICT;

CREATE TABLE service_setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sqlite_sequence(name,seq);

CREATE TABLE suppression (
    channel TEXT    NOT NULL CHECK (channel = 'email' OR channel = 'sms' OR channel = 'voice'),
    address TEXT    NOT NULL,
    reason  TEXT    NOT NULL,
    note    TEXT,
    at      INTEGER NOT NULL, -- when the person or the operator said so
    PRIMARY KEY (channel, address)
) STRICT, WITHOUT ROWID;

CREATE TABLE template (
    id         TEXT    PRIMARY KEY,
    name       TEXT    NOT NULL,
    channel    TEXT    NOT NULL CHECK (channel IN ('email', 'sms', 'voice')),
    version    INTEGER NOT NULL, -- the newest
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    deleted_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE template_version (
    template_id TEXT    NOT NULL,
    version     INTEGER NOT NULL,
    subject     TEXT,
    text        TEXT    NOT NULL,
    html        TEXT,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (template_id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE test_send (
    campaign INTEGER PRIMARY KEY REFERENCES campaign (seq) ON DELETE CASCADE,
    original TEXT    NOT NULL -- the id of the campaign it tests
) STRICT;

CREATE TABLE throttle (
    channel     TEXT    NOT NULL,
    scope       TEXT    NOT NULL CHECK (scope = 'transport' OR scope = 'sender' OR scope = 'campaign'),
    name        TEXT    NOT NULL, -- the sender, or the campaign's seq; empty for a transport
    level       REAL    NOT NULL, -- tokens at filled_at; below zero: owed
    filled_at   INTEGER NOT NULL,
    -- A provider asked for less: the rate at cut_at, from which it climbs back to the ceiling.
    cut_rate    REAL,
    cut_at      INTEGER,
    cut_ceiling REAL,
    resumes_at  INTEGER,          -- before this nothing is sent: the provider's Retry-After
    cut_reason  TEXT,
    PRIMARY KEY (channel, scope, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE transport (
    channel  TEXT PRIMARY KEY,
    kind     TEXT NOT NULL,
    in_doubt TEXT NOT NULL CHECK (in_doubt IN ('resend', 'hold', 'repeatable'))
, can_be_asked INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;

CREATE TRIGGER campaign_count_added AFTER INSERT ON campaign BEGIN
    INSERT INTO campaign_count (user_id, status, channels, n)
    VALUES (COALESCE(NEW.user_id, ''), NEW.status, NEW.channels, 1)
    ON CONFLICT DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER campaign_count_moved AFTER UPDATE OF user_id, status, channels ON campaign BEGIN
    UPDATE campaign_count SET n = n - 1
    WHERE user_id = COALESCE(OLD.user_id, '') AND status = OLD.status AND channels = OLD.channels;
    INSERT INTO campaign_count (user_id, status, channels, n)
    VALUES (COALESCE(NEW.user_id, ''), NEW.status, NEW.channels, 1)
    ON CONFLICT DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER campaign_count_removed AFTER DELETE ON campaign BEGIN
    UPDATE campaign_count SET n = n - 1
    WHERE user_id = COALESCE(OLD.user_id, '') AND status = OLD.status AND channels = OLD.channels;
END;

CREATE TRIGGER inquiry_goes_with_message AFTER DELETE ON message BEGIN
    DELETE FROM inquiry WHERE message = OLD.id;
END;

CREATE TRIGGER message_total_delete AFTER DELETE ON message_count BEGIN
    UPDATE message_total SET n = n - OLD.n
    WHERE channel = OLD.channel AND state = OLD.state AND detail = OLD.detail;
END;

CREATE TRIGGER message_total_insert AFTER INSERT ON message_count BEGIN
    INSERT INTO message_total (channel, state, detail, n)
    VALUES (NEW.channel, NEW.state, NEW.detail, NEW.n)
    ON CONFLICT (channel, state, detail) DO UPDATE SET n = n + excluded.n;
END;

CREATE TRIGGER message_total_update AFTER UPDATE OF n ON message_count BEGIN
    UPDATE message_total SET n = n + NEW.n - OLD.n
    WHERE channel = NEW.channel AND state = NEW.state AND detail = NEW.detail;
END;

CREATE TRIGGER notice_campaign AFTER UPDATE OF status ON campaign
WHEN (NEW.status = 'SENT' OR NEW.status = 'PARTIAL' OR NEW.status = 'FAILED'
        OR NEW.status = 'CANCELLED' OR NEW.status = 'PAUSED')
    AND OLD.status <> NEW.status
    AND EXISTS (SELECT 1 FROM service_setting WHERE name = 'notices' AND value = 'on')
BEGIN
    INSERT INTO notice (type, campaign, state, reason, at)
    VALUES (
        CASE NEW.status WHEN 'PAUSED' THEN 'campaign.paused' WHEN 'FAILED' THEN 'campaign.failed'
            ELSE 'campaign.finished' END,
        NEW.id, NEW.status, NEW.reason, NEW.updated_at);
END;

CREATE TRIGGER notice_job AFTER UPDATE OF state ON job
WHEN NEW.state IN ('held', 'discarded') AND OLD.state <> NEW.state
    AND EXISTS (SELECT 1 FROM service_setting WHERE name = 'notices' AND value = 'on')
BEGIN
    INSERT INTO notice (type, job, campaign, state, reason, at)
    VALUES ('job.' || NEW.state, NEW.id, NEW.campaign_id, NEW.state,
        coalesce(NEW.hold_reason, NEW.error_class), coalesce(NEW.finished_at, 0));
END;

CREATE TRIGGER receipt_goes_with_message AFTER DELETE ON message BEGIN
    DELETE FROM receipt WHERE message = OLD.id;
END;
