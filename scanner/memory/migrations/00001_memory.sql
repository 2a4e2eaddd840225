-- +goose Up
-- Every value is a keyed digest, a time in seconds or a count.
CREATE TABLE memory (
    part INTEGER NOT NULL,
    a    BIGINT  NOT NULL,
    b    BIGINT  NOT NULL,
    at   BIGINT  NOT NULL,
    n    BIGINT  NOT NULL,
    PRIMARY KEY (part, a, b)
);
CREATE TABLE held (
    item  BIGINT PRIMARY KEY,
    at    BIGINT NOT NULL,
    facts BLOB   NOT NULL
);
CREATE TABLE released (
    item BIGINT PRIMARY KEY
);

-- +goose Down
DROP TABLE released;
DROP TABLE held;
DROP TABLE memory;
