-- What retention needs. A job that a key answers with is kept as long as the key.
CREATE INDEX idempotency_key_job ON idempotency_key (job_id) WHERE job_id IS NOT NULL;

-- Campaigns that are gone and whose messages are still to go, in chunks.
CREATE TABLE removed_campaign (
    seq INTEGER PRIMARY KEY
) STRICT;
