-- +goose Up
-- Whom the municipality's own sign-in (OIDC) knows an account as. Until the first
-- sign-in only the login name is known; then issuer and subject, which never change,
-- take its place.
CREATE TABLE account_logins (
    account TEXT PRIMARY KEY REFERENCES accounts (name),
    login   TEXT NOT NULL,
    issuer  TEXT NOT NULL DEFAULT '',
    subject TEXT NOT NULL DEFAULT '',
    linked  BIGINT NOT NULL
);
CREATE UNIQUE INDEX account_logins_by_subject ON account_logins (issuer, subject) WHERE subject <> '';
CREATE UNIQUE INDEX account_logins_waiting ON account_logins (login) WHERE subject = '';

-- handle is what an authenticator keeps for the account: random, says nothing.
CREATE TABLE passkey_handles (
    account TEXT PRIMARY KEY REFERENCES accounts (name),
    handle  TEXT NOT NULL UNIQUE
);

CREATE TABLE passkeys (
    id         TEXT PRIMARY KEY,
    account    TEXT NOT NULL REFERENCES accounts (name),
    label      TEXT NOT NULL,
    credential TEXT NOT NULL,
    created    BIGINT NOT NULL,
    used       BIGINT NOT NULL DEFAULT 0,
    copied     INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX passkeys_by_account ON passkeys (account, created);

-- +goose Down
DROP TABLE passkeys;
DROP TABLE passkey_handles;
DROP TABLE account_logins;
