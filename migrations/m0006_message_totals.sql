-- Messages of all campaigns together, for monitoring: `message_count` has a row for each campaign,
-- and grows with them. Whatever moves those counters moves these.
CREATE TABLE message_total (
    channel TEXT    NOT NULL,
    state   TEXT    NOT NULL,
    detail  TEXT    NOT NULL,
    n       INTEGER NOT NULL,
    PRIMARY KEY (channel, state, detail)
) STRICT, WITHOUT ROWID;

INSERT INTO message_total (channel, state, detail, n)
SELECT channel, state, detail, SUM(n) FROM message_count GROUP BY channel, state, detail;

CREATE TRIGGER message_total_insert AFTER INSERT ON message_count BEGIN
    INSERT INTO message_total (channel, state, detail, n)
    VALUES (NEW.channel, NEW.state, NEW.detail, NEW.n)
    ON CONFLICT (channel, state, detail) DO UPDATE SET n = n + excluded.n;
END;

CREATE TRIGGER message_total_update AFTER UPDATE OF n ON message_count BEGIN
    UPDATE message_total SET n = n + NEW.n - OLD.n
    WHERE channel = NEW.channel AND state = NEW.state AND detail = NEW.detail;
END;

CREATE TRIGGER message_total_delete AFTER DELETE ON message_count BEGIN
    UPDATE message_total SET n = n - OLD.n
    WHERE channel = OLD.channel AND state = OLD.state AND detail = OLD.detail;
END;
