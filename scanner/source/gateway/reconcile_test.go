package gateway_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"brevvagt/internal/postfixtest"
	"brevvagt/scanner/source/gateway"
)

// TestFilterDown is the night the scanner was not running: Postfix holds
// everything, and the reconciler sorts it out afterwards.
func TestFilterDown(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Parallel()
	b := newLab(t, setting{idle: true})
	c := b.dial(t)
	clean, bad := mailWith("ren"), mailWith("MARKER-HOLD")
	send(t, c, clean, 250)
	badID := postfixtest.QueueID(send(t, c, bad, 250))
	errID := postfixtest.QueueID(send(t, c, mailWith("MARKER-ERROR"), 250))
	send(t, c, mailWith("MARKER-REJECT"), 250)
	if n := len(b.held(t)); n != 4 {
		t.Fatalf("%d held", n)
	}
	b.start(t)
	eventually(t, "two left in hold", func() bool { return len(b.held(t)) == 2 })
	eventually(t, "clean mail and notice arrive", func() bool { return len(b.sink.Received()) == 2 })
	var ids []string
	for _, h := range b.held(t) {
		ids = append(ids, h.ID)
	}
	if !slices.Contains(ids, badID) || !slices.Contains(ids, errID) {
		t.Errorf("held %v, want %s and %s", ids, badID, errID)
	}
	var delivered, notices int
	for _, r := range b.sink.Received() {
		content, _ := r.Content()
		switch {
		case r.From == "" && r.To[0] == "a@kommune.example" && bytes.Contains(content, []byte("3 CPR-numre")):
			notices++
		case bytes.Equal(withoutReceived(content), clean):
			delivered++
		}
	}
	if delivered != 1 || notices != 1 {
		t.Errorf("%d delivered unchanged, %d notices", delivered, notices)
	}
	times := map[string]int{}
	for _, it := range b.judge.seen() {
		times[it.ID]++
		if it.From != "a@kommune.example" || it.To[0] != "b@firma.example" || it.Received.IsZero() {
			t.Errorf("adopted item %s from %q to %v", it.ID, it.From, it.To)
		}
	}
	if times[badID] != 1 {
		t.Errorf("a mail with a case was scanned %d times", times[badID])
	}
	eventually(t, "the failed one is tried again", func() bool {
		n := 0
		for _, it := range b.judge.seen() {
			if it.ID == errID {
				n++
			}
		}
		return n >= 2
	})
}

func TestAdoptKeep(t *testing.T) {
	t.Parallel()
	b := newLab(t, setting{idle: true, config: gateway.Config{Adopt: gateway.AdoptKeep}})
	send(t, b.dial(t), mailWith("ren"), 250)
	for range 3 {
		if err := b.lane.Reconcile(t.Context(), b.judge.handle); err != nil {
			t.Fatal(err)
		}
	}
	if len(b.held(t)) != 1 || len(b.judge.seen()) != 1 {
		t.Errorf("%d held, scanned %d times", len(b.held(t)), len(b.judge.seen()))
	}
}

// TestGoneOutside has somebody delete a held mail behind our back.
func TestGoneOutside(t *testing.T) {
	if testing.Short() {
		t.Skip("needs Postfix")
	}
	t.Parallel()
	b := newLab(t, setting{})
	var mu sync.Mutex
	var absent []string
	b.lane.Absent = func(_ context.Context, id string) { mu.Lock(); absent = append(absent, id); mu.Unlock() }
	id := postfixtest.QueueID(send(t, b.dial(t), mailWith("MARKER-HOLD"), 250))
	other := postfixtest.QueueID(send(t, b.dial(t), mailWith("MARKER-HOLD"), 250))
	if err := b.lane.Reconcile(t.Context(), b.judge.handle); err != nil {
		t.Fatal(err) // it has seen both
	}
	b.pf.Command(t, "postsuper", "-d", id)
	eventually(t, "absence reported", func() bool { mu.Lock(); defer mu.Unlock(); return len(absent) > 0 })
	for range 4 {
		if err := b.lane.Reconcile(t.Context(), b.judge.handle); err != nil {
			t.Fatal(err)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if len(absent) != 1 || absent[0] != id {
		t.Errorf("absent %v, want only %s (%s is held)", absent, id, other)
	}
	if _, err := b.lane.Release(t.Context(), receiptOf(id), "", nil, nil); !errors.Is(err, gateway.ErrGone) {
		t.Errorf("release: %v", err)
	}
}

// TestReleaseSurvivesARestart: asked for, delivered, stopped before the answer was
// stored. The next process must not call that mail gone.
func TestReleaseSurvivesARestart(t *testing.T) {
	if testing.Short() {
		t.Skip("needs Postfix")
	}
	t.Parallel()
	b := newLab(t, setting{})
	dir := t.TempDir()
	if err := b.lane.KeepReleases(dir); err != nil {
		t.Fatal(err)
	}
	id := postfixtest.QueueID(send(t, b.dial(t), mailWith("MARKER-HOLD"), 250))
	if _, err := b.lane.Release(t.Context(), receiptOf(id), "", nil, nil); err != nil {
		t.Fatal(err)
	}
	b.arrived(t, 1)
	eventually(t, "queue empty", func() bool { all, err := b.lane.Postfix.List(t.Context()); return err == nil && len(all) == 0 })
	next := &gateway.Milter{Postfix: b.lane.Postfix}
	if err := next.KeepReleases(dir); err != nil {
		t.Fatal(err)
	}
	if answer, err := next.Release(t.Context(), receiptOf(id), "", nil, nil); err != nil {
		t.Errorf("%q, %v", answer, err)
	}
	fresh := &gateway.Milter{Postfix: b.lane.Postfix}
	if _, err := fresh.Release(t.Context(), receiptOf(id), "", nil, nil); !errors.Is(err, gateway.ErrGone) {
		t.Errorf("without the memory: %v", err)
	}
}

func TestForeignReceipts(t *testing.T) {
	m := &gateway.Milter{}
	for _, r := range []string{"", "{}", `{"queue_id":"-r ALL"}`, `{"queue_id":7}`} {
		if _, err := m.Release(t.Context(), []byte(r), "", nil, nil); !errors.Is(err, gateway.ErrReceipt) {
			t.Errorf("release %q: %v", r, err)
		}
	}
	if m.NeedsContent() {
		t.Error("Postfix has the content")
	}
}
