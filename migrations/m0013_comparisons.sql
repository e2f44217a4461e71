-- What a state may be, and which rows a partial index holds, as comparisons.
--
-- `x IN (…)` with more than two words is a table that SQLite fills anew in each run of a statement, and
-- each row written runs its table's CHECKs and the conditions of its indexes: it took two thirds of
-- the time of an UPDATE. What is stored stays as it is, so the CHECKs are changed where they stand
-- (sqlite.org/lang_altertable.html#otheralter, the procedure for such changes).

PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(replace(sql,
    'state IN (
        ''scheduled'', ''available'', ''running'', ''retryable'',
        ''held'', ''completed'', ''cancelled'', ''discarded'')',
    'state = ''scheduled'' OR state = ''available'' OR state = ''running'' OR state = ''retryable''
        OR state = ''held'' OR state = ''completed'' OR state = ''cancelled'' OR state = ''discarded'''),
    'hold_reason IN (
        ''in_doubt'', ''paused'', ''unknown_kind'', ''late'', ''restored'')',
    'hold_reason = ''in_doubt'' OR hold_reason = ''paused'' OR hold_reason = ''unknown_kind''
        OR hold_reason = ''late'' OR hold_reason = ''restored''')
WHERE type = 'table' AND name = 'job';
UPDATE sqlite_schema SET sql = replace(sql,
    'outcome IN (
        ''completed'', ''failed'', ''cancelled'', ''snoozed'', ''held'',
        ''interrupted'', ''crashed'', ''operated'')',
    'outcome = ''completed'' OR outcome = ''failed'' OR outcome = ''cancelled''
        OR outcome = ''snoozed'' OR outcome = ''held'' OR outcome = ''interrupted''
        OR outcome = ''crashed'' OR outcome = ''operated''')
WHERE type = 'table' AND name = 'attempt';
UPDATE sqlite_schema SET sql = replace(replace(sql,
    'status IN (
        ''DRAFT'', ''BUILDING'', ''BUILD'', ''SENDING'', ''PAUSED'',
        ''SENT'', ''PARTIAL'', ''FAILED'', ''CANCELLED'')',
    'status = ''DRAFT'' OR status = ''BUILDING'' OR status = ''BUILD'' OR status = ''SENDING''
        OR status = ''PAUSED'' OR status = ''SENT'' OR status = ''PARTIAL'' OR status = ''FAILED''
        OR status = ''CANCELLED'''),
    'until_step IN (''create'', ''build'', ''send'')',
    'until_step = ''create'' OR until_step = ''build'' OR until_step = ''send''')
WHERE type = 'table' AND name = 'campaign';
UPDATE sqlite_schema SET sql = replace(replace(replace(sql,
    'state IN (
        ''ready'', ''inflight'', ''sent'', ''delivered'', ''deferred'',
        ''failed'', ''bounced'', ''unknown'', ''skipped'', ''cancelled'')',
    'state = ''ready'' OR state = ''inflight'' OR state = ''sent'' OR state = ''delivered''
        OR state = ''deferred'' OR state = ''failed'' OR state = ''bounced'' OR state = ''unknown''
        OR state = ''skipped'' OR state = ''cancelled'''),
    'exclusion IN (
        ''duplicate'', ''suppressed'', ''no-address'', ''invalid-address'', ''render-error'')',
    'exclusion = ''duplicate'' OR exclusion = ''suppressed'' OR exclusion = ''no-address''
        OR exclusion = ''invalid-address'' OR exclusion = ''render-error'''),
    'fault IN (
        ''recipient'', ''content'', ''gave-up'', ''crash-loop'')',
    'fault = ''recipient'' OR fault = ''content'' OR fault = ''gave-up'' OR fault = ''crash-loop''')
WHERE type = 'table' AND name = 'message';
UPDATE sqlite_schema SET sql = replace(sql,
    'channel IN (''email'', ''sms'', ''voice'')',
    'channel = ''email'' OR channel = ''sms'' OR channel = ''voice''')
WHERE type = 'table' AND name = 'suppression';
UPDATE sqlite_schema SET sql = replace(sql,
    'scope IN (''transport'', ''sender'', ''campaign'')',
    'scope = ''transport'' OR scope = ''sender'' OR scope = ''campaign''')
WHERE type = 'table' AND name = 'throttle';
UPDATE sqlite_schema SET sql = replace(sql,
    'report IN (''sent'', ''delivered'', ''bounced'', ''again'')',
    'report = ''sent'' OR report = ''delivered'' OR report = ''bounced'' OR report = ''again''')
WHERE type = 'table' AND name = 'receipt';
PRAGMA writable_schema = RESET;

DROP INDEX job_attention;
CREATE INDEX job_attention ON job (state, id, kind)
    WHERE state = 'held' OR state = 'cancelled' OR state = 'discarded';
DROP INDEX job_unfinished;
CREATE UNIQUE INDEX job_unfinished ON job (campaign_id)
    WHERE campaign_id IS NOT NULL
    AND (state = 'scheduled' OR state = 'available' OR state = 'running' OR state = 'retryable'
        OR state = 'held');
DROP INDEX message_attention;
CREATE INDEX message_attention ON message (campaign, state, id)
    WHERE state = 'deferred' OR state = 'failed' OR state = 'bounced' OR state = 'unknown'
        OR state = 'skipped';

DROP TRIGGER notice_campaign;
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
