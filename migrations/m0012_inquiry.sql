-- Messages that are unknown and whose provider is to be asked what became of them: when next, and how
-- often it was. Goes with its message.

CREATE TABLE inquiry (
    message INTEGER PRIMARY KEY,
    channel TEXT    NOT NULL,
    due_at  INTEGER NOT NULL,
    asked   INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX inquiry_due ON inquiry (channel, due_at, message);

CREATE TRIGGER inquiry_goes_with_message AFTER DELETE ON message BEGIN
    DELETE FROM inquiry WHERE message = OLD.id;
END;

-- Whether the provider can be asked; told by the daemon, read after its death.
ALTER TABLE transport ADD COLUMN can_be_asked INTEGER NOT NULL DEFAULT 0;
