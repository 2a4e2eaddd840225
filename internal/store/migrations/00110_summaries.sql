-- +goose Up
-- Mails about what lies on shares: at most one for each recipient (a keyed digest of the
-- address) and day. A row stands before its mail goes; sent is 0 while it has not, and
-- stays so where nothing was to be told or the program died meanwhile. upto is the scan
-- up to which the recipient was told, for each share, as JSON.
CREATE TABLE share_summaries (
    recipient TEXT NOT NULL,
    day       TEXT NOT NULL,
    upto      TEXT NOT NULL,
    claimed   BIGINT NOT NULL,
    sent      BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (recipient, day)
);

-- +goose Down
DROP TABLE share_summaries;
