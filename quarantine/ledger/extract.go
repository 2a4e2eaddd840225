package ledger

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// Proved is a line of the ledger that can be checked far from it: with its leaf, what
// the leaf's private hash was made of, and the proof that the leaf stands in the log
// that a head was taken of.
type Proved struct {
	Seq    int64    `json:"seq"`
	Leaf   string   `json:"leaf"`
	Salt   string   `json:"salt,omitempty"` // hex; empty, with actor and detail, when erased
	Actor  string   `json:"actor,omitempty"`
	Detail string   `json:"detail,omitempty"`
	Proof  []string `json:"proof"` // hashes as tlog prints them
}

// Extract is what is handed out of the ledger about one case.
type Extract struct {
	Head  Head     `json:"head"`
	Lines []Proved `json:"lines"`
}

// Extract gives the lines of a case with their proofs against the head of now.
func (l *Ledger) Extract(ctx context.Context, caseID string) (*Extract, error) {
	x := &Extract{}
	err := l.db.View(ctx, func(tx *sql.Tx) error {
		n, err := size(ctx, tx)
		if err != nil {
			return err
		}
		if x.Head, err = headOf(ctx, tx, n); err != nil {
			return err
		}
		if x.Lines, err = linesOf(ctx, tx, caseID); err != nil {
			return err
		}
		for i := range x.Lines {
			p, err := tlog.ProveRecord(n, x.Lines[i].Seq, reader(ctx, tx))
			if err != nil {
				return fmt.Errorf("cannot prove ledger line %d: %w", x.Lines[i].Seq, err)
			}
			for _, h := range p {
				x.Lines[i].Proof = append(x.Lines[i].Proof, h.String())
			}
		}
		return nil
	})
	return x, err
}

func linesOf(ctx context.Context, tx *sql.Tx, caseID string) ([]Proved, error) {
	rows, err := tx.QueryContext(ctx, `SELECT l.seq, l.leaf, p.salt, p.actor, p.detail FROM ledger_lines l LEFT JOIN ledger_private p ON p.seq = l.seq WHERE l.case_id = $1 ORDER BY l.seq`, caseID)
	if err != nil {
		return nil, fmt.Errorf("cannot read the ledger: %w", err)
	}
	defer rows.Close()
	var list []Proved
	for rows.Next() {
		var p Proved
		var salt []byte
		var actor, detail sql.NullString
		if err := rows.Scan(&p.Seq, &p.Leaf, &salt, &actor, &detail); err != nil {
			return nil, fmt.Errorf("cannot read the ledger: %w", err)
		}
		p.Salt, p.Actor, p.Detail = hex.EncodeToString(salt), actor.String, detail.String
		list = append(list, p)
	}
	return list, rows.Err()
}

// Verify checks every line of an extract against its head. Who made the head is for
// ParseHead to say. The error is a *BadLine.
func (x *Extract) Verify() error {
	root, err := tlog.ParseHash(x.Head.Root)
	if err != nil {
		return &BadLine{0, "the head is not readable"}
	}
	for i := range x.Lines {
		if why := x.Lines[i].wrong(x.Head.Size, root); why != "" {
			return &BadLine{x.Lines[i].Seq, why}
		}
	}
	return nil
}

func (p *Proved) wrong(size int64, root tlog.Hash) string {
	var lf leaf
	if err := json.Unmarshal([]byte(p.Leaf), &lf); err != nil || lf.Seq != p.Seq {
		return "not readable"
	}
	if p.Salt != "" || p.Actor != "" {
		salt, err := hex.DecodeString(p.Salt)
		if err != nil || privateHash(salt, p.Actor, p.Detail) != lf.Private {
			return "its actor or detail was changed"
		}
	}
	proof := make(tlog.RecordProof, len(p.Proof))
	for i, text := range p.Proof {
		h, err := tlog.ParseHash(text)
		if err != nil {
			return "its proof is not readable"
		}
		proof[i] = h
	}
	if p.Seq < 0 || p.Seq >= size || tlog.CheckRecord(proof, size, root, p.Seq, tlog.RecordHash([]byte(p.Leaf))) != nil {
		return "it does not stand in the log of that head"
	}
	return ""
}
