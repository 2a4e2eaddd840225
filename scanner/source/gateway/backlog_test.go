package gateway_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"brevvagt/internal/postfixtest"
	"brevvagt/scanner"
)

// TestBacklog adopts a night's mail that Postfix held by itself. GATEWAY_BACKLOG
// sets how many mails; the log tells how long it took.
func TestBacklog(t *testing.T) {
	if testing.Short() {
		t.Skip("needs Postfix")
	}
	mails := 250 // more than two batches
	if n, err := strconv.Atoi(os.Getenv("GATEWAY_BACKLOG")); err == nil {
		mails = n
	}
	b := newLab(t, setting{idle: true})
	var wg sync.WaitGroup
	for range 4 {
		c := b.dial(t)
		wg.Go(func() {
			for range mails / 4 {
				send(t, c, mailWith("ren"), 250)
			}
		})
	}
	wg.Wait()
	bad := postfixtest.QueueID(send(t, b.dial(t), mailWith("MARKER-HOLD"), 250))
	failed := postfixtest.QueueID(send(t, b.dial(t), mailWith("MARKER-ERROR"), 250))
	mails = mails / 4 * 4
	begun := time.Now()
	if err := b.lane.Reconcile(t.Context(), b.judge.handle); err != nil {
		t.Fatal(err)
	}
	adopted := time.Since(begun)
	eventually(t, "all delivered", func() bool { return len(b.sink.Received()) >= mails })
	t.Logf("%d held mails adopted and released in %s, all delivered after %s", mails, adopted.Round(time.Millisecond), time.Since(begun).Round(time.Millisecond))
	if got := len(b.sink.Received()); got != mails {
		t.Errorf("%d mails delivered, %d were clean", got, mails)
	}
	var held []string
	for _, h := range b.held(t) {
		held = append(held, h.ID)
	}
	want := []string{bad, failed}
	slices.Sort(held)
	slices.Sort(want)
	if !slices.Equal(held, want) {
		t.Errorf("held %v, want %v", held, want)
	}
}

// TestReleasedMeanwhile has the postmaster release mail between the listing and
// the scan: it is on its way, so no case may be made of it.
func TestReleasedMeanwhile(t *testing.T) {
	if testing.Short() {
		t.Skip("needs Postfix")
	}
	t.Parallel()
	b := newLab(t, setting{idle: true})
	c := b.dial(t)
	var ids []string
	for range 3 {
		ids = append(ids, postfixtest.QueueID(send(t, c, mailWith("MARKER-HOLD"), 250)))
	}
	b.lane.Known = func(ctx context.Context) (map[string]bool, error) {
		if all, err := b.lane.Postfix.List(ctx); err != nil || len(all) == 3 {
			b.pf.Command(t, "postsuper", "-H", ids[0]) // still queued
			b.pf.Command(t, "postsuper", "-d", ids[1]) // gone altogether
		}
		return b.judge.known(ctx)
	}
	if err := b.lane.Reconcile(t.Context(), b.judge.handle); err != nil {
		t.Fatal(err)
	}
	if seen := b.judge.seen(); len(seen) != 1 || seen[0].ID != ids[2] {
		t.Errorf("scanned %v, want only %s", itemIDs(seen), ids[2])
	}
}

func itemIDs(items []scanner.Item) string {
	var all []string
	for _, it := range items {
		all = append(all, it.ID)
	}
	return fmt.Sprint(all)
}
