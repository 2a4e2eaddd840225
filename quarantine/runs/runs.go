// Package runs remembers for a short while which mails of a run went, so that a case
// of the same run can tell who has had a letter when the rest was stopped. It keeps
// no content, and what it keeps is masked.
//
// Glossary: a run (kørsel) is one letter to many people, a mail each; it is named by
// keyed digests, one for the letter and one for each attachment.
package runs

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"brevvagt/detectors"
	"brevvagt/internal/store"
	"brevvagt/quarantine/finder"
)

// Keep is how long a line is kept: long enough for somebody to discover that a run
// went wrong, as 72 hours are for a breach. KeepStopped is for a run with a case.
const (
	Keep        = 72 * time.Hour
	KeepStopped = 30 * 24 * time.Hour
)

// Bounds of what is kept of one mail.
const (
	maxRuns  = 8
	maxTo    = 20
	maxBytes = 600
)

// Mail is one that went.
type Mail struct {
	At      time.Time `json:"-"`
	From    string    `json:"from"`
	To      []string  `json:"to"`
	Subject string    `json:"subject"`
}

// Lines keeps them in a store. It is safe for concurrent use.
type Lines struct {
	db  *store.DB
	key func(source, itemID string) string // keyed digest of an item
	now func() time.Time
}

// New gives the lines in db; key names an item by a keyed digest.
func New(db *store.DB, key func(source, itemID string) string, now func() time.Time) *Lines {
	return &Lines{db, key, now}
}

// Went notes that an item went as part of runs. Noting it twice is the same as once.
func (l *Lines) Went(ctx context.Context, ids []string, source, itemID string, m Mail) error {
	facts, err := json.Marshal(masked(m))
	if err != nil {
		return fmt.Errorf("cannot write a mail of a run: %w", err)
	}
	at, item := l.now(), l.key(source, itemID)
	return l.db.Update(ctx, func(tx *sql.Tx) error {
		stopped, err := hasCase(ctx, tx, ids)
		if err != nil {
			return err
		}
		keep := Keep
		if stopped {
			keep = KeepStopped
		}
		for _, id := range ids[:min(len(ids), maxRuns)] {
			if _, err := tx.ExecContext(ctx, `INSERT INTO run_mails (run, item, at, expires, facts) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (run, item) DO NOTHING`,
				id, item, store.Millis(at), store.Millis(at.Add(keep)), string(facts)); err != nil {
				return fmt.Errorf("cannot keep a mail of a run: %w", err)
			}
		}
		return nil
	})
}

