// Package casework is what people do with a case besides deciding it: notes,
// handing it to a colleague, and false alarms, from which exceptions are made that
// end by themselves. Every text is checked like the register's, and every act is a
// line in the ledger.
package casework

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"brevvagt/internal/store"
	"brevvagt/quarantine/ledger"

	"github.com/oklog/ulid/v2"
)

// Config is what New needs; Now may be nil.
type Config struct {
	Store  *store.DB
	Ledger *ledger.Ledger
	Check  func(text string) error // refuses a text that may not be kept
	Now    func() time.Time
}

// Work is safe for concurrent use.
type Work struct{ Config }

// New makes the work on cases.
func New(cfg Config) *Work {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Work{cfg}
}

// The kinds of notes.
const (
	Plain      = "note"
	Asked      = "asked"       // the sender was asked; the text is the question
	FalseAlarm = "false-alarm" // the hold was no use; counts against the rules' precision

	// What the sender wrote through the link in his notice.
	SenderReason = "sender-reason"
	SenderAsks   = "sender-asks"
	SenderSecure = "sender-secure" // wants it sent by a secure route
)

// Note is a line that people wrote on a case.
type Note struct {
	At   time.Time
	By   string
	Kind string
	Text string
}

// Errors that callers tell apart.
var (
	ErrText   = errors.New("a text is required, of at most 2,000 characters")
	ErrExpiry = errors.New("an exception ends within a year")
	ErrScope  = errors.New("an exception is for a rule and a sender")
)

const maxText = 4 << 10

// maxExpiry is how long an exception may last.
const maxExpiry = 366 * 24 * time.Hour

func (k *Work) stamp() time.Time { return k.Now().UTC().Truncate(time.Millisecond) }

func (k *Work) checked(text string) (string, error) {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > maxText {
		return "", ErrText
	}
	return text, k.Check(text)
}

// AddNote writes a note on a case.
func (k *Work) AddNote(ctx context.Context, by, caseID, kind, text string) error {
	text, err := k.checked(text)
	if err != nil {
		return err
	}
	return k.Store.Update(ctx, func(tx *sql.Tx) error { return k.Write(ctx, tx, by, caseID, kind, text) })
}

// Write writes a note within tx, so that it stands or falls with what it tells of.
// The text must have been checked.
func (k *Work) Write(ctx context.Context, tx *sql.Tx, by, caseID, kind, text string) error {
	at := k.stamp()
	if err := k.note(ctx, tx, at, by, caseID, kind, text); err != nil {
		return err
	}
	return k.tell(ctx, tx, at, by, "case-"+kind, caseID, map[string]string{"text": text})
}

