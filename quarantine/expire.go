package quarantine

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"brevvagt/internal/store"
	"brevvagt/quarantine/ledger"
)

// Expire deletes the sealed content of cases held before the given time and closes
// those that nobody decided on; cases being released or rejected are left alone.
// What was found, the draft and the ledger stay. It returns how many cases lost
// their content.
func (s *Service) Expire(ctx context.Context, before time.Time) (int, error) {
	rows, err := s.db.Read().QueryContext(ctx, `SELECT id FROM cases WHERE held_at < $1 AND vault_object <> '' AND state NOT IN ($2, $3) ORDER BY held_at, id`,
		store.Millis(before), string(Releasing), string(Rejecting))
	ids, err := scanIDs(rows, err)
	if err != nil {
		return 0, err
	}
	return eachCase(ctx, ids, s.expire)
}

// eachCase does something with every case and goes on where one fails. It returns how
// many went well.
func eachCase(ctx context.Context, ids []string, do func(context.Context, string) error) (int, error) {
	var errs []error
	n := 0
	for _, id := range ids {
		if err := do(ctx, id); err != nil {
			errs = append(errs, err)
			continue
		}
		n++
	}
	return n, errors.Join(errs...)
}

func (s *Service) expire(ctx context.Context, id string) error {
	unlock, err := s.busy.LockShared(ctx, id)
	if err != nil {
		return err
	}
	defer unlock()
	var objects []string
	err = s.db.Update(ctx, func(tx *sql.Tx) error {
		c, _, err := s.load(ctx, tx, id)
		if err != nil {
			return err
		}
		if c.State == Releasing || c.State == Rejecting {
			return fmt.Errorf("case %s is %s: %w", id, c.State, ErrState)
		}
		if objects, err = s.forget(ctx, tx, c); err != nil {
			return err
		}
		at := s.stamp()
		if c.State != Held {
			_, err := s.ledger.Append(ctx, tx, ledger.Entry{At: at, Actor: System, Verb: "content-deleted", Case: id})
			return err
		}
		if err := s.endInDraft(ctx, tx, c, at, true, func() error { return s.register.Expired(ctx, tx, id, at) }); err != nil {
			return err
		}
		return s.move(ctx, tx, c, Expired, System, at, nil)
	})
	if err != nil {
		return err
	}
	// A crash from here on leaves files without a case, which the next start finds.
	var errs []error
	for _, object := range objects {
		errs = append(errs, s.vault.Delete(object))
	}
	return errors.Join(errs...)
}

// forget takes the names of a case's sealed files out of the database.
func (s *Service) forget(ctx context.Context, tx *sql.Tx, c *Case) ([]string, error) {
	rows, err := tx.QueryContext(ctx, `SELECT object FROM case_pictures WHERE case_id = $1 UNION ALL SELECT object FROM case_values WHERE case_id = $1 ORDER BY 1`, c.ID)
	objects, err := scanIDs(rows, err)
	if err != nil {
		return nil, err
	}
	objects = append([]string{c.VaultObject}, objects...)
	for _, statement := range []string{`DELETE FROM case_pictures WHERE case_id = $1`, `DELETE FROM case_values WHERE case_id = $1`, `UPDATE cases SET vault_object = '' WHERE id = $1`} {
		if _, err := tx.ExecContext(ctx, statement, c.ID); err != nil {
			return nil, fmt.Errorf("cannot forget the content of case %s: %w", c.ID, err)
		}
	}
	for _, object := range objects {
		if _, err := tx.ExecContext(ctx, `DELETE FROM vault_seals WHERE object = $1`, object); err != nil {
			return nil, fmt.Errorf("cannot forget the keys of case %s: %w", c.ID, err)
		}
	}
	return objects, nil
}
