-- +goose Up
-- Notices to senders, from the moment they are due until a day after they were sent or
-- given up. id names what the notice is about, by a case or a keyed digest, so that it
-- is written once; letter is sealed and gone once it was sent. A notice is marked
-- 'sending' before it is handed over: one that a crash leaves so is not sent again.
CREATE TABLE notices (
    id     TEXT PRIMARY KEY,
    at     BIGINT NOT NULL,
    due    BIGINT NOT NULL,
    tries  BIGINT NOT NULL,
    state  TEXT NOT NULL,
    letter BLOB
);
CREATE INDEX notices_by_due ON notices (state, due);

-- +goose Down
DROP TABLE notices;
