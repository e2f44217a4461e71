-- Addresses that get no message on a channel: looked up when a campaign is built, and again in the
-- transaction that claims a message. An address is normalised: an email in lower case, a phone in
-- E.164. What a reason may be is the program's, so that a new one needs no new table.

CREATE TABLE suppression (
    channel TEXT    NOT NULL CHECK (channel IN ('email', 'sms', 'voice')),
    address TEXT    NOT NULL,
    reason  TEXT    NOT NULL,
    note    TEXT,
    at      INTEGER NOT NULL, -- when the person or the operator said so
    PRIMARY KEY (channel, address)
) STRICT, WITHOUT ROWID;
