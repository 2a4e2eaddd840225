package quarantine

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"brevvagt/quarantine/ledger"
)

// errNoWitness says that the ledger knows nothing of what a case's row says.
var errNoWitness = errors.New("the ledger has no line of this decision: the database was changed by hand")

// agreed is who has agreed to release a held case and how many must, by the ledger: whoever can write to
// the row could add a colleague. Who has lost the account or the role to decide since does not count.
func (s *Service) agreed(ctx context.Context, c *Case) (people []string, needed int, err error) {
	w, err := s.ledger.Will(ctx, c.ID)
	if err != nil {
		return nil, 0, fmt.Errorf("case %s: %w", c.ID, err)
	}
	rows, err := s.db.Read().QueryContext(ctx, `SELECT name FROM accounts WHERE disabled = 1 OR role NOT IN ('dpo', 'reviewer')
		OR EXISTS (SELECT 1 FROM account_logins WHERE account = name AND most NOT IN ('', 'dpo', 'reviewer'))`)
	closed, err := scanIDs(rows, err)
	if err != nil {
		return nil, 0, err
	}
	people = slices.DeleteFunc(w.Agreed, func(p string) bool { return slices.Contains(closed, p) })
	return people, max(w.Approvers, c.Approvers()), nil
}

// witnessed compares a decision in a case's row with the ledger, before it is carried out.
func (s *Service) witnessed(ctx context.Context, c *Case) error {
	w, err := s.ledger.Will(ctx, c.ID)
	var bad *ledger.BadLine
	if errors.As(err, &bad) {
		return fmt.Errorf("%w (line %d)", errNoWitness, bad.Seq)
	}
	if err != nil {
		return errors.Join(err, ErrTemporary)
	}
	verb, enough := "reject-requested", true
	if c.State == Releasing {
		verb, enough = "release-requested", len(w.Agreed) >= max(w.Approvers, c.Approvers())
	}
	if w.Verb != verb || w.Actor != c.DecidedBy || !enough {
		return errNoWitness
	}
	return nil
}
