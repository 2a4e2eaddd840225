// Package desk is where the DPO works on the breach register: making and editing
// entries, confirming a breach, which starts the clock, noting a notification. Each
// action is one transaction with its line in the ledger, which names the columns
// that changed and never their text.
package desk

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"brevvagt/internal/store"
	"brevvagt/quarantine/ledger"
	"brevvagt/quarantine/register"
)

// Config is what New needs; Now may be nil.
type Config struct {
	Store    *store.DB
	Register *register.Register
	Ledger   *ledger.Ledger
	Now      func() time.Time
}

// Desk is safe for concurrent use.
type Desk struct{ Config }

// New makes a desk over a register and its ledger.
func New(cfg Config) *Desk {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Desk{cfg}
}

// Entry is what a person fills in. For an edited entry Registered is ignored.
type Entry struct {
	Status     register.Status
	Registered time.Time // zero means now
	Start      time.Time
	Aware      time.Time // bekendt med: needed for a breach, starts the clock
	Seen       time.Time // Draft.Changed of the version that was edited; zero skips the check
	register.Fields
	Extra register.Extra
}

// Create adds a manual entry. A breach gets its deadline from Aware.
func (k *Desk) Create(ctx context.Context, by string, e Entry) (*register.Draft, error) {
	at := k.Now().UTC().Truncate(time.Millisecond)
	if e.Registered.IsZero() {
		e.Registered = at
	}
	if e.Start.IsZero() {
		e.Start = e.Registered
	}
	if e.Status == "" {
		e.Status = register.Possible
	}
	d := register.Draft{Status: e.Status, Registered: e.Registered, Start: e.Start, Fields: e.Fields, Extra: e.Extra, Changed: at}
	if err := k.settle(&d, e, at); err != nil {
		return nil, err
	}
	var out *register.Draft
	err := k.Store.Update(ctx, func(tx *sql.Tx) error {
		var err error
		if out, err = k.Register.Add(ctx, tx, d); err != nil {
			return err
		}
		return k.tell(ctx, tx, by, at, "register-created", out.CaseID, map[string]string{"draft": out.No, "status": string(out.Status)})
	})
	return out, err
}

// Edit stores a changed entry. The number, the case and the date of registration
// stay. Somebody else's change since Seen is register.ErrConflict.
func (k *Desk) Edit(ctx context.Context, by, no string, e Entry) (*register.Draft, error) {
	at := k.Now().UTC().Truncate(time.Millisecond)
	before, err := k.Register.Get(ctx, no)
	if err != nil {
		return nil, fmt.Errorf("%.20q: %w", no, err)
	}
	if !e.Seen.IsZero() && !e.Seen.Equal(before.Changed) {
		return nil, fmt.Errorf("%s: %w", no, register.ErrConflict)
	}
	d := *before
	d.Fields, d.Extra = e.Fields, e.Extra
	d.Extra.Withdrawn, d.Extra.Run = before.Extra.Withdrawn, before.Extra.Run
	if e.Status != "" {
		d.Status = e.Status
	}
	if !e.Start.IsZero() {
		d.Start = e.Start
	}
	if err := k.settle(&d, e, at); err != nil {
		return nil, err
	}
	switch {
	case d.Status == register.Breach:
		d.Extra.Withdrawn = time.Time{}
	case before.Status == register.Breach:
		d.Extra.Withdrawn = before.Deadline
	}
	err = k.Store.Update(ctx, func(tx *sql.Tx) error {
		now, err := k.Register.Locked(ctx, tx, no)
		if err != nil {
			return err
		}
		if !now.Changed.Equal(before.Changed) {
			return fmt.Errorf("%s: %w", no, register.ErrConflict)
		}
		if err := k.Register.Save(ctx, tx, &d, at); err != nil {
			return err
		}
		detail := map[string]string{"draft": no, "status": string(d.Status), "columns": changed(before, &d)}
		if !d.Deadline.Equal(before.Deadline) { // an awareness that was corrected, or a clock that was taken away
			detail["deadline"], detail["deadline_before"] = moment(d.Deadline), moment(before.Deadline)
		}
		return k.tell(ctx, tx, by, at, "register-edited", d.CaseID, detail)
	})
	return &d, err
}

// moment is a time as the ledger has it.
func moment(t time.Time) string {
	if t.IsZero() {
		return "none"
	}
	return t.Format(time.RFC3339)
}

// settle checks how an entry hangs together and sets its clock.
func (k *Desk) settle(d *register.Draft, e Entry, at time.Time) error {
	if strings.TrimSpace(d.What) == "" {
		return register.ErrEmpty
	}
	// A day of grace: a date has no clock, and the registration may be of today.
	if d.Start.After(d.Registered.Add(24*time.Hour)) || d.Registered.After(at.Add(24*time.Hour)) {
		return register.ErrDates
	}
	k.clock(d, e)
	if d.Status == register.Breach && d.Confirmed.IsZero() && !register.Decided(d.Notify) {
		return register.ErrAware
	}
	if !known(d, d.Confirmed) || d.Confirmed.After(at.Add(time.Minute)) || d.Extra.Notified.After(at.Add(time.Minute)) || !d.Extra.Notified.IsZero() && d.Extra.Notified.Before(d.Confirmed) {
		return register.ErrDates
	}
	for _, column := range []*string{&d.Notify, &d.Informed} {
		if *column == "" {
			*column = register.Undecided
		}
		if !register.Decided(*column) && !strings.HasPrefix(*column, register.Undecided) && !strings.HasSuffix(*column, "[forslag]") {
			return register.ErrDecided
		}
	}
	if !d.Extra.Notified.IsZero() && d.Late(at) && strings.TrimSpace(d.Extra.LateReason) == "" {
		return register.ErrLate
	}
	return nil
}

