package gateway_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"brevvagt/internal/postfixtest"
	"brevvagt/scanner"
	"brevvagt/scanner/source/gateway"
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

// TestLargeHeldMail adopts a large mail that Postfix held by itself: it comes from
// a file and not from memory, byte for byte, and no file is left.
func TestLargeHeldMail(t *testing.T) {
	if testing.Short() {
		t.Skip("needs Postfix")
	}
	t.Parallel()
	dir := t.TempDir()
	b := newLab(t, setting{idle: true, config: gateway.Config{LargeDir: dir}})
	mail := mailWith(strings.Repeat("En linje i en stor mail.\r\n", 3<<20/26) + "MARKER-HOLD")
	id := postfixtest.QueueID(send(t, b.dial(t), mail, 250))
	var got []byte
	err := b.lane.Reconcile(t.Context(), func(ctx context.Context, it scanner.Item) (scanner.Outcome, error) {
		if it.Large == nil || it.Large.Size != int64(len(it.Content)) {
			t.Errorf("a mail of %d bytes came in memory", len(it.Content))
		}
		got = bytes.Clone(it.Content)
		return b.judge.handle(ctx, it)
	})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(withoutReceived(got), mail) {
		t.Errorf("%d bytes were judged, %d were sent", len(got), len(mail))
	}
	if h := b.held(t); len(h) != 1 || h[0].ID != id {
		t.Errorf("held %v", h)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left in the folder: %v, %v", left, err)
	}
}

// TestReleaseOfAll releases every held mail at once, as many hands do that decide
// many cases together, some of them asked twice: none is lost, none comes twice.
// GATEWAY_BACKLOG sets how many mails.
func TestReleaseOfAll(t *testing.T) {
	if testing.Short() {
		t.Skip("needs Postfix")
	}
	mails := 40
	if n, err := strconv.Atoi(os.Getenv("GATEWAY_BACKLOG")); err == nil {
		mails = n
	}
	b := newLab(t, setting{})
	ids := make(chan string, mails)
	var wg sync.WaitGroup
	for from := range 4 {
		c := b.dial(t)
		wg.Go(func() {
			for n := from; n < mails; n += 4 {
				ids <- postfixtest.QueueID(send(t, c, append([]byte(fmt.Sprintf("X-Nr: %d\r\n", n)), mailWith("MARKER-HOLD")...), 250))
			}
		})
	}
	wg.Wait()
	close(ids)
	eventually(t, "all held", func() bool { return len(b.held(t)) == mails })
	begun := time.Now()
	for range 16 {
		wg.Go(func() {
			for id := range ids {
				for range 1 + min(1, len(ids)%20/19) {
					if _, err := b.lane.Release(t.Context(), receiptOf(id), "", nil, nil); err != nil {
						t.Errorf("%s: %v", id, err)
					}
				}
			}
		})
	}
	wg.Wait()
	took := time.Since(begun)
	seen := map[string]int{}
	b.lane.Settle()
	ctx, cancel := context.WithTimeout(t.Context(), patience+time.Duration(mails)*20*time.Millisecond)
	defer cancel()
	all, err := b.sink.Wait(ctx, mails)
	if err != nil {
		t.Fatalf("%d of %d arrived: %v", len(all), mails, err)
	}
	for _, c := range b.arrived(t, mails) {
		seen[string(mailNumber.FindSubmatch(c)[1])]++
	}
	if len(seen) != mails || len(b.held(t)) != 0 {
		t.Errorf("%d different mails arrived, %d were held; %d are still", len(seen), mails, len(b.held(t)))
	}
	t.Logf("%d held mails released in %s", mails, took.Round(time.Millisecond))
}
