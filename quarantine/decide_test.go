package quarantine_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"brevvagt/internal/store"
	"brevvagt/internal/storetest"
	"brevvagt/quarantine"
	"brevvagt/quarantine/ledger"
	"brevvagt/quarantine/register"
)

func (b *bench) decision() quarantine.Decision {
	return quarantine.Decision{By: "dpo", Reason: "modtager bekræftet", Opener: b.opener}
}

func TestTemporaryFailureIsRepeated(t *testing.T) {
	b := newBench(t, true)
	c := b.hold(t, deposit("item-1"))
	b.source.err = fmt.Errorf("451 next hop is down: %w", quarantine.ErrTemporary)
	got, err := b.service.Release(t.Context(), c.ID, b.decision())
	if err != nil || got.State != quarantine.Releasing || !strings.Contains(got.LastError, "451") {
		t.Fatalf("%+v, %v", got, err)
	}
	if err := b.service.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, err = b.service.Get(t.Context(), c.ID); err != nil || got.State != quarantine.Releasing {
		t.Fatalf("%+v, %v", got, err)
	}
	if _, err := b.service.Release(t.Context(), c.ID, b.decision()); !errors.Is(err, quarantine.ErrState) {
		t.Errorf("asked twice: %v", err)
	}
	b.source.err = nil
	if err := b.service.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	got, err = b.service.Get(t.Context(), c.ID)
	if err != nil || got.State != quarantine.Released || got.LastError != "" || len(b.source.delivered) != 1 || !bytes.Equal(b.source.delivered[0].body, original) {
		t.Errorf("%+v, %v, %d deliveries", got, err, len(b.source.delivered))
	}
	if got, want := b.verbs(t, c.ID), "brevvagt:held dpo:release-requested brevvagt:released"; got != want {
		t.Errorf("history %q", got)
	}
}

