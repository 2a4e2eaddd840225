package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// Head is the present commitment, to be sent outside: by mail to the DPO, to a
// syslog, onto the printed register.
func (l *Ledger) Head(ctx context.Context) (Head, error) {
	var h Head
	err := l.db.View(ctx, func(tx *sql.Tx) error {
		n, err := size(ctx, tx)
		if err != nil {
			return err
		}
		h, err = headOf(ctx, tx, n)
		return err
	})
	return h, err
}

func headOf(ctx context.Context, tx *sql.Tx, n int64) (Head, error) {
	root, err := tlog.TreeHash(n, reader(ctx, tx))
	if err != nil {
		return Head{}, fmt.Errorf("cannot read the ledger's root: %w", err)
	}
	return Head{Size: n, Root: root.String()}, nil
}

// Verify computes every hash anew, proves that the log of today begins with the logs
// that heads were taken of, and returns the number of lines. The error is a *BadLine
// naming the first line that is not what was written. A log that was cut short at its
// end, or written anew as a whole, verifies by itself: only a head from outside shows that.
func (l *Ledger) Verify(ctx context.Context, heads ...Head) (int64, error) {
	var n int64
	err := l.db.View(ctx, func(tx *sql.Tx) error {
		var err error
		if n, err = verify(ctx, tx); err != nil {
			return err
		}
		for _, head := range heads {
			if n < head.Size {
				return &BadLine{n, fmt.Sprintf("the ledger has %d lines, it once had %d", n, head.Size)}
			}
			now, err := headOf(ctx, tx, head.Size)
			if err != nil {
				return err
			}
			if now != head {
				return &BadLine{0, fmt.Sprintf("the first %d lines are not those the head was taken of", head.Size)}
			}
		}
		return nil
	})
	return n, err
}

// slack is how far a clock may be put right without a word; a decision waits two minutes
// at most for a mail server, and keeps the time at which it was taken.
const slack = 5 * time.Minute

// TurnedBack are the lines that say they were written well before the one before them. Lines stand in the order of their writing, so the machine's clock was set back
// there: an honest correction, or somebody who wanted to decide at another time.
func (l *Ledger) TurnedBack(ctx context.Context) ([]int64, error) {
	rows, err := l.db.Read().QueryContext(ctx, `SELECT seq, leaf FROM ledger_lines ORDER BY seq`)
	if err != nil {
		return nil, fmt.Errorf("cannot read the ledger: %w", err)
	}
	defer rows.Close()
	var back []int64
	var latest int64
	for rows.Next() {
		var seq int64
		var text string
		var lf leaf
		if err := rows.Scan(&seq, &text); err != nil {
			return nil, fmt.Errorf("cannot read the ledger: %w", err)
		}
		if err := json.Unmarshal([]byte(text), &lf); err != nil {
			return nil, &BadLine{seq, "not readable"}
		}
		if lf.At < latest-slack.Milliseconds() {
			back = append(back, seq)
		}
		latest = lf.At
	}
	return back, rows.Err()
}

// verify walks the lines in order and rebuilds the tree in memory: 64 bytes a line.
func verify(ctx context.Context, tx *sql.Tx) (int64, error) {
	stored, err := storedHashes(ctx, tx)
	if err != nil {
		return 0, err
	}
	rows, err := tx.QueryContext(ctx, `SELECT l.seq, l.case_id, l.leaf, p.salt, p.actor, p.detail FROM ledger_lines l LEFT JOIN ledger_private p ON p.seq = l.seq ORDER BY l.seq`)
	if err != nil {
		return 0, fmt.Errorf("cannot read the ledger: %w", err)
	}
	defer rows.Close()
	var n int64
	computed := make([]tlog.Hash, 0, len(stored))
	silent := make(map[string]int64) // case → its first line without actor that no erasure explains yet
	for rows.Next() {
		var r row
		if err := rows.Scan(&r.seq, &r.caseID, &r.leaf, &r.salt, &r.actor, &r.detail); err != nil {
			return n, &BadLine{n, "not readable"}
		}
		verb, why := r.wrong(n)
		if why != "" {
			return n, &BadLine{n, why}
		}
		if verb == ErasedVerb {
			delete(silent, r.caseID)
		}
		if _, known := silent[r.caseID]; !r.actor.Valid && !known {
			silent[r.caseID] = n
		}
		hashes, err := tlog.StoredHashes(n, []byte(r.leaf), inMemory(computed))
		if err != nil {
			return n, fmt.Errorf("cannot hash ledger line %d: %w", n, err)
		}
		for i, h := range hashes {
			at := len(computed) + i
			if at >= len(stored) || stored[at] != h {
				return n, &BadLine{n, "its hash is not the recorded one: the line was changed"}
			}
		}
		computed = append(computed, hashes...)
		n++
	}
	if err := rows.Err(); err != nil {
		return n, fmt.Errorf("cannot read the ledger: %w", err)
	}
	if len(computed) != len(stored) {
		return n, &BadLine{n, "the line is missing, its hash is still there"}
	}
	if len(silent) > 0 {
		return n, &BadLine{slices.Min(slices.Collect(maps.Values(silent))), "its actor and detail are gone, and no line tells of an erasure"}
	}
	return n, nil
}

type row struct {
	seq           int64
	caseID, leaf  string
	salt          []byte
	actor, detail sql.NullString
}

// wrong says what does not fit together within the line that should be number n.
func (r *row) wrong(n int64) (verb, why string) {
	if r.seq != n {
		return "", "the line is missing"
	}
	var lf leaf
	if err := json.Unmarshal([]byte(r.leaf), &lf); err != nil {
		return "", "not readable"
	}
	switch {
	case lf.Seq != n:
		return "", fmt.Sprintf("in its place stands line %d", lf.Seq)
	case lf.Case != r.caseID:
		return "", "it was moved to another case"
	case r.actor.Valid && privateHash(r.salt, r.actor.String, r.detail.String) != lf.Private:
		return "", "its actor or detail was changed"
	}
	return lf.Verb, ""
}

func storedHashes(ctx context.Context, tx *sql.Tx) ([]tlog.Hash, error) {
	rows, err := tx.QueryContext(ctx, `SELECT idx, hash FROM ledger_hashes ORDER BY idx`)
	if err != nil {
		return nil, fmt.Errorf("cannot read the ledger's hashes: %w", err)
	}
	defer rows.Close()
	var list []tlog.Hash
	for rows.Next() {
		var idx int64
		var b []byte
		if err := rows.Scan(&idx, &b); err != nil {
			return nil, fmt.Errorf("cannot read the ledger's hashes: %w", err)
		}
		var h tlog.Hash
		copy(h[:], b)
		if idx != int64(len(list)) || len(b) != tlog.HashSize {
			// A hole: what follows cannot stand at its place, so compare against
			// nothing there and let the line be named.
			return list, rows.Err()
		}
		list = append(list, h)
	}
	return list, rows.Err()
}

func inMemory(hashes []tlog.Hash) tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		list := make([]tlog.Hash, len(indexes))
		for i, idx := range indexes {
			if idx >= int64(len(hashes)) {
				return nil, errors.New("hash beyond the log")
			}
			list[i] = hashes[idx]
		}
		return list, nil
	})
}
