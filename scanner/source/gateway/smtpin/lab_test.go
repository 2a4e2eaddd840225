package smtpin_test

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"brevvagt/internal/postfixtest"
	"brevvagt/scanner"
	"brevvagt/scanner/later"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/source/gateway/relay"
	"brevvagt/scanner/source/gateway/smtpin"
)

// judge is a stand-in for the pipeline: it decides by a word in the mail.
type judge struct {
	mu     sync.Mutex
	items  []scanner.Item
	leave  chan struct{} // MARKER-WAIT waits for it
	route  string        // every mail goes by it
	before func()        // called with each mail
}

func (j *judge) handle(_ context.Context, it scanner.Item) (scanner.Outcome, error) {
	j.mu.Lock()
	j.items = append(j.items, it)
	j.mu.Unlock()
	has := func(word string) bool { return bytes.Contains(it.Content, []byte(word)) }
	out := scanner.Outcome{Verdict: policy.Verdict{Action: policy.Pass, Route: j.route}}
	if j.before != nil {
		j.before()
	}
	switch {
	case has("MARKER-HOLD"):
		out.Verdict.Action = policy.Hold
	case has("MARKER-REJECT"):
		out.Verdict = policy.Verdict{Action: policy.Reject, Rules: []policy.Rule{{Text: "2 CPR-numre på vej"}}}
	case has("MARKER-ERROR"):
		return out, errors.New("database is locked")
	case has("MARKER-PANIC"):
		panic("with content")
	case has("MARKER-ODD"):
		out.Verdict.Action = ""
	case has("MARKER-WAIT"):
		<-j.leave
	}
	return out, nil
}

func (j *judge) last(t *testing.T) scanner.Item {
	t.Helper()
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.items) == 0 {
		t.Fatal("nothing was scanned")
	}
	return j.items[len(j.items)-1]
}

type lab struct {
	lane  *smtpin.Server
	judge *judge
	sink  *relay.Sink
	stop  func() error
}

func newLab(t *testing.T, c smtpin.Config, change ...func(*smtpin.Server)) *lab {
	t.Helper()
	sink, err := relay.StartSink(filepath.Join(t.TempDir(), "mailbox"), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sink.Close() })
	c.Listen = "127.0.0.1:0"
	hop := &relay.Hop{Addr: sink.Addr(), CommandTimeout: time.Minute, DataTimeout: time.Minute}
	b := &lab{judge: &judge{leave: make(chan struct{})}, sink: sink,
		lane: &smtpin.Server{Config: c, Next: hop, Notices: relay.Notifier{From: "brevvagt@kommune.example", Hop: hop}}}
	for _, f := range change {
		f(b.lane)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- b.lane.Run(ctx, b.judge.handle) }()
	b.stop = sync.OnceValue(func() error { cancel(); return <-done })
	t.Cleanup(func() {
		if err := b.stop(); !errors.Is(err, context.Canceled) {
			t.Errorf("lane ended with %v", err)
		}
	})
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if b.lane.Addr() != "" {
			return b
		}
	}
	t.Fatal("the lane does not listen")
	return nil
}

// spooled gives a lane its Later.
func spooled(t *testing.T) func(*smtpin.Server) {
	t.Helper()
	spool, err := later.Open(filepath.Join(t.TempDir(), "later"), 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	return func(s *smtpin.Server) { s.Later = spool }
}

// until waits for a condition, generously.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

func (b *lab) dial(t *testing.T) *postfixtest.Client {
	t.Helper()
	c, err := postfixtest.Dial(b.lane.Addr(), "pc7.kommune.example")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func mailWith(text string) []byte {
	return []byte("Received: from x by y\r\nSubject: =?utf-8?q?=C3=A6bler?=\r\n\tfoldet\r\nX-Odd:no space\r\n\r\n" + text + "\r\n.prik\r\n..\r\n\r\n")
}

func send(t *testing.T, c *postfixtest.Client, content []byte, want int) string {
	t.Helper()
	code, msg, err := c.Send("a@kommune.example", []string{"b@firma.example"}, content)
	if err != nil || code != want {
		t.Fatalf("want %d, got %d %s, %v", want, code, msg, err)
	}
	return msg
}

func (b *lab) arrived(t *testing.T, n int) [][]byte {
	t.Helper()
	got := b.sink.Received()
	if len(got) != n {
		t.Fatalf("%d mails arrived, want %d", len(got), n)
	}
	var all [][]byte
	for _, r := range got {
		c, err := r.Content()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	return all
}
