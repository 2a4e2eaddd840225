-- +goose Up
-- Which set of keys (its fingerprint) opens a sealed file. A file without a row was
-- sealed before this was noted.
CREATE TABLE vault_seals (
    object TEXT PRIMARY KEY,
    keys   TEXT NOT NULL
);

-- The found values of a case in clear, in one file sealed like the original.
CREATE TABLE case_values (
    case_id       TEXT PRIMARY KEY,
    object        TEXT NOT NULL,
    plain_sha256  TEXT NOT NULL,
    cipher_sha256 TEXT NOT NULL,
    size          BIGINT NOT NULL
);

-- Public halves of keys that belong to no account and lie outside the machine.
CREATE TABLE recovery_keys (
    recipient TEXT PRIMARY KEY,
    name      TEXT NOT NULL,
    created   BIGINT NOT NULL
);

-- +goose Down
DROP TABLE recovery_keys;
DROP TABLE case_values;
DROP TABLE vault_seals;
