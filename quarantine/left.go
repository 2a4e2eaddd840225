package quarantine

import (
	"context"
	"database/sql"
	"time"
)

// releasedInDraft, rejectedInDraft and expiredInDraft amend the register entry of a
// case that ended. For an item that had left before it was seen all they can say is
// that the case was closed: the entry is a possible breach since it was made, and
// its deadline stays.
func (s *Service) releasedInDraft(ctx context.Context, tx *sql.Tx, c *Case, at time.Time) error {
	if c.Left {
		return s.register.Closed(ctx, tx, c.ID, at)
	}
	return s.register.Released(ctx, tx, c.ID, at)
}

func (s *Service) rejectedInDraft(ctx context.Context, tx *sql.Tx, c *Case, at time.Time) error {
	if c.Left {
		return s.register.Closed(ctx, tx, c.ID, at)
	}
	return s.register.Rejected(ctx, tx, c.ID, c.Kind, at)
}

func (s *Service) expiredInDraft(ctx context.Context, tx *sql.Tx, c *Case, at time.Time) error {
	if c.Left {
		return s.register.ContentDeleted(ctx, tx, c.ID, at)
	}
	return s.register.Expired(ctx, tx, c.ID, at)
}
