-- +goose Up
-- When the way of a mail was last tried with a canary mail, and how it went: one
-- row for each way.
CREATE TABLE proofs (
    name    TEXT PRIMARY KEY,
    tried   BIGINT NOT NULL,
    proven  BIGINT NOT NULL DEFAULT 0,
    case_id TEXT NOT NULL DEFAULT '',
    trouble TEXT NOT NULL DEFAULT ''
);

-- How a recipient's domain was to be reached when a mail left, by the keyed digest
-- of its message id: an address stands nowhere here.
CREATE TABLE transports (
    message BLOB NOT NULL,
    domain  TEXT NOT NULL,
    method  TEXT NOT NULL,
    source  TEXT NOT NULL,
    answer  TEXT NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (message, domain)
);
CREATE INDEX transports_by_time ON transports (at);
CREATE INDEX transports_by_domain ON transports (domain, at);

-- +goose Down
DROP TABLE transports;
DROP TABLE proofs;
