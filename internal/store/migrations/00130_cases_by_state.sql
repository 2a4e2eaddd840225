-- +goose Up
-- With the id in it, the cases of a state that have a word are found without reading the
-- cases themselves, whose facts are long.
DROP INDEX cases_by_state;
CREATE INDEX cases_by_state ON cases (state, held_at, id);

-- +goose Down
DROP INDEX cases_by_state;
CREATE INDEX cases_by_state ON cases (state, held_at);
