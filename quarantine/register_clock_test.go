package quarantine_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"

	"brevvagt/internal/store"
	"brevvagt/internal/storetest"
	"brevvagt/quarantine/ledger"
	"brevvagt/quarantine/register"
	deadline "brevvagt/quarantine/register/clock"
	"brevvagt/quarantine/register/desk"
)

type outbox struct {
	err      error
	subjects []string
	texts    []string
}

func (o *outbox) Send(_ context.Context, to []string, subject, text string) error {
	if o.err != nil {
		return o.err
	}
	o.subjects, o.texts = append(o.subjects, subject), append(o.texts, text)
	return nil
}

func clockRig(t *testing.T, now *time.Time) (*store.DB, *register.Register, *desk.Desk) {
	t.Helper()
	db, err := storetest.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "b.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	r, err := register.New(db, nil)
	if err != nil {
		t.Fatal(err)
	}
	return db, r, desk.New(desk.Config{Store: db, Register: r, Ledger: ledger.New(db), Now: func() time.Time { return *now }})
}

// Friday afternoon before the summer time ends: the deadline is 72 hours on, which
// is an hour earlier by the wall clock on Monday.
func TestTheCalendarFile(t *testing.T) {
	now := time.Date(2026, 10, 23, 14, 0, 0, 0, time.UTC) // 16.00 in Denmark
	_, _, k := clockRig(t, &now)
	d, err := k.Create(t.Context(), "dpo", desk.Entry{Status: register.Breach, Aware: now, Fields: register.Fields{What: "Fejlforsendelse"}})
	if err != nil {
		t.Fatal(err)
	}
	if d.Notify != "[DPO afgør], frist 26.10.2026 kl. 15.00" {
		t.Errorf("deadline %q", d.Notify)
	}
	text, ok := deadline.ICS(d, "Eksempel Kommune", now)
	if !ok {
		t.Fatal("no calendar file")
	}
	cal, err := ics.ParseCalendar(strings.NewReader(text))
	if err != nil || len(cal.Events()) != 1 {
		t.Fatal(err)
	}
	e := cal.Events()[0]
	if end, err := e.GetEndAt(); err != nil || !end.Equal(now.Add(72*time.Hour)) {
		t.Errorf("ends %v, %v", end, err)
	}
	if stamp, err := e.GetDtStampTime(); err != nil || !stamp.Equal(now) {
		t.Errorf("stamped %v, %v", stamp, err)
	}
	for _, want := range []string{"DTEND:20261026T140000Z", "TRIGGER:-PT24H", "TRIGGER:-PT4H", "\r\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %q:\n%s", want, text)
		}
	}
	now = now.Add(20 * time.Minute) // it was known an hour earlier: calendars take the later number
	e2 := desk.EntryOf(d)
	e2.Aware = d.Confirmed.Add(-time.Hour)
	if d, err = k.Edit(t.Context(), "dpo", d.No, e2); err != nil {
		t.Fatal(err)
	}
	if text, _ = deadline.ICS(d, "Eksempel Kommune", now); !strings.Contains(text, "SEQUENCE:1200\r\n") || !strings.Contains(text, "DTEND:20261026T130000Z") {
		t.Errorf("the moved deadline:\n%s", text)
	}
	now = now.Add(time.Second) // it was no breach after all: calendars take the deadline out
	was, e3 := d.Deadline, desk.EntryOf(d)
	e3.Status = register.Averted
	if d, err = k.Edit(t.Context(), "dpo", d.No, e3); err != nil {
		t.Fatal(err)
	}
	text, ok = deadline.ICS(d, "Eksempel Kommune", now)
	if cal, err = ics.ParseCalendar(strings.NewReader(text)); !ok || err != nil || len(cal.Events()) != 1 || cal.Events()[0].Id() != e.Id() || strings.Contains(text, "VALARM") || !d.Extra.Withdrawn.Equal(was) {
		t.Fatalf("the deadline that was taken away, %v:\n%s", err, text)
	}
	for _, want := range []string{"METHOD:CANCEL\r\n", "ORGANIZER;CN=brevvagt:mailto:frist@brevvagt.invalid\r\n", "STATUS:CANCELLED\r\n", "SEQUENCE:1201\r\n", "DTEND:20261026T130000Z"} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %q:\n%s", want, text)
		}
	}
	now = now.Add(time.Minute)
	if d, err = k.Confirm(t.Context(), "dpo", d.No, now.Add(-time.Hour)); err != nil || !d.Extra.Withdrawn.IsZero() {
		t.Fatalf("a breach again: %v", err)
	}
	if text, _ = deadline.ICS(d, "", now); !strings.Contains(text, "METHOD:PUBLISH") || strings.Contains(text, "CANCELLED") {
		t.Errorf("a breach again:\n%s", text)
	}
	d.Notify = "Nej" // decided: the deadline stays in the calendar and reminds nobody
	if text, ok = deadline.ICS(d, "", now); !ok || strings.Contains(text, "VALARM") {
		t.Errorf("a decided breach reminds:\n%s", text)
	}
	d.Status, d.Extra.Withdrawn = register.Averted, time.Time{}
	if _, ok := deadline.ICS(d, "", now); ok {
		t.Error("an averted incident has a calendar file")
	}
}

func TestEachReminderOnce(t *testing.T) {
	now := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	start := now
	db, r, k := clockRig(t, &now)
	mail := &outbox{err: errors.New("421 try later")}
	rem := &deadline.Reminders{Store: db, Register: r, Mail: mail, To: []string{"dpo@kommune.example"}, Page: "https://brevvagt.example/", Now: func() time.Time { return now }}
	if err := rem.Run(t.Context()); err != nil {
		t.Error("reminded of nothing:", err)
	}
	d, err := k.Create(t.Context(), "dpo", desk.Entry{Status: register.Breach, Aware: now, Fields: register.Fields{What: "Hemmeligt indhold"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := rem.Run(t.Context()); err == nil {
		t.Error("a mail that was not sent is no error")
	}
	mail.err = nil
	for _, after := range []time.Duration{0, time.Hour, 47 * time.Hour, 49 * time.Hour, 50 * time.Hour, 69 * time.Hour, 73 * time.Hour, 80 * time.Hour} {
		now = start.Add(after)
		for range 2 {
			if err := rem.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(mail.subjects) != 4 {
		t.Fatalf("%d mails: %q", len(mail.subjects), mail.texts)
	}
	for i, want := range []string{"72 timer løber", "24 timer", "4 timer", "passeret"} {
		if !strings.Contains(mail.texts[i], want) || strings.Contains(mail.texts[i], "Hemmeligt") || !strings.Contains(mail.texts[i], "/fortegnelse/"+d.No) {
			t.Errorf("mail %d: %q", i, mail.texts[i])
		}
	}
	// Decided not to notify: silence.
	e := desk.Entry{Fields: d.Fields}
	e.Notify = "Nej"
	if _, err := k.Edit(t.Context(), "dpo", d.No, e); err != nil {
		t.Fatal(err)
	}
	if running, err := r.Running(t.Context()); err != nil || len(running) != 0 {
		t.Errorf("%d run, %v", len(running), err)
	}
}
