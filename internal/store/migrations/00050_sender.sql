-- +goose Up
-- What the sender of a held item did with the link in his notice: one row for each
-- link that was used, since it works once.
CREATE TABLE sender_links (
    case_id TEXT PRIMARY KEY,
    at      BIGINT NOT NULL,
    act     TEXT NOT NULL
);

-- +goose Down
DROP TABLE sender_links;
