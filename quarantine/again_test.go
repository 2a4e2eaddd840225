package quarantine_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"testing"
	"time"

	"brevvagt/quarantine"
	"brevvagt/quarantine/notices"
	"brevvagt/quarantine/repeats"
)

func mailDeposit(item string) quarantine.Deposit {
	d := deposit(item)
	d.MessageID, d.Receipt = "<1@kommune.example>", []byte("receipt "+item)
	return d
}

// TestReusedID: an id that its source gives to another mail, once the first has left,
// names that one; the same mail under its id is never a second case.
func TestReusedID(t *testing.T) {
	b := newBench(t, false)
	hold := func(messageID string, text ...string) *quarantine.Case {
		t.Helper()
		d := mailDeposit("A")
		d.MessageID = messageID
		c, err := b.service.Hold(t.Context(), d, []byte("mail "+messageID+fmt.Sprint(text)))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	first := hold("<1@kommune.example>")
	if c := hold("<2@kommune.example>"); c.ID != first.ID {
		t.Error("an id was used anew while its mail waits")
	}
	if _, err := b.service.Reject(t.Context(), first.ID, quarantine.Decision{By: "dpo", Reason: "Nej"}); err != nil {
		t.Fatal(err)
	}
	if c := hold("<1@kommune.example>"); c.ID != first.ID {
		t.Error("the same mail is a second case")
	}
	second := hold("<2@kommune.example>")
	if second.ID == first.ID || second.State != quarantine.Held {
		t.Fatalf("another mail under the id: case %s, %s", second.ID, second.State)
	}
	if c := hold("<2@kommune.example>"); c.ID != second.ID {
		t.Error("the id does not name its new mail")
	}
	if known, err := b.service.Items(t.Context(), second.Source); err != nil || len(known) != 1 || !known["A"] {
		t.Errorf("items %v, %v", known, err)
	}
	if c, err := b.service.Get(t.Context(), first.ID); err != nil || c.State.Open() {
		t.Errorf("the old case: %+v, %v", c, err)
	}
	// Copiers write no Message-ID: then the content tells.
	reject := func(c *quarantine.Case) {
		t.Helper()
		if _, err := b.service.Reject(t.Context(), c.ID, quarantine.Decision{By: "dpo", Reason: "Nej"}); err != nil {
			t.Fatal(err)
		}
	}
	reject(second)
	third := hold("", "one")
	reject(third)
	if c := hold("", "one"); c.ID != third.ID {
		t.Error("the same mail without a Message-ID is a second case")
	}
	if c := hold("", "two"); c.ID == third.ID || c.State != quarantine.Held {
		t.Errorf("another mail without a Message-ID: case %s, %s", c.ID, c.State)
	}
}

// TestSameMailAgain: a mail that its client hands in again under another id joins the
// case that is held, and a release goes by whichever id the source still has.
func TestSameMailAgain(t *testing.T) {
	b := newBench(t, false)
	first, err := b.service.Hold(t.Context(), mailDeposit("A"), original)
	if err != nil {
		t.Fatal(err)
	}
	for _, item := range []string{"B", "C", "B", "A"} {
		if c, err := b.service.Hold(t.Context(), mailDeposit(item), original); err != nil || c.ID != first.ID {
			t.Fatalf("%s: case %v, %v, want %s", item, c, err, first.ID)
		}
	}
	d := mailDeposit("D")
	d.To = slices.Clone(d.To)
	slices.Reverse(d.To)
	if c, err := b.service.Hold(t.Context(), d, original); err != nil || c.ID != first.ID {
		t.Errorf("another order of recipients: %v, %v", c, err)
	}
	items := func(want ...string) {
		t.Helper()
		known, err := b.service.Items(t.Context(), first.Source)
		if err != nil || len(known) != len(want) {
			t.Errorf("items %v, %v, want %v", known, err, want)
		}
		for _, id := range want {
			if !known[id] {
				t.Errorf("%s is not held: %v", id, known)
			}
		}
	}
	items("A", "B", "C", "D")
	for _, lost := range []string{"A", "C", "D"} { // A never came to the source's queue
		if err := b.service.MarkGone(t.Context(), first.Source, lost); err != nil {
			t.Fatal(err)
		}
	}
	items("B")
	if c, err := b.service.Get(t.Context(), first.ID); err != nil || c.State != quarantine.Held {
		t.Fatalf("%v, %v", c, err)
	}
	if _, err := b.service.Hold(t.Context(), mailDeposit("E"), original); err != nil {
		t.Fatal(err)
	}
	if _, err := b.service.Release(t.Context(), first.ID, quarantine.Decision{By: "dpo", Reason: "aftalt med modtageren"}); err != nil {
		t.Fatal(err)
	}
	got := b.source.delivered[0].c
	if len(b.source.delivered) != 1 || string(got.Receipt) != "receipt B" || len(got.Again) != 1 || string(got.Again[0]) != "receipt E" {
		t.Errorf("released %d times, by %q and %q", len(b.source.delivered), got.Receipt, got.Again)
	}
	if c, err := b.service.Hold(t.Context(), mailDeposit("F"), original); err != nil || c.ID == first.ID {
		t.Errorf("a mail that comes after the decision: %v, %v", c, err)
	}
	if err := b.service.MarkGone(t.Context(), first.Source, "F"); err != nil {
		t.Fatal(err)
	}
	if known, err := b.service.Items(t.Context(), first.Source); err != nil || len(known) != 0 {
		t.Errorf("items %v, %v", known, err)
	}
}

// TestNotTheSameMail: what only looks alike is a case of its own.
func TestNotTheSameMail(t *testing.T) {
	b := newBench(t, false)
	if _, err := b.service.Hold(t.Context(), mailDeposit("A"), original); err != nil {
		t.Fatal(err)
	}
	n := 0
	for name, change := range map[string]func(d *quarantine.Deposit) []byte{
		"a byte": func(*quarantine.Deposit) []byte { return append(bytes.Clone(original), '!') },
		"a recipient more": func(d *quarantine.Deposit) []byte {
			d.To = append(slices.Clone(d.To), "x@firma.example")
			return original
		},
		"another sender": func(d *quarantine.Deposit) []byte { d.From = "x@kommune.example"; return original },
		"another id":     func(d *quarantine.Deposit) []byte { d.MessageID = "<2@kommune.example>"; return original },
		"no id":          func(d *quarantine.Deposit) []byte { d.MessageID = ""; return original },
		"another source": func(d *quarantine.Deposit) []byte { d.Source = "elsewhere"; return original },
		"a file":         func(d *quarantine.Deposit) []byte { d.Kind = "file"; return original },
		"sent already":   func(d *quarantine.Deposit) []byte { d.Left = true; return original },
	} {
		n++
		d := mailDeposit(fmt.Sprint("X", n))
		content := change(&d)
		if _, err := b.service.Hold(t.Context(), d, content); err != nil {
			t.Fatal(name, err)
		}
		if _, total, err := b.service.List(t.Context(), quarantine.Filter{}); err != nil || total != n+1 {
			t.Errorf("%s: %d cases, %v, want %d", name, total, err, n+1)
		}
	}
	b.clock.add(repeats.Window + time.Minute)
	if _, err := b.service.Hold(t.Context(), mailDeposit("late"), original); err != nil {
		t.Fatal(err)
	}
	if _, total, _ := b.service.List(t.Context(), quarantine.Filter{}); total != n+2 {
		t.Errorf("after the window: %d cases", total)
	}
}

// TestOneNotice: the sender of a mail that is handed in again hears of it once, and the
// letter is due with its case.
func TestOneNotice(t *testing.T) {
	b := newBench(t, false)
	hold := func(item string, canary bool) *quarantine.Case {
		d := mailDeposit(item)
		if d.Canary = canary; !canary {
			d.Notice = func(caseID string) []byte { return []byte("sag " + caseID) }
		}
		c, err := b.service.Hold(t.Context(), d, original)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	id := hold("A", false).ID
	for _, item := range []string{"A", "B", "B"} {
		hold(item, false)
	}
	hold("prøve", true)
	if n, err := b.service.Notices().Waiting(t.Context()); err != nil || n != 1 {
		t.Fatalf("%d notices wait, %v", n, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var got []string
	_ = b.service.Notices().Run(ctx, func(_ context.Context, letters [][]byte) error {
		for _, l := range letters {
			got = append(got, string(l))
		}
		cancel()
		return nil
	})
	if !slices.Equal(got, []string{"sag " + id}) {
		t.Errorf("%q, want one of %s", got, id)
	}
}

// TestNoticeNotSimplySent: where a crash or a lost answer leaves it open whether a notice
// came, or nobody takes it, none is sent again and each case of it says so.
func TestNoticeNotSimplySent(t *testing.T) {
	b := newBench(t, false)
	var ids []string
	for _, item := range []string{"A", "B", "C", "D", "E"} {
		d := mailDeposit(item)
		d.From = item + "@kommune.example"
		d.Notice = func(string) []byte { return []byte(item) }
		c, err := b.service.Hold(t.Context(), d, original)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, c.ID)
	}
	// A and B were one notice that was being sent when the process was killed.
	err := b.db.Update(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE notices SET state = 'sending' WHERE id IN ($1, $2)`, ids[0], ids[1])
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	box := b.service.Notices()
	if err := box.Add(t.Context(), notices.Letter{About: "en mail uden sag", Text: []byte("C")}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- box.Run(ctx, func(_ context.Context, letters [][]byte) error {
			switch string(letters[0]) {
			case "C":
				return notices.ErrUnknown
			case "D":
				return notices.ErrRefused
			case "E":
				return nil
			}
			t.Errorf("%s was sent again", letters[0])
			return nil
		})
	}()
	for n := 1; n > 0; time.Sleep(5 * time.Millisecond) {
		if n, err = box.Waiting(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	cancel()
	<-ended
	for i, want := range []string{notices.Uncertain, notices.Uncertain, notices.Uncertain, notices.Failed, "held"} {
		lines, err := b.service.Ledger().List(t.Context(), ids[i])
		if err != nil || len(lines) == 0 || lines[len(lines)-1].Verb != want {
			t.Errorf("case %d: %+v, want %s last, %v", i, lines, want, err)
		}
	}
}
