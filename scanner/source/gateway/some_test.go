package gateway_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"brevvagt/internal/postfixtest"
	"brevvagt/scanner/source/gateway"
	"brevvagt/scanner/source/gateway/postfix"
	"brevvagt/scanner/source/gateway/relay"
)

// splitLab is a lab whose lane hands copies for some recipients to its own Postfix.
func splitLab(t *testing.T) *lab {
	t.Helper()
	b := newLab(t, setting{idle: true})
	dir := t.TempDir()
	if err := b.lane.KeepSplits(filepath.Join(dir, "split")); err != nil {
		t.Fatal(err)
	}
	if err := b.lane.KeepReleases(filepath.Join(dir, "released")); err != nil {
		t.Fatal(err)
	}
	b.lane.Notices.Hop = &relay.Hop{Addr: b.pf.Addr, TLS: relay.None}
	b.start(t)
	return b
}

var three = []string{"b@firma.example", "c@firma.example", "d@firma.example"}

// holdFor holds a mail to three and returns its queue id and what was sent.
func (b *lab) holdFor(t *testing.T, nr int) (id string, raw []byte) {
	t.Helper()
	raw = append([]byte(fmt.Sprintf("X-Nr: %d\r\n", nr)), mailWith("MARKER-HOLD æøå")...)
	code, msg, err := b.dial(t).Send("a@kommune.example", three, raw)
	if err != nil || code != 250 {
		t.Fatalf("%d %s %v", code, msg, err)
	}
	return postfixtest.QueueID(msg), raw
}

// TestReleaseToSome: those who were chosen get the mail once, byte for byte, the
// others never, and nothing stays behind.
func TestReleaseToSome(t *testing.T) {
	t.Parallel()
	b := splitLab(t)
	id, raw := b.holdFor(t, 1)
	for range 2 { // the second is a repetition after a crash
		if _, err := b.lane.ReleaseTo(t.Context(), receiptOf(id), []string{"B@firma.example", "d@firma.example"}); err != nil {
			t.Fatal(err)
		}
	}
	got := b.arrived(t, 1)
	if !bytes.Equal(got[0], raw) {
		t.Errorf("arrived\n%q, sent\n%q", got[0], raw)
	}
	b.arrivedAt(t, []string{"b@firma.example", "d@firma.example"})
	if _, err := b.lane.ReleaseTo(t.Context(), receiptOf("3ABCDEF12345"), []string{"b@firma.example"}); err == nil {
		t.Error("a mail that never was is released")
	}
	if err := b.lane.Reconcile(t.Context(), b.judge.handle); err != nil {
		t.Fatal(err)
	}
	if h := b.held(t); len(h) > 0 {
		t.Errorf("held %v", h)
	}
	if seen := b.judge.seen(); len(seen) != 1 {
		t.Errorf("judged %s", itemIDs(seen))
	}
}

// arrivedAt compares who got mail, each address as often as it stands there.
func (b *lab) arrivedAt(t *testing.T, want []string) {
	t.Helper()
	var to []string
	for _, r := range b.sink.Received() {
		to = append(to, r.To...)
	}
	slices.Sort(to)
	slices.Sort(want)
	if !slices.Equal(to, want) {
		t.Errorf("arrived at %v, want %v", to, want)
	}
}

// TestForgedCopy: the header of a copy lets nothing through that we did not hand in.
func TestForgedCopy(t *testing.T) {
	t.Parallel()
	b := splitLab(t)
	id, _ := b.holdFor(t, 1)
	for _, mark := range []string{"x", id, id + ".", id + ".AAAAAAAAAAAAAAAAAAAAAAAAAA", "../split/" + id + ".", "." + id} {
		send(t, b.dial(t), append([]byte("X-Brevvagt-Udvalgte: "+mark+"\r\n"), mailWith("MARKER-REJECT")...), 550)
	}
}

// TestAnswerToCopyIsLost: Postfix has the copy and its answer never came: the next
// try finds the copy.
func TestAnswerToCopyIsLost(t *testing.T) {
	t.Parallel()
	b := splitLab(t)
	id, _ := b.holdFor(t, 1)
	hop := b.lane.Notices.Hop
	b.lane.Notices.Hop = &relay.Hop{Addr: losesAnswer(t, b.pf.Addr), TLS: relay.None}
	if _, err := b.lane.ReleaseTo(t.Context(), receiptOf(id), three[:1]); err == nil {
		t.Fatal("the answer came through")
	}
	eventually(t, "both held", func() bool { return len(b.held(t)) == 2 })
	if err := b.lane.Reconcile(t.Context(), b.judge.handle); err != nil { // it leaves the copy alone
		t.Fatal(err)
	}
	b.lane.Notices.Hop = hop
	if _, err := b.lane.ReleaseTo(t.Context(), receiptOf(id), three[:1]); err != nil {
		t.Fatal(err)
	}
	b.arrived(t, 1)
	b.arrivedAt(t, []string{three[0]})
	if h := b.held(t); len(h) > 0 {
		t.Errorf("held %v", h)
	}
}