func TestPermanentFailureComesBackToHeld(t *testing.T) {
	b := newBench(t, true)
	c := b.hold(t, deposit("item-1"))
	b.source.err = errors.New("550 no such user 070761-4285@firma.example " + strings.Repeat("x", 1000))
	got, err := b.service.Release(t.Context(), c.ID, b.decision())
	if err == nil || got.State != quarantine.Held || !strings.Contains(got.LastError, "550 no such user 070761-xxxx") || len(got.LastError) > 600 {
		t.Fatalf("%+v, %v", got, err)
	}
	if left, _ := os.ReadDir(filepath.Join(b.dir, "outbox")); len(left) != 0 {
		t.Errorf("outbox still holds %v", left)
	}
	b.source.err = nil
	if got, err = b.service.Release(t.Context(), c.ID, b.decision()); err != nil || got.State != quarantine.Released || got.LastError != "" {
		t.Errorf("%+v, %v", got, err)
	}
	if got, want := b.verbs(t, c.ID), "brevvagt:held dpo:release-requested brevvagt:release-failed dpo:release-requested brevvagt:released"; got != want {
		t.Errorf("history %q", got)
	}
	c = b.hold(t, deposit("item-2"))
	b.source.err = errors.New("gone from the queue")
	if got, err := b.service.Reject(t.Context(), c.ID, b.decision()); err == nil || got.State != quarantine.Held {
		t.Errorf("%+v, %v", got, err)
	}
	if d, err := b.service.Draft(t.Context(), c.ID); err != nil || d.Status != register.Averted {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestAnOutboxEmptiedByHandIsNoDelivery(t *testing.T) {
	b := newBench(t, true)
	c := b.hold(t, deposit("item-1"))
	b.source.err = quarantine.ErrTemporary
	if _, err := b.service.Release(t.Context(), c.ID, b.decision()); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(b.dir, "outbox", c.ID)); err != nil {
		t.Fatal(err)
	}
	b.source.err = nil
	if err := b.service.Resume(t.Context()); err == nil {
		t.Error("resume said nothing")
	}
	if got, err := b.service.Get(t.Context(), c.ID); err != nil || got.State != quarantine.Held || len(b.source.delivered) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestTwoPeopleMustAgree(t *testing.T) {
	b := newBench(t, false)
	d := deposit("item-1")
	d.Rules = append(d.Rules, quarantine.Rule{ID: "foreign-recipient", Danish: "til udlandet", Approvers: 2})
	c := b.hold(t, d)
	first, err := b.service.Release(t.Context(), c.ID, quarantine.Decision{By: "anna", Reason: "ser rigtigt ud"})
	if err != nil || first.State != quarantine.Held || fmt.Sprint(first.ApprovalsDone) != "[anna]" || first.Approvers() != 2 {
		t.Fatalf("%+v, %v", first, err)
	}
	if _, err := b.service.Release(t.Context(), c.ID, quarantine.Decision{By: "anna", Reason: "igen"}); !errors.Is(err, quarantine.ErrNotAllowed) {
		t.Errorf("the same person twice: %v", err)
	}
	if len(b.source.delivered) != 0 {
		t.Fatal("delivered after one approval")
	}
	got, err := b.service.Release(t.Context(), c.ID, quarantine.Decision{By: "bo", Reason: "enig"})
	if err != nil || got.State != quarantine.Released || fmt.Sprint(got.ApprovalsDone) != "[anna bo]" {
		t.Fatalf("%+v, %v", got, err)
	}
	if got, want := b.verbs(t, c.ID), "brevvagt:held anna:approved bo:release-requested brevvagt:released"; got != want {
		t.Errorf("history %q", got)
	}
	lines, _ := b.service.History(t.Context(), c.ID)
	if lines[1].Detail["reason"] != "ser rigtigt ud" {
		t.Errorf("approval without its reason: %v", lines[1])
	}
}

// Whoever writes to the database decides nothing: an approval, a release or a rejection
// counts only when the ledger tells of it, and so does how many must agree.
func TestTheLedgerIsTheWitness(t *testing.T) {
	b := newBench(t, false)
	change := func(text string, args ...any) {
		t.Helper()
		err := b.db.Update(t.Context(), func(tx *sql.Tx) error { _, err := tx.ExecContext(t.Context(), text, args...); return err })
		if err != nil {
			t.Fatal(err)
		}
	}
	two := func(item string) *quarantine.Case {
		d := deposit(item)
		d.Rules[0].Approvers = 2
		return b.hold(t, d)
	}
	held := func(name, id string) {
		t.Helper()
		got, err := b.service.Get(t.Context(), id)
		if err != nil || got.State != quarantine.Held || len(b.source.delivered) != 0 || len(b.source.notices) != 0 {
			t.Errorf("%s: %v, %v, %d went, %d rejected", name, got.State, err, len(b.source.delivered), len(b.source.notices))
		}
	}
	added := two("added")
	change(`UPDATE cases SET approvals = '["bo"]' WHERE id = $1`, added.ID)
	if _, err := b.service.Release(t.Context(), added.ID, quarantine.Decision{By: "anna", Reason: "ja"}); err != nil {
		t.Error(err)
	}
	held("an approval added", added.ID)
	lowered := two("lowered")
	change(`UPDATE cases SET facts = REPLACE(facts, '"approvers":2', '"approvers":1'), brief = '' WHERE id = $1`, lowered.ID)
	if _, err := b.service.Release(t.Context(), lowered.ID, quarantine.Decision{By: "anna", Reason: "ja"}); err != nil {
		t.Error(err)
	}
	held("fewer must agree", lowered.ID)
	for _, state := range []string{"releasing", "rejecting"} {
		moved := two(state)
		change(`UPDATE cases SET state = $2, decided_by = 'bo', decided_at = 1, reason = 'ja' WHERE id = $1`, moved.ID, state)
		if err := b.service.Resume(t.Context()); err == nil {
			t.Error("nobody is told of a case that was moved by hand")
		}
		held(state, moved.ID)
		if got, _ := b.service.Get(t.Context(), moved.ID); !strings.Contains(got.LastError, "changed by hand") {
			t.Errorf("the case says %q", got.LastError)
		}
	}
	forged := two("forged")
	if _, err := b.service.Release(t.Context(), forged.ID, quarantine.Decision{By: "anna", Reason: "ja"}); err != nil {
		t.Fatal(err)
	}
	change(`UPDATE ledger_private SET actor = 'bo' WHERE actor = 'anna' AND seq IN (SELECT seq FROM ledger_lines WHERE case_id = $1)`, forged.ID)
	var bad *ledger.BadLine
	if _, err := b.service.Release(t.Context(), forged.ID, quarantine.Decision{By: "anna", Reason: "ja"}); !errors.As(err, &bad) {
		t.Errorf("a changed line is believed: %v", err)
	}
	held("a changed line", forged.ID)
}

func TestAFailedReleaseAsksBothAgain(t *testing.T) {
	b := newBench(t, false)
	d := deposit("item-1")
	d.Rules[0].Approvers = 2
	c := b.hold(t, d)
	b.source.err = errors.New("550 no")
	b.service.Release(t.Context(), c.ID, quarantine.Decision{By: "anna", Reason: "ja"})
	if got, err := b.service.Release(t.Context(), c.ID, quarantine.Decision{By: "bo", Reason: "ja"}); err == nil || len(got.ApprovalsDone) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestOnlyOneOfManyReleasesDelivers(t *testing.T) {
	b := newBench(t, true)
	c := b.hold(t, deposit("item-1"))
	var wg sync.WaitGroup
	var mu sync.Mutex
	done := 0
	for i := range 6 {
		wg.Go(func() {
			if i%2 == 0 {
				b.service.Resume(t.Context())
				return
			}
			if _, err := b.service.Release(t.Context(), c.ID, b.decision()); err == nil {
				mu.Lock()
				done++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if done != 1 || len(b.source.delivered) != 1 {
		t.Errorf("%d released, %d delivered", done, len(b.source.delivered))
	}
}

// The terminal and the page belong to two processes: while one releases, the other
// must wait, and then finds the case decided.
func TestTwoProcessesCannotBothDecide(t *testing.T) {
	b := newBench(t, true)
	c := b.hold(t, deposit("item-1"))
	beside, err := storetest.Open(t.Context(), store.Options{Path: b.db.Path(), Shared: true})
	if err != nil {
		t.Fatal(err)
	}
	defer beside.Close()
	other, err := quarantine.New(quarantine.Config{Store: beside, Vault: b.vault, Outbox: filepath.Join(b.dir, "outbox"),
		Releasers: map[string]quarantine.Releaser{"gateway": b.source},
		Crash: func(point string) {
			if point == "release:outbox-written" {
				soon, cancel := context.WithTimeout(t.Context(), 250*time.Millisecond)
				defer cancel()
				if _, err := b.service.Reject(soon, c.ID, b.decision()); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("rejected while another process releases: %v", err)
				}
			}
		}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Release(t.Context(), c.ID, b.decision()); err != nil {
		t.Fatal(err)
	}
	if _, err := b.service.Reject(t.Context(), c.ID, b.decision()); !errors.Is(err, quarantine.ErrState) {
		t.Errorf("rejected a released case: %v", err)
	}
	if len(b.source.delivered) != 1 || len(b.source.notices) != 0 {
		t.Errorf("%d delivered, %d rejected", len(b.source.delivered), len(b.source.notices))
	}
	if left, _ := os.ReadDir(filepath.Join(b.dir, "outbox")); len(left) != 0 {
		t.Errorf("outbox holds %v", left)
	}
}

func TestWhatWentBehindOurBackIsAPossibleBreach(t *testing.T) {
	b := newBench(t, false)
	c := b.hold(t, deposit("item-1"))
	for range 2 { // the source may say it more than once
		if err := b.service.MarkGone(t.Context(), "gateway", "item-1"); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.service.MarkGone(t.Context(), "gateway", "another"); !errors.Is(err, quarantine.ErrNotFound) {
		t.Errorf("%v", err)
	}
	got, err := b.service.Get(t.Context(), c.ID)
	if err != nil || got.State != quarantine.Gone {
		t.Errorf("%+v, %v", got, err)
	}
	if d, err := b.service.Draft(t.Context(), c.ID); err != nil || d.Status != register.Possible || !strings.HasPrefix(d.Notify, "[DPO afgør]") {
		t.Errorf("%+v, %v", d, err)
	}
	if got := b.verbs(t, c.ID); got != "brevvagt:held brevvagt:gone" {
		t.Errorf("history %q", got)
	}
}

func TestASourceGetsItsTrueIDsBack(t *testing.T) {
	b := newBench(t, false)
	for _, item := range []string{"0707614285", "4bXk5c0Wz3z1", "decided"} { // a short queue id of Postfix can be all digits
		b.hold(t, deposit(item))
	}
	other := deposit("elsewhere")
	other.Source = "share"
	b.hold(t, other)
	list, _, err := b.service.List(t.Context(), quarantine.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		if c.ItemID == "decided" {
			if _, err := b.service.Reject(t.Context(), c.ID, b.decision()); err != nil {
				t.Fatal(err)
			}
		}
	}
	items, err := b.service.Items(t.Context(), "gateway")
	if err != nil || fmt.Sprint(items) != "map[0707614285:true 4bXk5c0Wz3z1:true]" {
		t.Errorf("%v, %v", items, err)
	}
}

func TestExpiredContentIsDeleted(t *testing.T) {
	b := newBench(t, true)
	old := b.hold(t, deposit("old"))
	rejected := b.hold(t, deposit("rejected"))
	if _, err := b.service.Reject(t.Context(), rejected.ID, b.decision()); err != nil {
		t.Fatal(err)
	}
	b.clock.add(31 * 24 * time.Hour)
	fresh := b.hold(t, deposit("fresh"))
	n, err := b.service.Expire(t.Context(), b.clock.now().Add(-30*24*time.Hour))
	if err != nil || n != 2 {
		t.Fatalf("%d, %v", n, err)
	}
	if got, err := b.service.Get(t.Context(), old.ID); err != nil || got.State != quarantine.Expired || got.VaultObject != "" || got.PictureCount != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := b.service.Get(t.Context(), rejected.ID); err != nil || got.State != quarantine.Rejected || got.VaultObject != "" {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := b.service.Original(t.Context(), old.ID, "dpo", "se", b.opener); !errors.Is(err, quarantine.ErrNotFound) {
		t.Errorf("content of an expired case: %v", err)
	}
	objects, err := b.vault.Objects()
	if err != nil || len(objects) != 3 || !strings.HasPrefix(objects[0], fresh.ID) {
		t.Errorf("%v, %v", objects, err)
	}
	if d, err := b.service.Draft(t.Context(), old.ID); err != nil || !strings.Contains(d.Measures, "indholdet er slettet") {
		t.Errorf("%+v, %v", d, err)
	}
	if n, err := b.service.Expire(t.Context(), b.clock.now().Add(-30*24*time.Hour)); err != nil || n != 0 {
		t.Errorf("a second time: %d, %v", n, err)
	}
	if got, want := b.verbs(t, old.ID), "brevvagt:held brevvagt:expired"; got != want {
		t.Errorf("history %q", got)
	}
}

func TestWithoutItsSourceNothingIsDecided(t *testing.T) {
	b := newBench(t, false)
	d := deposit("item-1")
	d.Source = "share"
	c := b.hold(t, d)
	for _, try := range []func() error{
		func() error { _, err := b.service.Release(t.Context(), c.ID, b.decision()); return err },
		func() error { _, err := b.service.Reject(t.Context(), c.ID, b.decision()); return err },
		func() error {
			_, err := b.service.Release(t.Context(), c.ID, quarantine.Decision{Reason: "uden navn"})
			return err
		},
	} {
		if err := try(); !errors.Is(err, quarantine.ErrNotAllowed) {
			t.Errorf("%v", err)
		}
	}
	if got, err := b.service.Get(t.Context(), c.ID); err != nil || got.State != quarantine.Held {
		t.Errorf("%+v, %v", got, err)
	}
}

// The transition table, seen from outside: from an end nothing moves.
func TestEndsAreEnds(t *testing.T) {
	b := newBench(t, false)
	c := b.hold(t, deposit("item-1"))
	if _, err := b.service.Reject(t.Context(), c.ID, b.decision()); err != nil {
		t.Fatal(err)
	}
	if _, err := b.service.Release(t.Context(), c.ID, b.decision()); !errors.Is(err, quarantine.ErrState) {
		t.Errorf("%v", err)
	}
	if _, err := b.service.Reject(t.Context(), c.ID, b.decision()); !errors.Is(err, quarantine.ErrState) {
		t.Errorf("%v", err)
	}
	if again := b.hold(t, deposit("item-1")); again.ID != c.ID || again.State != quarantine.Rejected {
		t.Errorf("a rejected item came back as %+v", again)
	}
}

func TestAStartBesideTheDaemonClearsNothing(t *testing.T) {
	b := newBench(t, true)
	if _, err := b.vault.Seal(t.Context(), "01JXORPHAN", strings.NewReader("being held right now")); err != nil {
		t.Fatal(err)
	}
	beside, err := storetest.Open(t.Context(), store.Options{Path: b.db.Path(), Shared: true})
	if err != nil {
		t.Fatal(err)
	}
	defer beside.Close()
	if _, err := quarantine.New(quarantine.Config{Store: beside, Vault: b.vault, Outbox: filepath.Join(b.dir, "outbox")}); err != nil {
		t.Fatal(err)
	}
	if objects, err := b.vault.Objects(); err != nil || len(objects) != 1 {
		t.Errorf("%v, %v", objects, err)
	}
}
