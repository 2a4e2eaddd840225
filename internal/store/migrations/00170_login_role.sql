-- +goose Up
-- The role that the municipality's own sign-in gave at the last sign-in, '' before the
-- first: an account has no more than that, whichever way its person came in.
ALTER TABLE account_logins ADD COLUMN most TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE account_logins DROP COLUMN most;
