package quarantine

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"brevvagt/internal/store"
	"brevvagt/quarantine/ledger"
)

// System is the actor of what the program does by itself.
const System = "brevvagt"

// BySender is the actor of what a sender does with his own case through the link in
// his notice. No account can have this name.
const BySender = "afsenderen (link)"

// transition is one allowed move of a case and the ledger verb that tells of it.
type transition struct {
	from, to State
	verb     string
}

// transitions is the one table of what a case may do. "" is a case that is not yet.
// Released, rejected, expired and gone are ends.
func transitions() []transition {
	return []transition{
		{"", Held, "held"},
		{Held, Held, "approved"}, // the first of two people
		{Held, Releasing, "release-requested"},
		{Releasing, Released, "released"},
		{Releasing, Held, "release-failed"},
		{Held, Rejecting, "reject-requested"},
		{Rejecting, Rejected, "rejected"},
		{Rejecting, Held, "reject-failed"},
		{Held, Expired, "expired"},
		{Held, Gone, "gone"},
	}
}

// verbFor is the ledger verb of a move, or ErrState when there is no such move.
func verbFor(from, to State) (string, error) {
	for _, t := range transitions() {
		if t.from == from && t.to == to {
			return t.verb, nil
		}
	}
	return "", fmt.Errorf("from %q to %q: %w", from, to, ErrState)
}

// Open reports whether the case still waits for a person or for its source.
func (s State) Open() bool { return s == Held || s == Releasing || s == Rejecting }

// Approvers is how many different people must agree to a release, at least 1.
func (c *Case) Approvers() int {
	n := 1
	for _, r := range c.Rules {
		n = max(n, r.Approvers)
	}
	return n
}

// move takes a case to its next state in tx: the row, guarded against anybody having
// moved it meanwhile, and the ledger line. c holds the new values on success.
func (s *Service) move(ctx context.Context, tx *sql.Tx, c *Case, to State, actor string, at time.Time, detail map[string]string) error {
	verb, err := verbFor(c.State, to)
	if err != nil {
		return fmt.Errorf("case %s: %w", c.ID, err)
	}
	res, err := tx.ExecContext(ctx, `UPDATE cases SET state = $2, decided_by = $3, decided_at = $4, reason = $5, last_error = $6, release_refs = $7, approvals = $8, wish = $10
		WHERE id = $1 AND state = $9`,
		c.ID, string(to), c.DecidedBy, store.Millis(c.DecidedAt), c.Reason, c.LastError, c.ReleaseRefs, encodeList(c.ApprovalsDone), string(c.State), c.Wish.encode())
	if err != nil {
		return fmt.Errorf("cannot store case %s: %w", c.ID, err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return fmt.Errorf("case %s was moved by somebody else: %w", c.ID, ErrState)
	}
	if err := recount(ctx, tx, c.State, to); err != nil {
		return err
	}
	if _, err := s.ledger.Append(ctx, tx, ledger.Entry{At: at, Actor: actor, Verb: verb, Case: c.ID, Detail: detail}); err != nil {
		return err
	}
	c.State = to
	return nil
}
