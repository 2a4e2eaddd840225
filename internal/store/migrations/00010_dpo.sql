-- +goose Up
-- settled is 1 when the DPO has decided whether to notify and, after a yes, has done it.
ALTER TABLE register_drafts ADD COLUMN settled INTEGER NOT NULL DEFAULT 0;
CREATE INDEX register_running ON register_drafts (deadline) WHERE status = 'brud' AND settled = 0;

CREATE INDEX register_by_status ON register_drafts (status, year, running);

CREATE TABLE register_reminders (
    no   TEXT NOT NULL,
    kind TEXT NOT NULL,
    sent BIGINT NOT NULL,
    PRIMARY KEY (no, kind)
);

-- What the queue is filtered, searched and sorted by; all of it is redacted.
ALTER TABLE cases ADD COLUMN risk INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN brief TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN assigned TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN wish TEXT NOT NULL DEFAULT '';
CREATE INDEX cases_by_risk ON cases (state, risk DESC, held_at);
CREATE INDEX cases_by_time ON cases (held_at, id);
-- How many cases are in each state, kept with every move: counting 100,000 rows for
-- every page would take longer than the page.
CREATE TABLE case_counts (
    state TEXT PRIMARY KEY,
    n     BIGINT NOT NULL
);
INSERT INTO case_counts (state, n) SELECT state, COUNT(*) FROM cases GROUP BY state;
CREATE TABLE case_words (
    word    TEXT NOT NULL,
    case_id TEXT NOT NULL,
    PRIMARY KEY (word, case_id)
);
CREATE INDEX case_words_by_case ON case_words (case_id, word);

CREATE TABLE case_notes (
    id      TEXT PRIMARY KEY,
    case_id TEXT NOT NULL,
    at      BIGINT NOT NULL,
    actor   TEXT NOT NULL,
    kind    TEXT NOT NULL,
    text    TEXT NOT NULL
);
CREATE INDEX case_notes_by_case ON case_notes (case_id, at);

-- Items that went with a warning or with parts nobody could read; masked, and gone
-- after expires.
CREATE TABLE warned (
    id      TEXT PRIMARY KEY,
    at      BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    facts   TEXT NOT NULL
);
CREATE INDEX warned_by_time ON warned (at);

-- False alarms: a rule that does not count for a sender, or a sender and a
-- receiving domain, until expires.
CREATE TABLE exceptions (
    id      TEXT PRIMARY KEY,
    rule    TEXT NOT NULL,
    sender  TEXT NOT NULL,
    domain  TEXT NOT NULL DEFAULT '',
    reason  TEXT NOT NULL,
    made_by TEXT NOT NULL,
    case_id TEXT NOT NULL DEFAULT '',
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    ended   BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX exceptions_by_end ON exceptions (expires);

-- +goose Down
DROP TABLE exceptions;
DROP TABLE warned;
DROP TABLE case_notes;
DROP TABLE case_words;
DROP TABLE case_counts;
DROP INDEX cases_by_risk;
DROP INDEX cases_by_time;
ALTER TABLE cases DROP COLUMN brief;
ALTER TABLE cases DROP COLUMN wish;
ALTER TABLE cases DROP COLUMN assigned;
ALTER TABLE cases DROP COLUMN risk;
DROP TABLE register_reminders;
DROP INDEX register_running;
DROP INDEX register_by_status;
ALTER TABLE register_drafts DROP COLUMN settled;