// known reports whether a time of awareness can be: nobody knows of what has not begun. A
// start is a day, and of a stopped mail the clock of another machine.
func known(d *register.Draft, aware time.Time) bool {
	return aware.IsZero() || !aware.Before(d.Start.Add(-24*time.Hour))
}

// clock keeps the three times apart: opdaget, bekræftet, frist.
func (k *Desk) clock(d *register.Draft, e Entry) {
	if d.Status != register.Breach {
		d.Confirmed = time.Time{}
		if d.Status == register.Averted {
			d.Discovered, d.Deadline = time.Time{}, time.Time{}
		} else if !d.Discovered.IsZero() {
			d.Deadline = d.Discovered.Add(register.Deadline)
		} else {
			d.Deadline = time.Time{}
		}
		// A deadline that holds no more must not stand in the register.
		for _, column := range []*string{&d.Notify, &d.Informed} {
			if strings.HasPrefix(*column, register.Undecided) {
				*column = k.Register.AwaitsDPO(d.Deadline)
			}
		}
		return
	}
	if !e.Aware.IsZero() {
		d.Confirmed = e.Aware
	}
	if d.Confirmed.IsZero() {
		return
	}
	d.Deadline = d.Confirmed.Add(register.Deadline)
	if d.Discovered.IsZero() {
		d.Discovered = d.Confirmed
	}
	for _, column := range []*string{&d.Notify, &d.Informed} {
		if !register.Decided(*column) {
			*column = k.Register.AwaitsDPO(d.Deadline)
		}
	}
}

// Confirm is the DPO's word that it is a breach, known since aware: 72 clock hours
// run from there.
func (k *Desk) Confirm(ctx context.Context, by, no string, aware time.Time) (*register.Draft, error) {
	at := k.Now().UTC().Truncate(time.Millisecond)
	if aware.IsZero() {
		return nil, register.ErrAware
	}
	if aware.After(at.Add(time.Minute)) {
		return nil, register.ErrDates
	}
	var d *register.Draft
	err := k.Store.Update(ctx, func(tx *sql.Tx) error {
		before, err := k.Register.Locked(ctx, tx, no)
		if err != nil {
			return err
		}
		switch {
		case before.Status == register.Breach && !before.Confirmed.IsZero():
			// Somebody was faster, in another window perhaps; the time is corrected by editing.
			return fmt.Errorf("%s: %w", no, register.ErrConflict)
		case !known(before, aware):
			return register.ErrDates
		}
		if d, err = k.Register.Confirm(ctx, tx, no, aware.UTC(), at); err != nil {
			return err
		}
		return k.tell(ctx, tx, by, at, "breach-confirmed", d.CaseID, map[string]string{"draft": no, "deadline": d.Deadline.Format(time.RFC3339)})
	})
	return d, err
}

// Import adds the entries of another register, each with its own number. Entries
// whose number is taken are left out and named.
func (k *Desk) Import(ctx context.Context, by string, drafts []register.Draft) (added int, taken []string, err error) {
	at := k.Now().UTC().Truncate(time.Millisecond)
	err = k.Store.Update(ctx, func(tx *sql.Tx) error {
		for i, d := range drafts {
			d.Changed = at
			_, err := k.Register.Add(ctx, tx, d)
			if errors.Is(err, register.ErrExists) {
				taken = append(taken, d.No)
				continue
			}
			if err != nil {
				return fmt.Errorf("entry %d of the import: %w", i+1, err) // its number could be anybody's
			}
			added++
		}
		return k.tell(ctx, tx, by, at, "register-imported", "", map[string]string{"count": fmt.Sprint(added)})
	})
	if err != nil {
		return 0, nil, err
	}
	return added, taken, nil
}

// Retain deletes the entries that were registered before a time and are settled or
// need no decision. Registers may be bound by archive law: nothing calls this unless
// the site has set how long entries are kept.
func (k *Desk) Retain(ctx context.Context, before time.Time) (n int64, err error) {
	at := k.Now().UTC().Truncate(time.Millisecond)
	err = k.Store.Update(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `DELETE FROM register_drafts WHERE created < $1 AND (settled = 1 OR status = 'afværget hændelse')`, store.Millis(before))
		if err != nil {
			return fmt.Errorf("cannot delete old register entries: %w", err)
		}
		if n, err = res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		return k.tell(ctx, tx, "brevvagt", at, "register-deleted", "", map[string]string{"count": fmt.Sprint(n), "before": before.Format(time.DateOnly)})
	})
	return n, err
}

func (k *Desk) tell(ctx context.Context, tx *sql.Tx, by string, at time.Time, verb, caseID string, detail map[string]string) error {
	_, err := k.Ledger.Append(ctx, tx, ledger.Entry{At: at, Actor: by, Verb: verb, Case: caseID, Detail: detail})
	return err
}

// changed lists the numbers of the columns that differ.
func changed(a, b *register.Draft) string {
	var list []string
	for i, same := range []bool{a.Start.Equal(b.Start), a.Type == b.Type, slices.Equal(a.DataTypes, b.DataTypes), a.Consequences == b.Consequences,
		a.Notify == b.Notify, a.NotifyReason == b.NotifyReason, a.Measures == b.Measures, a.Informed == b.Informed, a.InformedReason == b.InformedReason, a.Ruling == b.Ruling} {
		if !same {
			list = append(list, fmt.Sprint(i+4))
		}
	}
	if a.What != b.What {
		list = append([]string{"2"}, list...)
	}
	return strings.Join(list, ", ")
}
