package quarantine

import (
	"context"
	"database/sql"
	"slices"
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

// Stopped reports whether other items' cases already account for a mail: same
// Message-ID, held since a time, at least so many CPR numbers and persons in one of
// them, and every recipient in some (a mail server may hand in a mail once for each
// domain). A mail that was stopped on its way out still has its copy in the sender's
// sent folder, perhaps in two, and that copy is no further breach.
func (s *Service) Stopped(ctx context.Context, itemID, messageID string, to []string, numbers, persons int, since time.Time) (bool, error) {
	rows, err := s.db.Read().QueryContext(ctx, `SELECT id FROM cases WHERE held_at >= $1 ORDER BY held_at DESC, id`, store.Millis(since))
	ids, err := scanIDs(rows, err)
	if err != nil || messageID == "" {
		return false, err
	}
	enough, known := false, make(map[string]bool)
	for _, id := range ids {
		c, sealed, err := s.load(ctx, s.db.Read(), id)
		if err != nil {
			return false, err
		}
		full, err := s.forReleaser(c, sealed)
		if err != nil {
			return false, err
		}
		if full.MessageID != messageID || full.ItemID == itemID {
			continue
		}
		enough = enough || c.Numbers >= numbers && c.Persons >= persons
		for _, a := range full.To {
			known[a] = true
		}
	}
	return enough && !slices.ContainsFunc(to, func(a string) bool { return !known[a] }), nil
}
