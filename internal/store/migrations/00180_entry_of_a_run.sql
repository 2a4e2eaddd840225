-- +goose Up
-- The cases of a run share one register entry: cases are ordered by its deadline, and found
-- by its number.
DROP INDEX register_deadlines;
CREATE INDEX register_deadlines ON register_drafts (no, deadline) WHERE deadline <> 0;
CREATE INDEX cases_by_draft ON cases (draft_no);

-- +goose Down
DROP INDEX cases_by_draft;
DROP INDEX register_deadlines;
CREATE INDEX register_deadlines ON register_drafts (case_id, deadline) WHERE deadline <> 0;
