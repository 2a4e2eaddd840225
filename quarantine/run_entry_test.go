package quarantine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"brevvagt/quarantine"
	"brevvagt/quarantine/register"
	"brevvagt/quarantine/register/desk"
)

// ofRun is the n-th mail of a run, which is known by its letter and, from the second on,
// by an attachment.
func ofRun(n int) quarantine.Deposit {
	d := deposit(fmt.Sprint("run-", n))
	d.MessageID, d.To = fmt.Sprintf("<run-%d@kommune.example>", n), []string{fmt.Sprintf("borger%d@post.example", n)}
	d.Numbers, d.Persons, d.Pictures = 1, 2, nil
	d.Runs = []string{"00000000000000a1", "00000000000000b2"}[:1+min(n, 1)]
	d.Rules = []quarantine.Rule{{ID: "run-stopped", Danish: "kørslen er standset", English: "the run is stopped"}}
	if n == 0 {
		d.Rules[0] = quarantine.Rule{ID: "addressee-mismatch", Danish: "stilet til en anden", English: "made out to another"}
		d.DataTypes = []string{"Adresse"}
	}
	return d
}

func (b *bench) draft(t *testing.T, c *quarantine.Case) *register.Draft {
	t.Helper()
	d, err := b.service.Draft(t.Context(), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// holdRun holds the mails of a run from the n-th to the one before the last.
func (b *bench) holdRun(t *testing.T, from, to int) (cases []*quarantine.Case) {
	t.Helper()
	for n := from; n < to; n++ {
		c, err := b.service.Hold(t.Context(), ofRun(n), fmt.Append(nil, string(original), n))
		if err != nil {
			t.Fatal(err)
		}
		cases = append(cases, c)
	}
	return cases
}

func TestARunIsOneEntry(t *testing.T) {
	b := newBench(t, false)
	cases := b.holdRun(t, 0, 274)
	b.holdRun(t, 5, 7) // handed in again: no mail more
	for _, c := range cases {
		if c.DraftNo != "2026-01" || b.draft(t, c).No != "2026-01" {
			t.Fatalf("case %s has entry %s", c.ID, c.DraftNo)
		}
	}
	d := b.draft(t, cases[273])
	if d.CaseID != cases[0].ID || d.Status != register.Averted || !d.Registered.Equal(cases[0].HeldAt) {
		t.Errorf("%+v", d)
	}
	const size = "Hændelsen omfatter i alt 274 mails i samme kørsel til 274 modtagere med oplysninger om op til 548 personer og op til 274 CPR-numre."
	if strings.Count(d.What, "Hændelsen omfatter") != 1 || !strings.Contains(d.What, size) {
		t.Errorf("what happened: %q", d.What)
	}
	if d.Extra.Persons != "op til 548" {
		t.Errorf("persons affected: %q", d.Extra.Persons)
	}
	for _, once := range []string{"stilet til", "kan være forskudt"} { // what each of the two rules says
		if strings.Count(d.What, once) != 1 {
			t.Errorf("%q is not told once: %q", once, d.What)
		}
	}
	if got := strings.Join(d.DataTypes, ", "); got != "Adresse, CPR-nr., Økonomiske oplysninger" {
		t.Errorf("data types %q", got)
	}
	if other := b.hold(t, deposit("alone")); other.DraftNo != "2026-02" {
		t.Errorf("a mail of no run has entry %s", other.DraftNo)
	}
	later := ofRun(300)
	later.Runs = []string{"00000000000000c3"} // the same letter after a pause is another run
	if c := b.hold(t, later); c.DraftNo != "2026-03" {
		t.Errorf("another run has entry %s", c.DraftNo)
	}
	b.verbs(t, cases[0].ID)
}

func TestWhatBecomesOfARunIsCounted(t *testing.T) {
	b := newBench(t, false)
	cases := b.holdRun(t, 0, 8)
	for _, c := range cases[:3] {
		if _, err := b.service.Reject(t.Context(), c.ID, b.decision()); err != nil {
			t.Fatal(err)
		}
	}
	if d := b.draft(t, cases[7]); d.Status != register.Averted || !strings.Contains(d.Measures, "3 sendt retur til afsenderen") {
		t.Fatalf("%+v", d)
	}
	if _, err := b.service.Release(t.Context(), cases[3].ID, b.decision()); err != nil {
		t.Fatal(err)
	}
	first := b.draft(t, cases[7])
	if first.Status != register.Possible || !strings.HasPrefix(first.Notify, register.Undecided) || first.NotifyReason != "" {
		t.Fatalf("%+v", first)
	}
	// The DPO confirms it: the next mail that leaves does not take that back.
	work := desk.New(desk.Config{Store: b.db, Register: b.service.Register(), Ledger: b.service.Ledger(), Now: b.clock.now})
	confirmed, err := work.Confirm(t.Context(), "dpo", first.No, b.clock.now())
	if err != nil {
		t.Fatal(err)
	}
	b.clock.add(5 * time.Hour)
	if err := b.service.MarkGone(t.Context(), "gateway", "run-4"); err != nil {
		t.Fatal(err)
	}
	d := b.draft(t, cases[0])
	if d.Status != register.Breach || !d.Deadline.Equal(confirmed.Deadline) || !d.Confirmed.Equal(confirmed.Confirmed) || !d.Discovered.Equal(first.Discovered) {
		t.Errorf("%+v", d)
	}
	const ends = "Af kørslens standsede mails er 1 frigivet efter gennemgang; 1 ikke længere i karantænen hos afsendersystemet og kan være afsendt; 3 sendt retur til afsenderen, som er henvist til sikker post."
	if !strings.Contains(d.Measures, ends) || strings.Count(d.Measures, "Af kørslens") != 1 {
		t.Errorf("measures %q", d.Measures)
	}
	// What the DPO wrote stays, with the counts behind it, and the counts survive an edit.
	e := desk.Entry{Status: d.Status, Start: d.Start, Fields: d.Fields, Extra: register.Extra{Persons: "cirka 20"}}
	e.What = "Mange breve gik forkert."
	if _, err := work.Edit(t.Context(), "dpo", d.No, e); err != nil {
		t.Fatal(err)
	}
	b.holdRun(t, 8, 10)
	if d = b.draft(t, cases[0]); !strings.HasPrefix(d.What, "Mange breve gik forkert. Hændelsen omfatter i alt 10 mails") || strings.Count(d.What, "Hændelsen") != 1 || d.Extra.Persons != "cirka 20" {
		t.Errorf("%q", d.What)
	}
	b.verbs(t, cases[0].ID)
}

// TestADecidedEntryIsLeftAlone: what a person has decided is not changed by a mail that
// comes later.
func TestADecidedEntryIsLeftAlone(t *testing.T) {
	b := newBench(t, false)
	cases := b.holdRun(t, 0, 2)
	work := desk.New(desk.Config{Store: b.db, Register: b.service.Register(), Ledger: b.service.Ledger(), Now: b.clock.now})
	d := b.draft(t, cases[0])
	e := desk.Entry{Status: d.Status, Start: d.Start, Fields: d.Fields, Extra: d.Extra}
	e.Notify, e.Informed = "Nej", "Nej"
	if _, err := work.Edit(t.Context(), "dpo", d.No, e); err != nil {
		t.Fatal(err)
	}
	before := b.draft(t, cases[0])
	more := b.holdRun(t, 2, 4)
	if more[0].DraftNo != "2026-02" || more[1].DraftNo != "2026-02" {
		t.Errorf("the run goes on in %s and %s", more[0].DraftNo, more[1].DraftNo)
	}
	if after := b.draft(t, cases[0]); after.What != before.What || !after.Changed.Equal(before.Changed) {
		t.Errorf("a decided entry was changed: %+v", after)
	}
}

// TestARunOfWhichSomeWentIsAPossibleBreach although its first mail was stopped.
func TestARunOfWhichSomeWentIsAPossibleBreach(t *testing.T) {
	b := newBench(t, false)
	c := b.holdRun(t, 0, 1)[0]
	next := ofRun(1)
	next.Figures.Sent = 3
	if held := b.hold(t, next); held.DraftNo != c.DraftNo {
		t.Fatalf("entries %s and %s", c.DraftNo, held.DraftNo)
	}
	if d := b.draft(t, c); d.Status != register.Possible || d.Deadline.IsZero() || !strings.Contains(d.Notify, "for 3 mails, der var sendt") {
		t.Errorf("%+v", d)
	}
}

// TestAFullEntryStopsNoMail: a DPO may have filled a column to its end.
func TestAFullEntryStopsNoMail(t *testing.T) {
	b := newBench(t, false)
	c := b.holdRun(t, 0, 1)[0]
	work := desk.New(desk.Config{Store: b.db, Register: b.service.Register(), Ledger: b.service.Ledger(), Now: b.clock.now})
	d := b.draft(t, c)
	e := desk.Entry{Status: d.Status, Start: d.Start, Fields: d.Fields, Extra: d.Extra}
	e.What = strings.Repeat("ord ", 4<<10)
	if _, err := work.Edit(t.Context(), "dpo", d.No, e); err != nil {
		t.Fatal(err)
	}
	b.holdRun(t, 1, 3)
	if d = b.draft(t, c); d.Extra.Run.Mails != 3 || d.What != e.What {
		t.Errorf("%d mails, %d bytes", d.Extra.Run.Mails, len(d.What))
	}
}
