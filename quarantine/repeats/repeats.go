// Package repeats tells an item that its source hands in again, and keeps the further
// ids under which a case is known.
//
// Glossary: a repeat is the same mail once more: same sender, recipients, Message-ID
// and content, within a day. A mail server that got no answer hands its mail in again
// under another id, and that makes no second case.
package repeats

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"brevvagt/internal/store"
)

// Window is how long after the first an item counts as its repeat.
const Window = 24 * time.Hour

// Mail is what a repeat is told by.
type Mail struct {
	Source, From, MessageID string
	To                      []string
	Content                 []byte
}

// Digest names what has the same sender, recipients, Message-ID and content, "" for a
// mail without Message-ID or recipients: nothing then tells it from another with the
// same text. keyed hides what goes in.
func (m Mail) Digest(keyed func(kind, text string) string) string {
	if m.MessageID == "" || len(m.To) == 0 {
		return ""
	}
	sum := sha256.Sum256(m.Content)
	to := slices.Clone(m.To)
	slices.Sort(to)
	fields := append([]string{m.Source, m.From, m.MessageID, hex.EncodeToString(sum[:])}, slices.Compact(to)...)
	for i, f := range fields {
		fields[i] = fmt.Sprintf("%d %s", len(f), f)
	}
	return keyed("repeat", strings.Join(fields, "\n"))
}

// Reader is a transaction or the read pool.
type Reader interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Find is the case of the same mail that is still held, "" when there is none.
func Find(ctx context.Context, q Reader, digest string, now time.Time) (caseID string, err error) {
	err = q.QueryRowContext(ctx, `SELECT r.case_id FROM case_repeats r JOIN cases c ON c.id = r.case_id
		WHERE r.digest = $1 AND r.at > $2 AND c.state = 'held' ORDER BY r.at, r.case_id LIMIT 1`, digest, store.Millis(now.Add(-Window))).Scan(&caseID)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("cannot look for the same mail: %w", err)
	}
	return caseID, nil
}

// Note makes later repeats of a case's mail known, and forgets what is old.
func Note(ctx context.Context, tx *sql.Tx, digest, caseID string, at time.Time) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM case_repeats WHERE at <= $1`, store.Millis(at.Add(-Window)))
	if err == nil {
		_, err = tx.ExecContext(ctx, `INSERT INTO case_repeats (digest, case_id, at) VALUES ($1, $2, $3)`, digest, caseID, store.Millis(at))
	}
	if err != nil {
		return fmt.Errorf("cannot note the mail of case %s: %w", caseID, err)
	}
	return nil
}

// Join adds an item to a case.
func Join(ctx context.Context, tx *sql.Tx, caseID, itemKey string, receipt []byte, at time.Time) error {
	if _, err := tx.ExecContext(ctx, `INSERT INTO case_items (item_key, case_id, receipt, at) VALUES ($1, $2, $3, $4)`,
		itemKey, caseID, receipt, store.Millis(at)); err != nil {
		return fmt.Errorf("cannot add an item to case %s: %w", caseID, err)
	}
	return nil
}

// Free lets an id of a closed case name another item.
func Free(ctx context.Context, tx *sql.Tx, itemKey string) error {
	for _, statement := range []string{`DELETE FROM case_items WHERE item_key = $1`, `UPDATE cases SET item_key = item_key || ' ' || id WHERE item_key = $1`} {
		if _, err := tx.ExecContext(ctx, statement, itemKey); err != nil {
			return fmt.Errorf("cannot free an id: %w", err)
		}
	}
	return nil
}

// CaseOf is the case that an item has joined, "" when there is none.
func CaseOf(ctx context.Context, q Reader, itemKey string) (caseID string, err error) {
	err = q.QueryRowContext(ctx, `SELECT case_id FROM case_items WHERE item_key = $1`, itemKey).Scan(&caseID)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("cannot look for an item: %w", err)
	}
	return caseID, nil
}

// Receipts are the sealed receipts of the items that joined a case, the first first.
func Receipts(ctx context.Context, q Reader, caseID string) ([][]byte, error) {
	rows, err := q.QueryContext(ctx, `SELECT receipt FROM case_items WHERE case_id = $1 ORDER BY at, item_key`, caseID)
	if err != nil {
		return nil, fmt.Errorf("cannot read the items of case %s: %w", caseID, err)
	}
	defer rows.Close()
	var list [][]byte
	for rows.Next() {
		var r []byte
		if err := rows.Scan(&r); err != nil {
			return nil, fmt.Errorf("cannot read the items of case %s: %w", caseID, err)
		}
		list = append(list, r)
	}
	return list, rows.Err()
}

// Drop takes an item away from a case that has another: the source has lost it. It
// reports whether there was another.
func Drop(ctx context.Context, tx *sql.Tx, caseID, itemKey string) (bool, error) {
	res, err := tx.ExecContext(ctx, `DELETE FROM case_items WHERE item_key = $1`, itemKey)
	if err == nil {
		if n, _ := res.RowsAffected(); n == 1 {
			return true, nil
		}
		return promote(ctx, tx, caseID)
	}
	return false, fmt.Errorf("cannot take an item from case %s: %w", caseID, err)
}

// promote puts the latest of the further items in the place of the one that a case was
// made for.
func promote(ctx context.Context, tx *sql.Tx, caseID string) (bool, error) {
	var key string
	var receipt []byte
	err := tx.QueryRowContext(ctx, `SELECT item_key, receipt FROM case_items WHERE case_id = $1 ORDER BY at DESC, item_key LIMIT 1`, caseID).Scan(&key, &receipt)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	for _, s := range []struct {
		statement string
		args      []any
	}{
		{`DELETE FROM case_items WHERE item_key = $1`, []any{key}},
		{`UPDATE cases SET item_key = $1, receipt = $2 WHERE id = $3`, []any{key, receipt, caseID}},
	} {
		if err == nil {
			_, err = tx.ExecContext(ctx, s.statement, s.args...)
		}
	}
	if err != nil {
		return false, fmt.Errorf("cannot change the item of case %s: %w", caseID, err)
	}
	return true, nil
}

// Forget removes what is kept of the items of a case.
func Forget(ctx context.Context, tx *sql.Tx, caseID string) error {
	for _, table := range []string{"case_items", "case_repeats"} {
		if _, err := tx.ExecContext(ctx, `DELETE FROM `+table+` WHERE case_id = $1`, caseID); err != nil {
			return fmt.Errorf("cannot forget the items of case %s: %w", caseID, err)
		}
	}
	return nil
}
