-- What a webhook is told of, until it has taken it. Rows come by triggers, in the transaction that
-- makes them true, and only while a webhook is configured.
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
CREATE INDEX notice_due ON notice (due_at, id);

CREATE TRIGGER notice_job AFTER UPDATE OF state ON job
WHEN NEW.state IN ('held', 'discarded') AND OLD.state <> NEW.state
    AND EXISTS (SELECT 1 FROM service_setting WHERE name = 'notices' AND value = 'on')
BEGIN
    INSERT INTO notice (type, job, campaign, state, reason, at)
    VALUES ('job.' || NEW.state, NEW.id, NEW.campaign_id, NEW.state,
        coalesce(NEW.hold_reason, NEW.error_class), coalesce(NEW.finished_at, 0));
END;

CREATE TRIGGER notice_campaign AFTER UPDATE OF status ON campaign
WHEN NEW.status IN ('SENT', 'PARTIAL', 'FAILED', 'CANCELLED', 'PAUSED')
    AND OLD.status <> NEW.status
    AND EXISTS (SELECT 1 FROM service_setting WHERE name = 'notices' AND value = 'on')
BEGIN
    INSERT INTO notice (type, campaign, state, reason, at)
    VALUES (
        CASE NEW.status WHEN 'PAUSED' THEN 'campaign.paused' WHEN 'FAILED' THEN 'campaign.failed'
            ELSE 'campaign.finished' END,
        NEW.id, NEW.status, NEW.reason, NEW.updated_at);
END;