func hasCase(ctx context.Context, tx *sql.Tx, ids []string) (bool, error) {
	in, args := tags(ids)
	if len(args) == 0 {
		return false, nil
	}
	var n int
	if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM case_words WHERE word IN (`+in+`) LIMIT 1) x`, args...).Scan(&n); err != nil {
		return false, fmt.Errorf("cannot look for the cases of a run: %w", err)
	}
	return n > 0, nil
}

// Stopped keeps the mails that went before a case of the run, within the transaction
// that makes the case.
func Stopped(ctx context.Context, tx *sql.Tx, ids []string, at time.Time) error {
	for _, id := range ids[:min(len(ids), maxRuns)] {
		if _, err := tx.ExecContext(ctx, `UPDATE run_mails SET expires = $2 WHERE run = $1 AND expires < $2`, id, store.Millis(at.Add(KeepStopped))); err != nil {
			return fmt.Errorf("cannot keep the mails of a run: %w", err)
		}
	}
	return nil
}

// Entry is the number of the register entry that the runs' last case has, "" where there
// is no case; within the transaction that makes the next case. Runs end by a pause, so
// that an old one is never gone on with.
func Entry(ctx context.Context, tx *sql.Tx, ids []string) (no string, err error) {
	in, args := tags(ids)
	if len(args) == 0 {
		return "", nil
	}
	err = tx.QueryRowContext(ctx, `SELECT draft_no FROM cases WHERE id = (SELECT MAX(case_id) FROM case_words WHERE word IN (`+in+`))`, args...).Scan(&no)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("cannot look for the register entry of a run: %w", err)
	}
	return no, nil
}

// Count says how many mails of the runs went, those that were released included, and
// how many are held or were stopped for good: each case is one, also where a mail server
// has parted one mail into several with the same content, one for each recipient.
func (l *Lines) Count(ctx context.Context, ids []string) (sent, held int, err error) {
	in, args := list(ids)
	if len(args) == 0 {
		return 0, 0, nil
	}
	if err := l.db.Read().QueryRowContext(ctx, `SELECT COUNT(DISTINCT item) FROM run_mails WHERE run IN (`+in+`)`, args...).Scan(&sent); err != nil {
		return 0, 0, fmt.Errorf("cannot count the mails of a run: %w", err)
	}
	in, args = tags(ids)
	var gone int
	if err := l.db.Read().QueryRowContext(ctx, `SELECT COUNT(*), COUNT(CASE WHEN state IN ('released', 'gone') THEN 1 END) FROM cases
		WHERE id IN (SELECT case_id FROM case_words WHERE word IN (`+in+`))`, args...).Scan(&held, &gone); err != nil {
		return 0, 0, fmt.Errorf("cannot count the cases of a run: %w", err)
	}
	return sent + gone, held - gone, nil
}

// Sent reads the mails that went without a case, the first first.
func (l *Lines) Sent(ctx context.Context, ids []string, limit int) ([]Mail, error) {
	in, args := list(ids)
	if len(args) == 0 {
		return nil, nil
	}
	rows, err := l.db.Read().QueryContext(ctx, fmt.Sprintf(`SELECT item, MIN(at), MIN(facts) FROM run_mails WHERE run IN (`+in+`) GROUP BY item ORDER BY 2, 1 LIMIT %d`, limit), args...)
	if err != nil {
		return nil, fmt.Errorf("cannot read the mails of a run: %w", err)
	}
	defer rows.Close()
	var mails []Mail
	for rows.Next() {
		var m Mail
		var item, facts string
		var at int64
		if err := rows.Scan(&item, &at, &facts); err != nil {
			return nil, fmt.Errorf("cannot read the mails of a run: %w", err)
		}
		if err := json.Unmarshal([]byte(facts), &m); err != nil {
			return nil, fmt.Errorf("cannot read a mail of a run: %w", err)
		}
		m.At = store.Time(at)
		mails = append(mails, m)
	}
	return mails, rows.Err()
}

// Cases are the ids of the cases of the runs, the oldest first.
func (l *Lines) Cases(ctx context.Context, ids []string, limit int) ([]string, error) {
	in, args := tags(ids)
	if len(args) == 0 {
		return nil, nil
	}
	rows, err := l.db.Read().QueryContext(ctx, fmt.Sprintf(`SELECT id FROM cases WHERE id IN (SELECT case_id FROM case_words WHERE word IN (`+in+`)) ORDER BY held_at, id LIMIT %d`, limit), args...)
	if err != nil {
		return nil, fmt.Errorf("cannot read the cases of a run: %w", err)
	}
	defer rows.Close()
	var cases []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("cannot read the cases of a run: %w", err)
		}
		cases = append(cases, id)
	}
	return cases, rows.Err()
}

// Sweep deletes what is no longer kept.
func (l *Lines) Sweep(ctx context.Context) error {
	return l.db.Update(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM run_mails WHERE expires <= $1`, store.Millis(l.now())); err != nil {
			return fmt.Errorf("cannot delete the mails of old runs: %w", err)
		}
		return nil
	})
}

// list gives placeholders and their values for an IN.
func list(ids []string) (marks string, args []any) {
	for i, id := range ids[:min(len(ids), maxRuns)] {
		marks += fmt.Sprintf(", $%d", i+1)
		args = append(args, id)
	}
	return strings.TrimPrefix(marks, ", "), args
}

func tags(ids []string) (marks string, args []any) {
	marks, args = list(ids)
	for i := range args {
		args[i] = finder.RunTag + ids[i]
	}
	return marks, args
}

func masked(m Mail) Mail {
	m.From, m.Subject = cut(detectors.RedactNumbers(m.From)), cut(detectors.Redact(m.Subject))
	to := make([]string, min(len(m.To), maxTo))
	for i := range to {
		to[i] = cut(detectors.RedactNumbers(m.To[i]))
	}
	m.To = to
	return m
}

func cut(s string) string {
	if len(s) > maxBytes {
		s = s[:maxBytes]
	}
	return s
}
