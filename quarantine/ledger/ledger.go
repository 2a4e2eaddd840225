// Package ledger is the append-only account of who did what with which case. Each
// line is a leaf of a transparency log (RFC 6962, golang.org/x/mod/sumdb/tlog), so
// a changed, removed or inserted line shows, and a head kept outside the machine
// also shows a log that was cut short or rewritten as a whole.
//
// A leaf holds no personal data: actor and detail stand beside it and only their
// salted hash is in the leaf, so they can be erased without breaking the chain.
package ledger

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"brevvagt/internal/store"

	"golang.org/x/mod/sumdb/tlog"
)

// Entry is one line.
type Entry struct {
	Seq    int64     // counted from 0, given by Append
	At     time.Time // kept to the millisecond
	Actor  string    // account name, or "brevvagt" for the program itself
	Verb   string    // "held", "released", "picture-shown", ...
	Case   string    // case id, or "" for what concerns no case
	Detail map[string]string
	// Erased says that actor and detail were removed; the line itself still counts.
	Erased bool
}

// Head is a commitment to the whole log: so many lines with this root. Keep it
// outside the machine; Verify later proves that nothing before it changed.
type Head struct {
	Size int64
	Root string // base64, as tlog prints it
}

// BadLine is the first line that is not what was written.
type BadLine struct {
	Seq int64
	Why string
}

func (b *BadLine) Error() string { return fmt.Sprintf("ledger line %d: %s", b.Seq, b.Why) }

// Ledger reads and writes the log in a store.
type Ledger struct{ db *store.DB }

// New gives the ledger in db.
func New(db *store.DB) *Ledger { return &Ledger{db} }

// leaf is the canonical form: encoding/json writes struct fields in this order.
type leaf struct {
	Seq     int64  `json:"seq"`
	At      int64  `json:"at"` // epoch milliseconds
	Verb    string `json:"verb"`
	Case    string `json:"case,omitempty"`
	Private string `json:"private"` // hex SHA-256 of salt, actor and detail
}

// Append adds a line within tx, so that it stands or falls with the change it
// tells of. It returns the line's number.
func (l *Ledger) Append(ctx context.Context, tx *sql.Tx, e Entry) (int64, error) {
	if e.Verb == "" || e.Actor == "" {
		return 0, errors.New("a ledger line needs an actor and a verb")
	}
	seq, err := size(ctx, tx)
	if err != nil {
		return 0, err
	}
	detail, err := canonical(e.Detail)
	if err != nil {
		return 0, err
	}
	salt := make([]byte, 16)
	rand.Read(salt) // never fails, see crypto/rand
	text, err := json.Marshal(leaf{Seq: seq, At: store.Millis(e.At), Verb: e.Verb, Case: e.Case,
		Private: privateHash(salt, e.Actor, detail)})
	if err != nil {
		return 0, fmt.Errorf("cannot write ledger line %d: %w", seq, err)
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO ledger_lines (seq, case_id, leaf) VALUES ($1, $2, $3)`, seq, e.Case, string(text)); err != nil {
		return 0, fmt.Errorf("cannot write ledger line %d: %w", seq, err)
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO ledger_private (seq, salt, actor, detail) VALUES ($1, $2, $3, $4)`, seq, salt, e.Actor, detail); err != nil {
		return 0, fmt.Errorf("cannot write ledger line %d: %w", seq, err)
	}
	return seq, appendHashes(ctx, tx, seq, text)
}

func appendHashes(ctx context.Context, tx *sql.Tx, seq int64, text []byte) error {
	hashes, err := tlog.StoredHashes(seq, text, reader(ctx, tx))
	if err != nil {
		return fmt.Errorf("cannot hash ledger line %d: %w", seq, err)
	}
	first := tlog.StoredHashIndex(0, seq)
	for i, h := range hashes {
		if _, err := tx.ExecContext(ctx, `INSERT INTO ledger_hashes (idx, hash) VALUES ($1, $2)`, first+int64(i), h[:]); err != nil {
			return fmt.Errorf("cannot write the hashes of ledger line %d: %w", seq, err)
		}
	}
	return nil
}

// Once adds a line about a case by itself, unless the same actor has one of the same verb
// there that is younger than quiet: what people do again and again is then one line.
func (l *Ledger) Once(ctx context.Context, e Entry, quiet time.Duration) error {
	// Mostly there is one, and nobody has to wait for those who write.
	if there, err := l.has(ctx, l.db.Read(), e, quiet); err != nil || there {
		return err
	}
	return l.db.Update(ctx, func(tx *sql.Tx) error {
		if there, err := l.has(ctx, tx, e, quiet); err != nil || there {
			return err
		}
		_, err := l.Append(ctx, tx, e)
		return err
	})
}

