package notices

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"brevvagt/quarantine/ledger"
)

// The lines in the ledger of a case whose notice did not simply go.
const (
	Uncertain = "notice-uncertain" // it may have arrived, and is not sent again
	Failed    = "notice-failed"    // it was refused, or nobody took it within Window
)

// set changes rows, with a line in the ledger of each case unless it is "", also when the
// database is locked for a while: a row that stays marked as being sent is given up.
func (b *Box) set(ctx context.Context, ids []string, line, statement string, args ...any) error {
	ctx = context.WithoutCancel(ctx)
	var err error
	for range setTries {
		err = b.db.Update(ctx, func(tx *sql.Tx) error {
			for _, id := range ids {
				if _, err := tx.ExecContext(ctx, statement, append([]any{id}, args...)...); err != nil {
					return err
				}
			}
			return b.tell(ctx, tx, ids, line)
		})
		if err == nil {
			return nil
		}
		time.Sleep(time.Second)
	}
	return fmt.Errorf("what became of a notice is not noted: %w", err)
}

// tell writes a line for each of the ids that is a case: what was about no case has
// nobody who looks.
func (b *Box) tell(ctx context.Context, tx *sql.Tx, ids []string, line string) error {
	if line == "" {
		return nil
	}
	for _, id := range ids {
		var n int
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM cases WHERE id = $1`, id).Scan(&n); err != nil {
			return fmt.Errorf("cannot look for the case of a notice: %w", err)
		}
		if n == 0 {
			continue
		}
		if _, err := b.ledger.Append(ctx, tx, ledger.Entry{At: b.now(), Actor: "brevvagt", Verb: line, Case: id}); err != nil {
			return err
		}
	}
	return nil
}

// setTries are made a second apart, each as long as the database lets wait.
const setTries = 10

// afterCrash gives up what was being sent when the last process ended, and tells the
// cases.
func (b *Box) afterCrash(ctx context.Context) error {
	var ids []string
	err := b.db.Update(ctx, func(tx *sql.Tx) (err error) {
		if ids, err = giveUp(ctx, tx); err != nil {
			return err
		}
		return b.tell(ctx, tx, ids, Uncertain)
	})
	if err != nil {
		b.log.WarnContext(ctx, "notices to senders wait", "error", err)
		return err
	}
	if len(ids) > 0 {
		b.log.WarnContext(ctx, "notices were being sent when brevvagt went down; they are not sent again", "count", len(ids))
	}
	return nil
}

// giveUp ends the rows that are marked as being sent.
func giveUp(ctx context.Context, tx *sql.Tx) (ids []string, err error) {
	rows, err := tx.QueryContext(ctx, `UPDATE notices SET state = $1, letter = NULL WHERE state = $2 RETURNING id`, done, sending)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}
