-- +goose Up
-- Notices that one sender would get in a great number are gathered: those of one group
-- that are due at the same moment are sent as one. grp is '' for a notice by itself.
ALTER TABLE notices ADD COLUMN grp TEXT NOT NULL DEFAULT '';
CREATE INDEX notices_by_group ON notices (grp, due);

-- +goose Down
DROP INDEX notices_by_group;
ALTER TABLE notices DROP COLUMN grp;
