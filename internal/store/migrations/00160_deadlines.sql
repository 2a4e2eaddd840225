-- +goose Up
-- Few register entries have a deadline: cases are ordered by it without reading the rest.
CREATE INDEX register_deadlines ON register_drafts (case_id, deadline) WHERE deadline <> 0;

-- +goose Down
DROP INDEX register_deadlines;