func (l *Ledger) has(ctx context.Context, q querier, e Entry, quiet time.Duration) (bool, error) {
	lines, err := l.query(ctx, q, `WHERE l.case_id = $1 AND p.actor = $2`, e.Case, e.Actor)
	return slices.ContainsFunc(lines, func(was Entry) bool {
		return was.Verb == e.Verb && e.At.Sub(was.At) < quiet && was.At.Sub(e.At) < quiet // also where the clock was set back
	}), err
}

// List gives the lines of one case, oldest first.
func (l *Ledger) List(ctx context.Context, caseID string) ([]Entry, error) {
	return l.query(ctx, l.db.Read(), `WHERE l.case_id = $1 ORDER BY l.seq`, caseID)
}

// Page gives up to limit lines from line number from on, oldest first.
func (l *Ledger) Page(ctx context.Context, from int64, limit int) ([]Entry, error) {
	return l.query(ctx, l.db.Read(), `WHERE l.seq >= $1 ORDER BY l.seq LIMIT $2`, from, limit)
}

func (l *Ledger) query(ctx context.Context, q querier, where string, args ...any) ([]Entry, error) {
	rows, err := q.QueryContext(ctx, `SELECT l.seq, l.leaf, p.actor, p.detail FROM ledger_lines l LEFT JOIN ledger_private p ON p.seq = l.seq `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("cannot read the ledger: %w", err)
	}
	defer rows.Close()
	var list []Entry
	for rows.Next() {
		var seq int64
		var text string
		var actor, detail sql.NullString
		if err := rows.Scan(&seq, &text, &actor, &detail); err != nil {
			return nil, fmt.Errorf("cannot read the ledger: %w", err)
		}
		var lf leaf
		if err := json.Unmarshal([]byte(text), &lf); err != nil {
			return nil, &BadLine{seq, "not readable"}
		}
		e := Entry{Seq: seq, At: store.Time(lf.At), Actor: actor.String, Verb: lf.Verb, Case: lf.Case, Erased: !actor.Valid}
		if actor.Valid {
			if err := json.Unmarshal([]byte(detail.String), &e.Detail); err != nil {
				return nil, &BadLine{seq, "detail not readable"}
			}
		}
		list = append(list, e)
	}
	return list, rows.Err()
}

// ErasedVerb is the verb of the line that tells of an erasure. Only before such a line of
// its case may a line be without actor and detail.
const ErasedVerb = "findings-deleted"

// Erase removes actor and detail of a case's lines, as a duty to erase may ask, and adds
// a line that tells of it, with a person's reason where there is one. The lines themselves, their verbs and times stay and still verify.
func (l *Ledger) Erase(ctx context.Context, tx *sql.Tx, caseID, actor, reason string, at time.Time) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM ledger_private WHERE seq IN (SELECT seq FROM ledger_lines WHERE case_id = $1)`, caseID)
	if err != nil {
		return fmt.Errorf("cannot erase the private part of case %s: %w", caseID, err)
	}
	e := Entry{At: at, Actor: actor, Verb: ErasedVerb, Case: caseID}
	if reason != "" {
		e.Detail = map[string]string{"reason": reason}
	}
	_, err = l.Append(ctx, tx, e)
	return err
}

// canonical writes detail with sorted keys; encoding/json sorts the keys of maps.
func canonical(detail map[string]string) (string, error) {
	if detail == nil {
		detail = map[string]string{}
	}
	b, err := json.Marshal(detail)
	if err != nil {
		return "", fmt.Errorf("cannot write ledger detail: %w", err)
	}
	return string(b), nil
}

func privateHash(salt []byte, actor, detail string) string {
	h := sha256.New()
	fmt.Fprintf(h, "%x\n%d\n%s\n%d\n%s", salt, len(actor), actor, len(detail), detail)
	return hex.EncodeToString(h.Sum(nil))
}

// querier is what both a transaction and the read pool can do.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func size(ctx context.Context, q querier) (int64, error) {
	var n int64
	if err := q.QueryRowContext(ctx, `SELECT COALESCE(MAX(seq) + 1, 0) FROM ledger_lines`).Scan(&n); err != nil {
		return 0, fmt.Errorf("cannot read the ledger's size: %w", err)
	}
	return n, nil
}

func reader(ctx context.Context, q querier) tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		list := make([]tlog.Hash, len(indexes))
		for i, idx := range indexes {
			var b []byte
			if err := q.QueryRowContext(ctx, `SELECT hash FROM ledger_hashes WHERE idx = $1`, idx).Scan(&b); err != nil {
				return nil, fmt.Errorf("hash %d: %w", idx, err)
			}
			if len(b) != tlog.HashSize {
				return nil, fmt.Errorf("hash %d has %d bytes", idx, len(b))
			}
			copy(list[i][:], b)
		}
		return list, nil
	})
}
