-- +goose Up
-- An item that its source hands in again under another id, as a mail server does whose
-- first try was never answered, joins the case of the first. case_repeats tells such an
-- item by a keyed digest of sender, recipients, Message-ID and content, for a day;
-- case_items are the further ids under which a case is known.
CREATE TABLE case_repeats (
    digest  TEXT NOT NULL,
    case_id TEXT NOT NULL REFERENCES cases (id),
    at      BIGINT NOT NULL,
    PRIMARY KEY (digest, case_id)
);
CREATE INDEX case_repeats_by_time ON case_repeats (at);

CREATE TABLE case_items (
    item_key TEXT PRIMARY KEY,
    case_id  TEXT NOT NULL REFERENCES cases (id),
    receipt  BLOB NOT NULL,
    at       BIGINT NOT NULL
);
CREATE INDEX case_items_by_case ON case_items (case_id, at);

-- +goose Down
DROP TABLE case_items;
DROP TABLE case_repeats;
