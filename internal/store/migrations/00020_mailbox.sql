-- +goose Up
-- What is known of mailboxes that are watched over IMAP. Accounts, folders and
-- mails are named by keyed digests: a folder can bear a number, and a Message-ID
-- an address.
CREATE TABLE mailbox_folders (
    folder      TEXT PRIMARY KEY,
    account     TEXT NOT NULL,
    role        TEXT NOT NULL,
    uidvalidity BIGINT NOT NULL,
    first_uid   BIGINT NOT NULL,
    next_uid    BIGINT NOT NULL,
    modseq      BIGINT NOT NULL,
    messages    BIGINT NOT NULL,
    since       BIGINT NOT NULL,
    checked     BIGINT NOT NULL,
    audited     BIGINT NOT NULL
);
CREATE INDEX mailbox_folders_by_account ON mailbox_folders (account);

CREATE TABLE mailbox_items (
    folder      TEXT NOT NULL,
    uidvalidity BIGINT NOT NULL,
    uid         BIGINT NOT NULL,
    state       TEXT NOT NULL,
    seen        BIGINT NOT NULL,
    received    BIGINT NOT NULL,
    size        BIGINT NOT NULL,
    attempts    INTEGER NOT NULL DEFAULT 0,
    next_try    BIGINT NOT NULL DEFAULT 0,
    identity    TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (folder, uidvalidity, uid)
);
CREATE INDEX mailbox_items_waiting ON mailbox_items (folder, state, next_try);

-- One row for each mail that was handled, whatever its UID is now or was.
CREATE TABLE mailbox_handled (
    account  TEXT NOT NULL,
    role     TEXT NOT NULL,
    identity TEXT NOT NULL,
    verdict  TEXT NOT NULL,
    case_id  TEXT NOT NULL DEFAULT '',
    at       BIGINT NOT NULL,
    -- A notice that is still to be put into the mailbox; '' when there is none.
    notice   TEXT NOT NULL DEFAULT '',
    -- wanted, moved, returned, given-up; '' when it stays where it is.
    move     TEXT NOT NULL DEFAULT '',
    folder   TEXT NOT NULL DEFAULT '',
    to_validity BIGINT NOT NULL DEFAULT 0,
    to_uid   BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (account, role, identity)
);
CREATE INDEX mailbox_handled_notice ON mailbox_handled (account, role) WHERE notice <> '';
CREATE INDEX mailbox_handled_move ON mailbox_handled (account, move) WHERE move <> '';

CREATE TABLE mailbox_accounts (
    account TEXT PRIMARY KEY,
    name    TEXT NOT NULL,
    state   TEXT NOT NULL,
    at      BIGINT NOT NULL,
    ok_at   BIGINT NOT NULL DEFAULT 0,
    folders INTEGER NOT NULL DEFAULT 0
);

-- +goose Down
DROP TABLE mailbox_accounts;
DROP TABLE mailbox_handled;
DROP TABLE mailbox_items;
DROP TABLE mailbox_folders;
