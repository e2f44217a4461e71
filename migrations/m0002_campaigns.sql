-- The embedded campaign engine. `seq` is a short number for rows that point at a campaign; people
-- and programs see `id`, an ObjectId.

CREATE TABLE template (
    id         TEXT    PRIMARY KEY,
    name       TEXT    NOT NULL,
    channel    TEXT    NOT NULL CHECK (channel IN ('email', 'sms', 'voice')),
    version    INTEGER NOT NULL, -- the newest
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    deleted_at INTEGER
) STRICT, WITHOUT ROWID;

-- Never changed once stored.
CREATE TABLE template_version (
    template_id TEXT    NOT NULL,
    version     INTEGER NOT NULL,
    subject     TEXT,
    text        TEXT    NOT NULL,
    html        TEXT,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (template_id, version)
) STRICT, WITHOUT ROWID;

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

-- Append-only under revisions: a row is seen at revision r if added_at_revision <= r and it was not
-- removed by then. Keys are normalised addresses, empty where the contact has none.
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
CREATE INDEX contact_email ON contact (list, email_key, id);
CREATE INDEX contact_phone ON contact (list, phone, id);
CREATE INDEX contact_added ON contact (list, added_at_revision);
CREATE INDEX contact_removed ON contact (list, removed_at_revision)
    WHERE removed_at_revision IS NOT NULL;

CREATE TABLE campaign (
    seq        INTEGER PRIMARY KEY,
    id         TEXT    NOT NULL UNIQUE,
    user_id    TEXT,
    account    TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    spec       TEXT    NOT NULL, -- the create call's body, as accepted
    channels   INTEGER NOT NULL, -- bits: 1 email, 2 sms, 4 voice
    status     TEXT    NOT NULL CHECK (status IN (
        'DRAFT', 'BUILDING', 'BUILD', 'SENDING', 'PAUSED',
        'SENT', 'PARTIAL', 'FAILED', 'CANCELLED')),
    reason     TEXT,             -- why it failed, is paused or is partial
    until_step TEXT    NOT NULL CHECK (until_step IN ('create', 'build', 'send')),
    send_at    INTEGER,          -- the date of the last step asked for
    priority   INTEGER NOT NULL,
    digest     TEXT,             -- of what was built: same inputs, same digest
    built      INTEGER,          -- messages built, exclusions not counted
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX campaign_status ON campaign (status, seq);
CREATE INDEX campaign_user ON campaign (user_id, seq);
CREATE INDEX campaign_created ON campaign (created_at, seq);

CREATE TABLE campaign_change (
    campaign INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    status   TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    reason   TEXT,
    PRIMARY KEY (campaign, sequence)
) STRICT, WITHOUT ROWID;

-- The lists chosen; `revision` and `contacts` are pinned by the build's first chunk.
CREATE TABLE campaign_list (
    campaign INTEGER NOT NULL,
    position INTEGER NOT NULL,
    list     INTEGER NOT NULL,
    name     TEXT    NOT NULL,
    contacts INTEGER NOT NULL,
    revision INTEGER,
    PRIMARY KEY (campaign, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX campaign_list_list ON campaign_list (list);

-- The channels chosen; the template's version is pinned by the build's first chunk.
CREATE TABLE campaign_channel (
    campaign         INTEGER NOT NULL,
    channel          TEXT    NOT NULL,
    sender           TEXT    NOT NULL,
    template_id      TEXT    NOT NULL,
    template_version INTEGER,          -- null until pinned, where the spec names none
    transport        TEXT,             -- the kind that carries it, from the start of sending
    PRIMARY KEY (campaign, channel)
) STRICT, WITHOUT ROWID;

-- Where an unfinished build stands; gone when it is done.
CREATE TABLE build (
    campaign INTEGER PRIMARY KEY,
    channel  TEXT    NOT NULL,
    keys     TEXT    NOT NULL, -- a line for each list: id and key of the last contact taken
    last_key TEXT    NOT NULL, -- the last address taken, for duplicates across lists
    number   INTEGER NOT NULL, -- the last message number given
    digest   TEXT    NOT NULL
) STRICT;

-- One rendered item for one recipient on one channel, or the reason why there is none.
-- id = campaign seq * 2^26 + number: a campaign's messages lie together and need no other index.
CREATE TABLE message (
    id               INTEGER PRIMARY KEY,
    campaign         INTEGER NOT NULL,
    channel          TEXT    NOT NULL,
    recipient        TEXT    NOT NULL,
    variables        TEXT    NOT NULL, -- JSON object: those the template uses
    timezone         TEXT,
    parts            INTEGER NOT NULL DEFAULT 1, -- of an SMS
    state            TEXT    NOT NULL CHECK (state IN (
        'ready', 'inflight', 'sent', 'delivered', 'deferred',
        'failed', 'bounced', 'unknown', 'skipped', 'cancelled')),
    exclusion        TEXT    CHECK (exclusion IN (
        'duplicate', 'suppressed', 'no-address', 'invalid-address', 'render-error')),
    fault            TEXT    CHECK (fault IN (
        'recipient', 'content', 'gave-up', 'crash-loop')),
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
CREATE INDEX message_open ON message (campaign, channel, due_at, id)
    WHERE state IN ('ready', 'deferred') AND is_suspect = 0;
CREATE INDEX message_suspect ON message (campaign, channel, id)
    WHERE state IN ('ready', 'deferred') AND is_suspect = 1;
CREATE INDEX message_inflight ON message (id) WHERE state = 'inflight';
CREATE INDEX message_attention ON message (campaign, state, id)
    WHERE state IN ('deferred', 'failed', 'bounced', 'unknown', 'skipped');

-- Counts that move in the transactions that move the messages; `detail` is the fault of a failed
-- one and the exclusion of a skipped one, otherwise empty.
CREATE TABLE message_count (
    campaign INTEGER NOT NULL,
    channel  TEXT    NOT NULL,
    state    TEXT    NOT NULL,
    detail   TEXT    NOT NULL,
    n        INTEGER NOT NULL,
    PRIMARY KEY (campaign, channel, state, detail)
) STRICT, WITHOUT ROWID;

-- What carries each channel, as the last daemon was configured: decides what becomes of a message
-- that was in flight when it died.
CREATE TABLE transport (
    channel  TEXT PRIMARY KEY,
    kind     TEXT NOT NULL,
    in_doubt TEXT NOT NULL CHECK (in_doubt IN ('resend', 'hold', 'repeatable'))
) STRICT, WITHOUT ROWID;
