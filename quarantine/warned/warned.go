// Package warned keeps a masked line about every item that went with a warning or
// with parts that nobody could read, for as long as somebody may want to look into
// it. It keeps no content, and the lines go by themselves.
package warned

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"brevvagt/detectors"
	"brevvagt/internal/store"

	"github.com/oklog/ulid/v2"
)

// Warning is one item that went. All texts are masked when it is added.
type Warning struct {
	ID      string    `json:"-"`
	At      time.Time `json:"-"`
	Source  string    `json:"source"`
	Kind    string    `json:"kind"`
	From    string    `json:"from"`
	To      []string  `json:"to"`
	Subject string    `json:"subject"`
	Rules   []Rule    `json:"rules"`
	Gaps    []string  `json:"gaps"` // one Danish line each
}

// Rule is why there was a warning, in words.
type Rule struct {
	ID      string `json:"id"`
	Danish  string `json:"da"`
	English string `json:"en"`
}

// Bounds of what is kept of one item.
const (
	maxAddresses = 20
	maxLines     = 20
	maxBytes     = 600 // of a text
)

// Lines keeps the warnings in a store. It is safe for concurrent use.
type Lines struct {
	db   *store.DB
	keep time.Duration
	now  func() time.Time
}

// New gives the warnings in db, each kept for so long.
func New(db *store.DB, keep time.Duration, now func() time.Time) *Lines {
	if now == nil {
		now = time.Now
	}
	return &Lines{db, keep, now}
}

// Add keeps a warning.
func (l *Lines) Add(ctx context.Context, w Warning) error {
	at := l.now().UTC()
	id, err := ulid.New(ulid.Timestamp(at), rand.Reader)
	if err != nil {
		return fmt.Errorf("cannot name a warning: %w", err)
	}
	facts, err := json.Marshal(masked(w))
	if err != nil {
		return fmt.Errorf("cannot write a warning: %w", err)
	}
	return l.db.Update(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO warned (id, at, expires, facts) VALUES ($1, $2, $3, $4)`, id.String(), store.Millis(at), store.Millis(at.Add(l.keep)), string(facts))
		if err != nil {
			return fmt.Errorf("cannot keep a warning: %w", err)
		}
		return nil
	})
}

func masked(w Warning) Warning {
	name := func(s string) string { return cut(detectors.RedactNumbers(s)) }
	w.From, w.Subject = name(w.From), cut(detectors.Redact(w.Subject))
	to := make([]string, min(len(w.To), maxAddresses))
	for i := range to {
		to[i] = name(w.To[i])
	}
	w.To = to
	gaps := make([]string, min(len(w.Gaps), maxLines))
	for i := range gaps {
		gaps[i] = name(w.Gaps[i])
	}
	w.Gaps = gaps
	rules := make([]Rule, min(len(w.Rules), maxLines))
	for i := range rules {
		r := w.Rules[i]
		rules[i] = Rule{r.ID, cut(detectors.Redact(r.Danish)), cut(detectors.Redact(r.English))}
	}
	w.Rules = rules
	return w
}

func cut(s string) string {
	if len(s) > maxBytes {
		s = s[:maxBytes]
	}
	return s
}

// List reads warnings that have not expired, the newest first, and how many there are.
func (l *Lines) List(ctx context.Context, limit, offset int) ([]Warning, int, error) {
	now := store.Millis(l.now())
	var total int
	if err := l.db.Read().QueryRowContext(ctx, `SELECT COUNT(*) FROM warned WHERE expires > $1`, now).Scan(&total); err != nil {
		return nil, 0, fmt.Errorf("cannot count warnings: %w", err)
	}
	rows, err := l.db.Read().QueryContext(ctx, `SELECT id, at, facts FROM warned WHERE expires > $1 ORDER BY at DESC, id DESC LIMIT $2 OFFSET $3`, now, limit, offset)
	if err != nil {
		return nil, 0, fmt.Errorf("cannot read warnings: %w", err)
	}
	defer rows.Close()
	var list []Warning
	for rows.Next() {
		var w Warning
		var at int64
		var facts string
		if err := rows.Scan(&w.ID, &at, &facts); err != nil {
			return nil, 0, fmt.Errorf("cannot read warnings: %w", err)
		}
		if err := json.Unmarshal([]byte(facts), &w); err != nil {
			return nil, 0, fmt.Errorf("cannot read warning %s: %w", w.ID, err)
		}
		w.At = store.Time(at)
		list = append(list, w)
	}
	return list, total, rows.Err()
}

// Sweep deletes what has expired and says how many.
func (l *Lines) Sweep(ctx context.Context) (n int64, err error) {
	err = l.db.Update(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `DELETE FROM warned WHERE expires <= $1`, store.Millis(l.now()))
		if err != nil {
			return fmt.Errorf("cannot delete old warnings: %w", err)
		}
		n, err = res.RowsAffected()
		return err
	})
	return n, err
}
