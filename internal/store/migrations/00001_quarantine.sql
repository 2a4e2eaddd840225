-- +goose Up
-- item_key is a keyed digest of source and item id: an item id may be a file name
-- with a number in it. What the releaser needs of it stands sealed in receipt.
CREATE TABLE cases (
    id            TEXT PRIMARY KEY,
    item_key      TEXT NOT NULL UNIQUE,
    source        TEXT NOT NULL,
    receipt       BLOB NOT NULL,
    facts         TEXT NOT NULL,
    held_at       BIGINT NOT NULL,
    state         TEXT NOT NULL,
    plain_sha256  TEXT NOT NULL,
    cipher_sha256 TEXT NOT NULL,
    vault_object  TEXT NOT NULL,
    draft_no      TEXT NOT NULL,
    decided_by    TEXT NOT NULL DEFAULT '',
    decided_at    BIGINT NOT NULL DEFAULT 0,
    reason        TEXT NOT NULL DEFAULT '',
    last_error    TEXT NOT NULL DEFAULT '',
    release_refs  TEXT NOT NULL DEFAULT '',
    approvals     TEXT NOT NULL DEFAULT '[]'
);
CREATE INDEX cases_by_state ON cases (state, held_at);

CREATE TABLE case_pictures (
    case_id       TEXT NOT NULL REFERENCES cases (id),
    n             INTEGER NOT NULL,
    path          TEXT NOT NULL,
    page          INTEGER NOT NULL,
    object        TEXT NOT NULL,
    plain_sha256  TEXT NOT NULL,
    cipher_sha256 TEXT NOT NULL,
    size          BIGINT NOT NULL,
    PRIMARY KEY (case_id, n)
);

-- The leaf holds no personal data; ledger_private can lose a row (erasure)
-- without breaking the chain.
CREATE TABLE ledger_lines (
    seq     BIGINT PRIMARY KEY,
    case_id TEXT NOT NULL,
    leaf    TEXT NOT NULL
);
CREATE INDEX ledger_by_case ON ledger_lines (case_id, seq);

CREATE TABLE ledger_private (
    seq    BIGINT PRIMARY KEY REFERENCES ledger_lines (seq),
    salt   BLOB NOT NULL,
    actor  TEXT NOT NULL,
    detail TEXT NOT NULL
);

CREATE TABLE ledger_hashes (
    idx  BIGINT PRIMARY KEY,
    hash BLOB NOT NULL
);

CREATE TABLE register_drafts (
    no         TEXT PRIMARY KEY,
    year       INTEGER NOT NULL,
    running    INTEGER NOT NULL,
    case_id    TEXT NOT NULL DEFAULT '',
    status     TEXT NOT NULL,
    columns    TEXT NOT NULL,
    started    BIGINT NOT NULL DEFAULT 0,
    discovered BIGINT NOT NULL DEFAULT 0,
    confirmed  BIGINT NOT NULL DEFAULT 0,
    deadline   BIGINT NOT NULL DEFAULT 0,
    created    BIGINT NOT NULL,
    changed    BIGINT NOT NULL,
    UNIQUE (year, running)
);
CREATE UNIQUE INDEX register_by_case ON register_drafts (case_id) WHERE case_id <> '';

CREATE TABLE accounts (
    name      TEXT PRIMARY KEY,
    display   TEXT NOT NULL,
    role      TEXT NOT NULL,
    hash      TEXT NOT NULL,
    identity  BLOB,
    recipient TEXT NOT NULL DEFAULT '',
    created   BIGINT NOT NULL,
    disabled  INTEGER NOT NULL DEFAULT 0
);

-- +goose Down
DROP TABLE accounts;
DROP TABLE register_drafts;
DROP TABLE ledger_hashes;
DROP TABLE ledger_private;
DROP TABLE ledger_lines;
DROP TABLE case_pictures;
DROP TABLE cases;
