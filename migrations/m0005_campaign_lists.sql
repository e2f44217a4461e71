-- A page of campaigns and how many there are, without reading campaigns that are not on it.

-- What the list filters by, in its order, newest first: narrow rows beside the wide ones.
CREATE INDEX campaign_listed ON campaign (seq, created_at, channels, status, user_id);

-- Campaigns counted by what the list filters by, dates excepted; triggers move the counts with the
-- rows, whichever statement moves those.
CREATE TABLE campaign_count (
    user_id  TEXT    NOT NULL, -- empty: the operator's own
    status   TEXT    NOT NULL,
    channels INTEGER NOT NULL, -- bits, as in campaign
    n        INTEGER NOT NULL,
    PRIMARY KEY (user_id, status, channels)
) STRICT, WITHOUT ROWID;

INSERT INTO campaign_count (user_id, status, channels, n)
SELECT COALESCE(user_id, ''), status, channels, COUNT(*) FROM campaign GROUP BY 1, 2, 3;

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
