-- What builds noticed about their messages, counted as they were built: variables without a value,
-- parts of SMS, and the characters that make an SMS dear. A campaign's report reads it.

CREATE TABLE build_finding (
    campaign INTEGER NOT NULL REFERENCES campaign (seq) ON DELETE CASCADE,
    channel  TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    detail   TEXT    NOT NULL,
    n        INTEGER NOT NULL,
    PRIMARY KEY (campaign, channel, kind, detail)
) STRICT, WITHOUT ROWID;

-- Tests: one message of a campaign, sent to an address of the operator's. Each is a campaign of its
-- own, so that it is recorded and settled like any other message and not counted in the one it tests.

CREATE TABLE test_send (
    campaign INTEGER PRIMARY KEY REFERENCES campaign (seq) ON DELETE CASCADE,
    original TEXT    NOT NULL -- the id of the campaign it tests
) STRICT;