// losesAnswer is a way to addr on which nothing comes back once a mail's content has
// been sent.
func losesAnswer(t *testing.T, addr string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", addr)
			if err != nil {
				_ = in.Close()
				return
			}
			go func() { _, _ = io.Copy(out, in) }()
			go func() {
				defer in.Close()
				defer out.Close()
				buf, asked := make([]byte, 4096), false
				for {
					n, err := out.Read(buf)
					if err != nil || asked {
						return
					}
					asked = strings.HasPrefix(string(buf[:n]), "354")
					_, _ = in.Write(buf[:n])
				}
			}()
		}
	}()
	return l.Addr().String()
}

// TestReleaseToSomeInterrupted ends releases to some at moments nobody chose, and
// repeats them as quarantine does: each chosen recipient gets each mail once.
func TestReleaseToSomeInterrupted(t *testing.T) {
	t.Parallel()
	b := splitLab(t)
	const mails = 8
	var wg sync.WaitGroup
	ids := make([]string, mails)
	for n := range mails {
		ids[n], _ = b.holdFor(t, n)
	}
	interrupted := 0
	var mu sync.Mutex
	for _, id := range ids {
		wg.Go(func() {
			for try := 1; ; try++ { // a slow machine needs longer in the end
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rand.IntN(200*try))*time.Millisecond)
				_, err := b.lane.ReleaseTo(ctx, receiptOf(id), three[:2])
				cancel()
				if err == nil {
					return
				}
				mu.Lock()
				interrupted++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	b.lane.Settle()
	t.Logf("%d tries were interrupted", interrupted)
	b.arrived(t, mails)
	var want []string
	for range mails {
		want = append(want, three[:2]...)
	}
	eventually(t, "what a try left behind to be deleted", func() bool {
		if err := b.lane.Reconcile(t.Context(), b.judge.handle); err != nil {
			t.Fatal(err)
		}
		return len(b.held(t)) == 0
	})
	b.arrivedAt(t, want)
}

// TestReleaseToSomeWithoutLane: a command releases while the daemon is away. Postfix
// holds the copy by itself.
func TestReleaseToSomeWithoutLane(t *testing.T) {
	t.Parallel()
	b := splitLab(t)
	id, _ := b.holdFor(t, 1)
	b.stop()
	command := &gateway.Milter{Postfix: &postfix.Control{ConfigDir: b.pf.ConfigDir}, Notices: b.lane.Notices}
	dir := t.TempDir()
	if err := command.KeepSplits(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := command.ReleaseTo(t.Context(), receiptOf(id), three[1:]); err != nil {
		t.Fatal(err)
	}
	command.Settle()
	b.arrived(t, 1)
	b.arrivedAt(t, three[1:])
	if h := b.held(t); len(h) > 0 {
		t.Errorf("held %v", h)
	}
}

// TestMailHandedInTwice: the same mail is held twice, since its client never heard of
// the first; one release delivers it once and leaves nothing.
func TestMailHandedInTwice(t *testing.T) {
	t.Parallel()
	b := splitLab(t)
	first, _ := b.holdFor(t, 1)
	second, _ := b.holdFor(t, 1)
	never := "3ABCDEF12345" // was never answered and is in no queue
	for range 2 {
		rec, err := b.lane.One(t.Context(), [][]byte{receiptOf(first), receiptOf(never), receiptOf(second)})
		if err != nil || !bytes.Equal(rec, receiptOf(second)) {
			t.Fatalf("%s, %v", rec, err)
		}
		if _, err := b.lane.Release(t.Context(), rec, "", nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	b.arrived(t, 1)
	if h := b.held(t); len(h) > 0 {
		t.Errorf("held %v", h)
	}
	// Somebody released one of them by himself: the others are given up.
	first, _ = b.holdFor(t, 2)
	second, _ = b.holdFor(t, 2)
	if _, err := b.lane.Release(t.Context(), receiptOf(first), "", nil, nil); err != nil {
		t.Fatal(err)
	}
	rec, err := b.lane.One(t.Context(), [][]byte{receiptOf(first), receiptOf(second)})
	if err != nil || !bytes.Equal(rec, receiptOf(first)) {
		t.Fatalf("%s, %v", rec, err)
	}
	b.arrived(t, 2)
	if h := b.held(t); len(h) > 0 {
		t.Errorf("held %v", h)
	}
}
