-- +goose Up
-- The mailboxes from which the person of an account writes, so that nobody approves his
-- own mail under an account of another name.
CREATE TABLE account_mail (
    account TEXT NOT NULL REFERENCES accounts (name),
    mail    TEXT NOT NULL,
    PRIMARY KEY (account, mail)
);

-- +goose Down
DROP TABLE account_mail;
