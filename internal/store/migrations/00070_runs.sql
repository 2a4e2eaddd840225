-- +goose Up
-- Mails that went as part of a run (one letter to many people, a mail each), so that
-- a case of the same run can say who has had one. Masked; gone after expires. run and
-- item are keyed digests.
CREATE TABLE run_mails (
    run     TEXT NOT NULL,
    item    TEXT NOT NULL,
    at      BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    facts   TEXT NOT NULL,
    PRIMARY KEY (run, item)
);
CREATE INDEX run_mails_by_end ON run_mails (expires);

-- +goose Down
DROP TABLE run_mails;
