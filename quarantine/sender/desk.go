package sender

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"brevvagt/internal/caller"
	"brevvagt/internal/store"
	"brevvagt/quarantine"
	"brevvagt/quarantine/casework"
)

// Act is what the sender chose.
type Act string

// The acts, as the form and the table name them.
const (
	Cancel  Act = "annuller" // the mail is given up
	Secure  Act = "sikker"   // it is to go by the secure route
	Reason  Act = "begrund"  // a reason why it should go
	AskDPO  Act = "dpo"      // the DPO is asked to look
	Release Act = "frigiv"   // a reason with which it went, where its rules allow that
)

// Cases is the quarantine.
type Cases interface {
	Get(ctx context.Context, id string) (*quarantine.Case, error)
	Release(ctx context.Context, id string, d quarantine.Decision) (*quarantine.Case, error)
	Reject(ctx context.Context, id string, d quarantine.Decision) (*quarantine.Case, error)
}

// Config is what New needs. May, Copy, Tell and Log may be nil.
type Config struct {
	Cases Cases
	// Sender is the true address that a case came from.
	Sender func(ctx context.Context, id string) (string, error)
	Store  *store.DB
	Work   *casework.Work
	Links  Links
	// Check refuses a text that may not be kept.
	Check func(text string) error
	// May reports whether a rule, as it is set now, lets the sender release.
	May func(rule string) bool
	// Copy gives the original of a case that its sender may release; nil has none, and
	// then what only a DPO can open waits for one.
	Copy func(caseID string) ([]byte, error)
	// Route reports whether a secure route is in force.
	Route func(name string) bool
	// Tell lets the DPO know that a sender has written; its failure loses nothing,
	// since the case shows it.
	Tell         func(ctx context.Context, caseID string, act Act) error
	Organisation string
	Contact      string // whom a sender may turn to
	Log          *slog.Logger
	TLS          bool           // served over TLS
	Proxies      caller.Proxies // that say for whom they ask
}

// ErrUsed is said of a link that has been used.
var ErrUsed = errors.New("the link has been used")

// ErrOver is said of a case that is decided.
var ErrOver = errors.New("the case is decided")

// ErrAct is an act that this case does not offer.
var ErrAct = errors.New("not offered for this case")

// known is a case behind a genuine link.
type known struct {
	*quarantine.Case
	used  Act // "" while the link has not been used
	until time.Time
}

// find checks a token and reads its case. It writes nothing.
func (d *desk) find(ctx context.Context, token string) (known, error) {
	p, err := parse(token)
	if err != nil {
		return known{}, err
	}
	from, err := d.Sender(ctx, p.caseID)
	if errors.Is(err, quarantine.ErrNotFound) {
		return known{}, ErrLink
	}
	if err != nil {
		return known{}, err
	}
	if err := d.Links.check(p, from); err != nil {
		return known{}, err
	}
	c, err := d.Cases.Get(ctx, p.caseID)
	if err != nil {
		return known{}, err
	}
	k := known{Case: c, until: p.until}
	err = d.Store.Read().QueryRowContext(ctx, `SELECT act FROM sender_links WHERE case_id = $1`, c.ID).Scan(&k.used)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return known{}, fmt.Errorf("cannot read the link of case %s: %w", c.ID, err)
	}
	return k, nil
}

