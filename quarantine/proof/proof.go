// Package proof remembers what was proven and when: that a canary mail was held on
// its way, and how a recipient's domain was to be reached when a mail left.
//
// Glossary: a canary (Danish: kanarie, prøvemail) is a mail of our own with a
// synthetic number that must be held.
package proof

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"brevvagt/detectors"
	"brevvagt/internal/store"
)

// Canary is the state of one way that is tried with canary mails.
type Canary struct {
	Name    string    // of the way, such as "mail"
	Tried   time.Time // the last try
	Proven  time.Time // the last try that was held; zero if none ever was
	CaseID  string    // of that try
	Trouble string    // why the last try failed, "" if it did not; never content
}

// Good reports whether the last try was held.
func (c Canary) Good() bool { return !c.Proven.IsZero() && c.Trouble == "" }

// Held notes a canary that was held.
func Held(ctx context.Context, db *store.DB, name, caseID string, at time.Time) error {
	return upsert(ctx, db, `INSERT INTO proofs (name, tried, proven, case_id) VALUES ($1, $2, $2, $3)
		ON CONFLICT (name) DO UPDATE SET tried = $2, proven = $2, case_id = $3, trouble = ''`, name, store.Millis(at), caseID)
}

// Failed notes a canary that was not held, or could not be sent.
func Failed(ctx context.Context, db *store.DB, name, trouble string, at time.Time) error {
	trouble = detectors.Redact(strings.ToValidUTF8(trouble, "?"))
	if len(trouble) > maxTrouble {
		trouble = strings.ToValidUTF8(trouble[:maxTrouble], "")
	}
	return upsert(ctx, db, `INSERT INTO proofs (name, tried, trouble) VALUES ($1, $2, $3)
		ON CONFLICT (name) DO UPDATE SET tried = $2, trouble = $3`, name, store.Millis(at), trouble)
}

// maxTrouble bounds what is kept of an error, in bytes.
const maxTrouble = 500

func upsert(ctx context.Context, db *store.DB, query string, args ...any) error {
	err := db.Update(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	})
	if err != nil {
		return fmt.Errorf("cannot note the proof: %w", err)
	}
	return nil
}

// LastCanary is the state of a way; its zero value with the name says that none
// was ever sent.
func LastCanary(ctx context.Context, db *store.DB, name string) (Canary, error) {
	c := Canary{Name: name}
	var tried, proven int64
	err := db.Read().QueryRowContext(ctx, `SELECT tried, proven, case_id, trouble FROM proofs WHERE name = $1`, name).
		Scan(&tried, &proven, &c.CaseID, &c.Trouble)
	if errors.Is(err, sql.ErrNoRows) {
		return c, nil
	}
	if err != nil {
		return c, fmt.Errorf("cannot read the proof: %w", err)
	}
	c.Tried, c.Proven = store.Time(tried), store.Time(proven)
	return c, nil
}

// Transport is how a domain was to be reached when a mail left.
type Transport struct {
	Domain string
	Method string // operator, dane, mta-sts, internal, or none
	Source string // where that is known from, such as a list's name
	Answer string // what the mail server was told to insist on
	At     time.Time
}

// Transports keeps proofs of transport by message id. The id itself is not kept,
// only its keyed digest: an id can hold an address.
type Transports struct {
	DB  *store.DB
	Key []byte
}

func (t Transports) digest(messageID string) []byte {
	mac := hmac.New(sha256.New, t.Key)
	_, _ = mac.Write([]byte("transport\x00" + strings.Trim(messageID, "<> \r\n\t")))
	return mac.Sum(nil)
}

// Keep notes how the domains of a mail were to be reached. A mail without an id
// keeps nothing.
func (t Transports) Keep(ctx context.Context, messageID string, list []Transport) error {
	if strings.Trim(messageID, "<> ") == "" || len(list) == 0 {
		return nil
	}
	id := t.digest(messageID)
	err := t.DB.Update(ctx, func(tx *sql.Tx) error {
		for _, p := range list {
			_, err := tx.ExecContext(ctx, `INSERT INTO transports (message, domain, method, source, answer, at) VALUES ($1, $2, $3, $4, $5, $6)
				ON CONFLICT (message, domain) DO UPDATE SET method = $3, source = $4, answer = $5, at = $6`,
				id, detectors.RedactNumbers(p.Domain), p.Method, p.Source, p.Answer, store.Millis(p.At))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("cannot keep the proof of transport: %w", err)
	}
	return nil
}

// Of lists the proofs of a message id by domain.
func (t Transports) Of(ctx context.Context, messageID string) ([]Transport, error) {
	rows, err := t.DB.Read().QueryContext(ctx, `SELECT domain, method, source, answer, at FROM transports WHERE message = $1 ORDER BY domain`, t.digest(messageID))
	if err != nil {
		return nil, fmt.Errorf("cannot read proofs of transport: %w", err)
	}
	defer rows.Close()
	var list []Transport
	for rows.Next() {
		var p Transport
		var at int64
		if err := rows.Scan(&p.Domain, &p.Method, &p.Source, &p.Answer, &at); err != nil {
			return nil, fmt.Errorf("cannot read proofs of transport: %w", err)
		}
		p.At = store.Time(at)
		list = append(list, p)
	}
	return list, rows.Err()
}

// Promised is what was last promised for a domain since a time, "" if nothing was.
func (t Transports) Promised(ctx context.Context, domain string, since time.Time) (string, error) {
	var answer string
	err := t.DB.Read().QueryRowContext(ctx, `SELECT answer FROM transports WHERE domain = $1 AND at >= $2 ORDER BY at DESC LIMIT 1`,
		detectors.RedactNumbers(domain), store.Millis(since)).Scan(&answer)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("cannot read what was promised: %w", err)
	}
	return answer, nil
}

// Expire forgets proofs of transport from before the given time.
func (t Transports) Expire(ctx context.Context, before time.Time) error {
	err := t.DB.Update(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM transports WHERE at < $1`, store.Millis(before))
		return err
	})
	if err != nil {
		return fmt.Errorf("cannot forget old proofs of transport: %w", err)
	}
	return nil
}
