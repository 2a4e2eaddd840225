// Package clock watches the 72 hours of GDPR Art. 33(1): the calendar file of a
// deadline and the mails that remind of it. Hours are clock hours, weekends
// included, counted from when the breach became known.
package clock

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"brevvagt/internal/store"
	"brevvagt/quarantine/register"
)

// alarms before the deadline.
var alarms = [...]time.Duration{24 * time.Hour, 4 * time.Hour}

// ICS is the deadline of an entry as a calendar file, in UTC with alarms 24 and 4
// hours before while nobody has decided. The deadline of a breach that turned out to be
// none is a cancellation (RFC 5546, 3.2.5), by which a calendar takes it out. ok is false
// for an entry that has never had a deadline.
func ICS(d *register.Draft, organisation string, now time.Time) (text string, ok bool) {
	deadline, withdrawn := d.Deadline, false
	if d.Status != register.Breach {
		deadline, withdrawn = d.Extra.Withdrawn, true
	}
	if deadline.IsZero() {
		return "", false
	}
	cal := ics.NewCalendar()
	cal.SetProductId("-//brevvagt//frist//DA")
	cal.SetMethod(ics.MethodPublish)
	e := cal.AddEvent("frist-" + d.No + "@brevvagt.invalid")
	e.SetDtStampTime(now.UTC())
	// A deadline that was moved takes the place of the one that the calendar has.
	e.SetSequence(min(max(0, int(d.Changed.Sub(d.Registered)/time.Second)), math.MaxInt32))
	e.SetStartAt(deadline.UTC().Add(-15 * time.Minute))
	e.SetEndAt(deadline.UTC())
	e.SetSummary("Frist for anmeldelse til Datatilsynet: brud nr. " + d.No)
	e.SetDescription(strings.TrimSpace(organisation + "\n72 timer efter, at bruddet blev bekendt. Se fortegnelsen i brevvagt."))
	e.SetOrganizer("mailto:frist@brevvagt.invalid", ics.WithCN("brevvagt")) // which both methods need
	e.SetClass(ics.ClassificationConfidential)
	if withdrawn {
		cal.SetMethod(ics.MethodCancel)
		e.SetStatus(ics.ObjectStatusCancelled)
		e.SetDescription("Bruddet er ikke længere registreret som et brud. Fristen er bortfaldet.")
	}
	for _, before := range alarms {
		if withdrawn || d.Settled() {
			break
		}
		a := e.AddAlarm()
		a.SetAction(ics.ActionDisplay)
		a.SetTrigger(fmt.Sprintf("-PT%dH", int(before.Hours())))
		a.SetProperty(ics.ComponentPropertyDescription, "Frist for anmeldelse, brud nr. "+d.No)
	}
	return cal.Serialize(ics.WithNewLineWindows), true
}

// Mailer sends a mail of plain text to the people who watch the clock.
type Mailer interface {
	Send(ctx context.Context, to []string, subject, text string) error
}

// Reminders sends each reminder once, whatever restarts between.
type Reminders struct {
	Store    *store.DB
	Register *register.Register
	Mail     Mailer
	To       []string
	Page     string // address of the page, or ""
	Now      func() time.Time
}

// stage is a point on the clock at which people are told.
type stage struct {
	kind   string
	before time.Duration // before the deadline
	text   string
}

// stages, the latest first: after a pause only the latest one that is due is sent.
func stages() []stage {
	return []stage{
		{"passed", 0, "Fristen på 72 timer er passeret. En senere anmeldelse skal begrundes."},
		{"4h", 4 * time.Hour, "Der er mindre end 4 timer til fristen."},
		{"24h", 24 * time.Hour, "Der er mindre end 24 timer til fristen."},
		{"started", register.Deadline, "Et brud er bekræftet, og de 72 timer løber."},
	}
}

// Run looks once for reminders that are due. A mail that cannot be sent is tried
// again the next time. The mail holds the number of the entry and no content.
func (r *Reminders) Run(ctx context.Context) error {
	if len(r.To) == 0 {
		return nil
	}
	drafts, err := r.Register.Running(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, d := range drafts {
		errs = append(errs, r.remind(ctx, d))
	}
	return errors.Join(errs...)
}

func (r *Reminders) remind(ctx context.Context, d *register.Draft) error {
	now := r.Now()
	for _, s := range stages() {
		if now.Before(d.Deadline.Add(-s.before)) {
			continue
		}
		// A clock that was moved is a new clock: the deadline is part of the key.
		kind := fmt.Sprintf("%s %d", s.kind, store.Millis(d.Deadline))
		var n int
		if err := r.Store.Read().QueryRowContext(ctx, `SELECT COUNT(*) FROM register_reminders WHERE no = $1 AND kind = $2`, d.No, kind).Scan(&n); err != nil {
			return fmt.Errorf("cannot look for the reminder of %s: %w", d.No, err)
		}
		if n > 0 {
			return nil
		}
		if err := r.Mail.Send(ctx, r.To, "Frist for anmeldelse: brud nr. "+d.No, r.text(d, s)); err != nil {
			return fmt.Errorf("cannot send the reminder of %s: %w", d.No, err)
		}
		return r.Store.Update(ctx, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `INSERT INTO register_reminders (no, kind, sent) VALUES ($1, $2, $3) ON CONFLICT (no, kind) DO NOTHING`, d.No, kind, store.Millis(now))
			return err
		})
	}
	return nil
}

func (r *Reminders) text(d *register.Draft, s stage) string {
	zone := r.Register.Zone()
	at := func(t time.Time) string { return t.In(zone).Format("02.01.2006 kl. 15.04") }
	text := s.text + "\n\nNr. i fortegnelsen: " + d.No + "\nBekendt med bruddet: " + at(d.Confirmed) + "\nFrist for anmeldelse til Datatilsynet: " + at(d.Deadline) + "\n"
	if r.Page != "" {
		text += "\n" + strings.TrimSuffix(r.Page, "/") + "/fortegnelse/" + d.No + "\n"
	}
	return text
}