// use notes in tx that the link has been used. A second use finds the row.
func (d *desk) use(ctx context.Context, tx *sql.Tx, caseID string, act Act) error {
	res, err := tx.ExecContext(ctx, `INSERT INTO sender_links (case_id, at, act) VALUES ($1, $2, $3) ON CONFLICT (case_id) DO NOTHING`,
		caseID, store.Millis(d.Links.now()), string(act))
	if err != nil {
		return fmt.Errorf("cannot note the link of case %s: %w", caseID, err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return errors.Join(err, ErrUsed)
	}
	return nil
}

// act does what the sender chose, in one transaction with the use of the link and
// the line in the ledger.
func (d *desk) act(ctx context.Context, k known, act Act, reason string) (Act, error) {
	switch {
	case k.used != "":
		return "", ErrUsed
	case k.State != quarantine.Held:
		return "", ErrOver
	}
	reason = strings.TrimSpace(reason)
	switch act {
	case Cancel:
		return act, d.cancel(ctx, k)
	case AskDPO:
		return act, d.write(ctx, k, act, "Afsenderen beder DPO'en se på sagen.")
	case Secure:
		return d.secure(ctx, k)
	case Reason:
		if reason == "" {
			return "", quarantine.ErrReason
		}
		if err := d.Check(reason); err != nil {
			return "", err
		}
		return d.reason(ctx, k, reason)
	}
	return "", ErrAct
}

// cancel gives the mail up. Its sender gets no further notice: he did it himself.
func (d *desk) cancel(ctx context.Context, k known) error {
	_, err := d.Cases.Reject(ctx, k.ID, quarantine.Decision{By: quarantine.BySender, Reason: "Trukket tilbage af afsenderen",
		With: func(ctx context.Context, tx *sql.Tx) error { return d.use(ctx, tx, k.ID, Cancel) }})
	return d.unfinished(k.ID, err)
}

// write keeps what the sender says beside the case, where the DPO sees it.
func (d *desk) write(ctx context.Context, k known, act Act, text string) error {
	err := d.Store.Update(ctx, func(tx *sql.Tx) error {
		if err := d.use(ctx, tx, k.ID, act); err != nil {
			return err
		}
		return d.Work.Write(ctx, tx, quarantine.BySender, k.ID, noteKind(act), text)
	})
	if err == nil && d.Tell != nil {
		if told := d.Tell(ctx, k.ID, act); told != nil {
			d.Log.Warn("the DPO was not told by mail; the case shows what the sender wrote", "case", k.ID, "error", told)
		}
	}
	return err
}

// noteKind is the kind of the note, and the end of its verb in the ledger.
func noteKind(act Act) string {
	return map[Act]string{AskDPO: casework.SenderAsks, Secure: casework.SenderSecure, Reason: casework.SenderReason, Release: casework.SenderReason}[act]
}

// reason keeps the reason, and lets the mail go with it where every rule that fired
// allows that, both when the mail was held and by the rules as they are now.
func (d *desk) reason(ctx context.Context, k known, reason string) (Act, error) {
	if !d.mayRelease(k.Case) {
		return Reason, d.write(ctx, k, Reason, reason)
	}
	_, err := d.Cases.Release(ctx, k.ID, quarantine.Decision{By: quarantine.BySender, Reason: reason, Copy: d.copyOf(k.ID),
		With: func(ctx context.Context, tx *sql.Tx) error {
			if err := d.use(ctx, tx, k.ID, Release); err != nil {
				return err
			}
			return d.Work.Write(ctx, tx, quarantine.BySender, k.ID, noteKind(Release), reason)
		}})
	if errors.Is(err, quarantine.ErrLocked) || errors.Is(err, quarantine.ErrNotAllowed) {
		// The original can only be opened by a DPO, who now sees the reason.
		return Reason, d.write(ctx, k, Reason, reason)
	}
	return Release, d.unfinished(k.ID, err)
}

// copyOf gives the copy of a case, where copies are kept.
func (d *desk) copyOf(id string) func() ([]byte, error) {
	if d.Copy == nil {
		return nil
	}
	return func() ([]byte, error) { return d.Copy(id) }
}

// mayRelease is the second look at the case before its sender lets it go.
func (d *desk) mayRelease(c *quarantine.Case) bool {
	if d.May == nil || len(c.Rules) == 0 || c.Approvers() > 1 || c.Left || c.Canary {
		return false
	}
	for _, r := range c.Rules {
		if !r.SenderMayRelease || !d.May(r.ID) {
			return false
		}
	}
	return true
}

// secure sends the mail by the secure route, or asks the DPO to when the original
// can only be opened by one.
func (d *desk) secure(ctx context.Context, k known) (Act, error) {
	if !d.offersSecure(k.Case) {
		return "", ErrAct
	}
	_, err := d.Cases.Release(ctx, k.ID, quarantine.Decision{By: quarantine.BySender, Reason: "Sendt ad den sikre vej efter ønske fra afsenderen",
		Wish: quarantine.Wish{Route: k.Route}, Copy: d.copyOf(k.ID),
		With: func(ctx context.Context, tx *sql.Tx) error { return d.use(ctx, tx, k.ID, Secure) }})
	if errors.Is(err, quarantine.ErrLocked) || errors.Is(err, quarantine.ErrNotAllowed) {
		return Secure, d.write(ctx, k, Secure, "Afsenderen beder om, at mailen sendes ad den sikre vej.")
	}
	return Secure, d.unfinished(k.ID, err)
}

func (d *desk) offersSecure(c *quarantine.Case) bool {
	return c.Route != "" && d.Route != nil && d.Route(c.Route) && c.Approvers() == 1 && !c.Left
}

// unfinished tells an act that was not noted from one that was and whose carrying
// out the daemon repeats or hands back to a person: the latter is no error to the
// sender.
func (d *desk) unfinished(id string, err error) error {
	if err == nil {
		return nil
	}
	used := ""
	look, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if scan := d.Store.Read().QueryRowContext(look, `SELECT act FROM sender_links WHERE case_id = $1`, id).Scan(&used); scan != nil || errors.Is(err, ErrUsed) {
		return err
	}
	d.Log.Warn("what the sender chose is noted and not carried out yet", "case", id, "act", used, "error", err)
	return nil
}

// Reopen lets the sender of a case answer again, after a question: the link in it works
// once, also when an earlier one was used.
func Reopen(ctx context.Context, db *store.DB, caseID string) error {
	return db.Update(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM sender_links WHERE case_id = $1`, caseID); err != nil {
			return fmt.Errorf("cannot let the sender of case %s answer: %w", caseID, err)
		}
		return nil
	})
}

// Acts gives what senders chose, by case, of those among ids that used their link.
func Acts(ctx context.Context, db *store.DB, ids []string) (map[string]string, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	marks, args := make([]string, len(ids)), make([]any, len(ids))
	for i, id := range ids {
		marks[i], args[i] = fmt.Sprintf("$%d", i+1), id
	}
	rows, err := db.Read().QueryContext(ctx, `SELECT case_id, act FROM sender_links WHERE case_id IN (`+strings.Join(marks, ", ")+`)`, args...)
	if err != nil {
		return nil, fmt.Errorf("cannot read what senders chose: %w", err)
	}
	defer rows.Close()
	acts := map[string]string{}
	for rows.Next() {
		var id, act string
		if err := rows.Scan(&id, &act); err != nil {
			return nil, fmt.Errorf("cannot read what senders chose: %w", err)
		}
		acts[id] = act
	}
	return acts, rows.Err()
}