func (k *Work) note(ctx context.Context, tx *sql.Tx, at time.Time, by, caseID, kind, text string) error {
	id, err := ulid.New(ulid.Timestamp(at), rand.Reader)
	if err != nil {
		return fmt.Errorf("cannot name a note: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO case_notes (id, case_id, at, actor, kind, text) VALUES ($1, $2, $3, $4, $5, $6)`, id.String(), caseID, store.Millis(at), by, kind, text); err != nil {
		return fmt.Errorf("cannot keep a note on case %s: %w", caseID, err)
	}
	return nil
}

func (k *Work) tell(ctx context.Context, tx *sql.Tx, at time.Time, by, verb, caseID string, detail map[string]string) error {
	_, err := k.Ledger.Append(ctx, tx, ledger.Entry{At: at, Actor: by, Verb: verb, Case: caseID, Detail: detail})
	return err
}

// Notes reads the notes of a case, the oldest first.
func (k *Work) Notes(ctx context.Context, caseID string) ([]Note, error) {
	rows, err := k.Store.Read().QueryContext(ctx, `SELECT at, actor, kind, text FROM case_notes WHERE case_id = $1 ORDER BY at, id LIMIT 200`, caseID)
	if err != nil {
		return nil, fmt.Errorf("cannot read the notes of case %s: %w", caseID, err)
	}
	defer rows.Close()
	var list []Note
	for rows.Next() {
		var n Note
		var at int64
		if err := rows.Scan(&at, &n.By, &n.Kind, &n.Text); err != nil {
			return nil, fmt.Errorf("cannot read the notes of case %s: %w", caseID, err)
		}
		n.At = store.Time(at)
		list = append(list, n)
	}
	return list, rows.Err()
}

// Hand gives a case to a colleague, or to nobody with "".
func (k *Work) Hand(ctx context.Context, by, caseID, to string) error {
	at := k.stamp()
	return k.Store.Update(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE cases SET assigned = $2 WHERE id = $1`, caseID, to)
		if err != nil {
			return fmt.Errorf("cannot hand over case %s: %w", caseID, err)
		}
		if n, err := res.RowsAffected(); err != nil || n != 1 {
			return fmt.Errorf("cannot hand over case %.40q: no such case", caseID)
		}
		return k.tell(ctx, tx, at, by, "case-handed", caseID, map[string]string{"to": to})
	})
}

// Exception is a false alarm that shall not be raised again: a rule does not count
// for mails from a sender, to one domain or to all, until it ends.
type Exception struct {
	ID      string
	Rule    string
	Sender  string // lower case
	Domain  string // of all recipients outside the sender's own domain; "" is any
	Reason  string
	By      string
	CaseID  string
	Created time.Time
	Expires time.Time
	Ended   time.Time // by somebody before its time; zero otherwise
}

// Active reports whether it counts at a time.
func (e *Exception) Active(at time.Time) bool { return e.Ended.IsZero() && at.Before(e.Expires) }

// Covers reports whether a rule that fired on a mail is excepted.
func (e *Exception) Covers(rule, from string, to []string, at time.Time) bool {
	if rule != e.Rule || strings.ToLower(from) != e.Sender || !e.Active(at) {
		return false
	}
	if e.Domain == "" {
		return true
	}
	outside := 0
	for _, a := range to {
		switch domainOf(a) {
		case domainOf(from):
		case e.Domain:
			outside++
		default:
			return false
		}
	}
	return outside > 0
}

func domainOf(address string) string {
	return strings.ToLower(strings.Trim(address[strings.LastIndexByte(address, '@')+1:], "> "))
}

// Except notes a false alarm on a case and makes an exception of it. With an empty
// rule only the false alarm is noted.
func (k *Work) Except(ctx context.Context, by string, e Exception) error {
	reason, err := k.checked(e.Reason)
	if err != nil {
		return err
	}
	at := k.stamp()
	if e.Rule != "" {
		if e.Sender == "" || e.CaseID == "" {
			return ErrScope
		}
		if !e.Expires.After(at) || e.Expires.Sub(at) > maxExpiry {
			return ErrExpiry
		}
	}
	id, err := ulid.New(ulid.Timestamp(at), rand.Reader)
	if err != nil {
		return fmt.Errorf("cannot name an exception: %w", err)
	}
	return k.Store.Update(ctx, func(tx *sql.Tx) error {
		if err := k.note(ctx, tx, at, by, e.CaseID, FalseAlarm, reason); err != nil {
			return err
		}
		if err := k.tell(ctx, tx, at, by, "case-"+FalseAlarm, e.CaseID, map[string]string{"text": reason}); err != nil || e.Rule == "" {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO exceptions (id, rule, sender, domain, reason, made_by, case_id, created, expires) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			id.String(), e.Rule, strings.ToLower(e.Sender), strings.ToLower(e.Domain), reason, by, e.CaseID, store.Millis(at), store.Millis(e.Expires)); err != nil {
			return fmt.Errorf("cannot keep an exception: %w", err)
		}
		return k.tell(ctx, tx, at, by, "exception-created", e.CaseID, map[string]string{"rule": e.Rule, "expires": e.Expires.Format(time.DateOnly)})
	})
}

// End ends an exception before its time.
func (k *Work) End(ctx context.Context, by, id string) error {
	at := k.stamp()
	return k.Store.Update(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE exceptions SET ended = $2 WHERE id = $1 AND ended = 0`, id, store.Millis(at))
		if err != nil {
			return fmt.Errorf("cannot end an exception: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || n != 1 {
			return ErrScope
		}
		return k.tell(ctx, tx, at, by, "exception-ended", "", map[string]string{"exception": id})
	})
}

// Exceptions reads all exceptions, those that end last first; active leaves out the
// others.
func (k *Work) Exceptions(ctx context.Context, active bool) ([]Exception, error) {
	after := int64(0)
	if active {
		after = store.Millis(k.Now())
	}
	rows, err := k.Store.Read().QueryContext(ctx, `SELECT id, rule, sender, domain, reason, made_by, case_id, created, expires, ended FROM exceptions
		WHERE expires > $1 ORDER BY expires DESC, id LIMIT 1000`, after)
	if err != nil {
		return nil, fmt.Errorf("cannot read the exceptions: %w", err)
	}
	defer rows.Close()
	var list []Exception
	for rows.Next() {
		var e Exception
		var created, expires, ended int64
		if err := rows.Scan(&e.ID, &e.Rule, &e.Sender, &e.Domain, &e.Reason, &e.By, &e.CaseID, &created, &expires, &ended); err != nil {
			return nil, fmt.Errorf("cannot read the exceptions: %w", err)
		}
		e.Created, e.Expires, e.Ended = store.Time(created), store.Time(expires), store.Time(ended)
		if !active || e.Active(k.Now()) {
			list = append(list, e)
		}
	}
	return list, rows.Err()
}
