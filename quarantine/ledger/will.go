package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"golang.org/x/mod/sumdb/tlog"
)

// Will is what the ledger says people want done with a case: the last verb that moved
// it and whose it was, who has agreed to a release since it was last held, and how many
// people were to agree when it was.
type Will struct {
	Verb, Actor string
	Agreed      []string
	Approvers   int // 0 in lines of earlier versions
}

// ApproversDetail is the detail of a "held" line that says how many people must agree.
const ApproversDetail = "approvers"

// Will reads it from the case's lines, each of which must be what its hash says: a
// *BadLine says that one is not. It is what a decision is believed by, so that a row
// changed by hand in the database is not a decision.
func (l *Ledger) Will(ctx context.Context, caseID string) (Will, error) {
	var w Will
	lines, err := l.List(ctx, caseID)
	if err != nil {
		return w, err
	}
	for _, e := range lines {
		if err := l.prove(ctx, e.Seq); err != nil {
			return w, err
		}
		switch e.Verb {
		case "held":
			w = Will{}
			if n, err := strconv.Atoi(e.Detail[ApproversDetail]); err == nil {
				w.Approvers = n
			}
		case "release-failed", "reject-failed":
			w.Agreed = nil
		case "approved", "release-requested":
			if !slices.Contains(w.Agreed, e.Actor) {
				w.Agreed = append(w.Agreed, e.Actor)
			}
		case "reject-requested", "released", "rejected", "expired", "gone":
		default:
			continue // does not move the case
		}
		w.Verb, w.Actor = e.Verb, e.Actor
	}
	return w, nil
}

// prove compares one line with its own hash in the tree.
func (l *Ledger) prove(ctx context.Context, seq int64) error {
	var r row
	var hash []byte
	err := l.db.Read().QueryRowContext(ctx, `SELECT l.seq, l.case_id, l.leaf, p.salt, p.actor, p.detail, h.hash FROM ledger_lines l
		LEFT JOIN ledger_private p ON p.seq = l.seq LEFT JOIN ledger_hashes h ON h.idx = $2 WHERE l.seq = $1`, seq, tlog.StoredHashIndex(0, seq)).
		Scan(&r.seq, &r.caseID, &r.leaf, &r.salt, &r.actor, &r.detail, &hash)
	if errors.Is(err, sql.ErrNoRows) {
		return &BadLine{seq, "the line is missing"}
	}
	if err != nil {
		return fmt.Errorf("cannot read ledger line %d: %w", seq, err)
	}
	if _, why := r.wrong(seq); why != "" {
		return &BadLine{seq, why}
	}
	if want := tlog.RecordHash([]byte(r.leaf)); string(want[:]) != string(hash) {
		return &BadLine{seq, "its hash is not the recorded one: the line was changed"}
	}
	return nil
}
