-- +goose Up
-- The riskiest of all cases that have a word are found without sorting all of them.
CREATE INDEX cases_by_weight ON cases (risk DESC, held_at, id);

-- +goose Down
DROP INDEX cases_by_weight;
