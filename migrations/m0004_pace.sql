-- How fast messages may go. A rate of its own for a campaign, for each of its channels, and the
-- token buckets as they stood at the last claim.

CREATE TABLE campaign_rate (
    campaign   INTEGER PRIMARY KEY,
    per_second REAL    NOT NULL CHECK (per_second > 0)
) STRICT;

CREATE TABLE throttle (
    channel     TEXT    NOT NULL,
    scope       TEXT    NOT NULL CHECK (scope IN ('transport', 'sender', 'campaign')),
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
