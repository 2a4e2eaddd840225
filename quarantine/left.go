package quarantine

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"brevvagt/internal/store"
)

// endInDraft amends the register entry of a case that ended: as usual, or, for an item
// that had left before it was seen, by saying no more than that: the entry is a
// possible breach since it was made, and its deadline stays.
func (s *Service) endInDraft(ctx context.Context, tx *sql.Tx, c *Case, at time.Time, expired bool, usual func() error) error {
	if c.Left {
		usual = func() error { return s.register.Closed(ctx, tx, c.ID, at, expired) }
	}
	return s.noteInDraft(c, usual)
}

// Stopped finds a case of another source about the mail with a Message-ID, held
// since a time and with at least so many CPR numbers and persons; nil when there is
// none. A mail that was stopped on its way out still has its copy in the sender's
// sent folder, and that copy is no breach.
func (s *Service) Stopped(ctx context.Context, otherThan, messageID string, numbers, persons int, since time.Time) (*Case, error) {
	rows, err := s.db.Read().QueryContext(ctx, `SELECT id FROM cases WHERE source <> $1 AND held_at >= $2 ORDER BY held_at DESC, id`, otherThan, store.Millis(since))
	ids, err := scanIDs(rows, err)
	if err != nil || messageID == "" {
		return nil, err
	}
	for _, id := range ids {
		c, sealed, err := s.load(ctx, s.db.Read(), id)
		if err != nil {
			return nil, err
		}
		if c.Numbers < numbers || c.Persons < persons {
			continue
		}
		full, err := s.forReleaser(c, sealed)
		if err != nil {
			return nil, fmt.Errorf("case %s: %w", id, err)
		}
		if full.MessageID == messageID {
			return c, nil
		}
	}
	return nil, nil
}
