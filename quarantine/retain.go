package quarantine

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"brevvagt/internal/store"
	"brevvagt/quarantine/finder"
	"brevvagt/quarantine/repeats"
)

// ForgetFindings lets old mails of runs go, and deletes what was found in the cases held before a time, with their
// subjects, addresses, notes and the names in their ledger lines. Rules, counts, how
// it was released, that it was a false alarm, the draft and the ledger's chain stay, so
// that statistics and the register still hold.
// A case that still waits is left alone; one whose content is still kept as well.
func (s *Service) ForgetFindings(ctx context.Context, before time.Time) (int, error) {
	rows, err := s.db.Read().QueryContext(ctx, `SELECT id FROM cases WHERE held_at < $1 AND vault_object = '' AND state NOT IN ($2, $3, $4) AND facts <> brief ORDER BY held_at, id LIMIT 1000`,
		store.Millis(before), string(Held), string(Releasing), string(Rejecting))
	ids, err := scanIDs(rows, err)
	if err != nil {
		return 0, err
	}
	if err := s.Runs().Sweep(ctx); err != nil {
		return 0, err
	}
	return eachCase(ctx, ids, func(ctx context.Context, id string) error { return s.forgetFindings(ctx, id, System, "") })
}

// Forget deletes the content and the personal data of one closed case before their time,
// as a person has asked the municipality to (GDPR Art. 17): what Expire and ForgetFindings
// do, at once. A case that waits, or whose data is gone already, is ErrState.
func (s *Service) Forget(ctx context.Context, id, by, reason string) error {
	if err := s.reasoned(by, reason); err != nil {
		return err
	}
	c, _, err := s.load(ctx, s.db.Read(), id)
	if err != nil {
		return err
	}
	if c.State.Open() || c.VaultObject == "" && c.From == "" && len(c.To) == 0 && c.Subject == "" && c.Name == "" {
		return fmt.Errorf("case %s is %s: %w", id, c.State, ErrState)
	}
	if c.VaultObject != "" {
		if err := s.expire(ctx, id); err != nil {
			return err
		}
	}
	return s.forgetFindings(ctx, id, by, strings.TrimSpace(reason))
}

func (s *Service) forgetFindings(ctx context.Context, id, by, reason string) error {
	return s.db.Update(ctx, func(tx *sql.Tx) error {
		c, _, err := s.load(ctx, tx, id)
		if err != nil {
			return err
		}
		rest := Case{ID: id, Deposit: Deposit{Source: c.Source, Kind: c.Kind, Unit: c.Unit, Received: c.Received, Rules: c.Rules, Persons: c.Persons, Numbers: c.Numbers, DataTypes: c.DataTypes, Size: c.Size, Runs: c.Runs}}
		brief, err := rest.brief()
		if err != nil {
			return err
		}
		// How it was released tells whether its rules were right: by a route, or to some.
		wish := Wish{To: c.Wish.To, Route: c.Wish.Route}.encode()
		// The receipt is sealed, but it holds the true addresses.
		if _, err := tx.ExecContext(ctx, `UPDATE cases SET facts = $2, brief = $2, receipt = '', reason = '', last_error = '', release_refs = '', wish = $3, assigned = '' WHERE id = $1`, id, brief, wish); err != nil {
			return fmt.Errorf("cannot forget the findings of case %s: %w", id, err)
		}
		// That somebody called it a false alarm counts on; who did, and in which words, does not.
		for _, notes := range []string{`DELETE FROM case_notes WHERE case_id = $1 AND kind <> 'false-alarm'`, `UPDATE case_notes SET actor = '', text = '' WHERE case_id = $1`} {
			if _, err := tx.ExecContext(ctx, notes, id); err != nil {
				return fmt.Errorf("cannot forget the notes of case %s: %w", id, err)
			}
		}
		return errors.Join(finder.Forget(ctx, tx, id), repeats.Forget(ctx, tx, id), s.ledger.Erase(ctx, tx, id, by, reason, s.stamp()))
	})
}
