package gateway_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"brevvagt/internal/porttest"
	"brevvagt/internal/postfixtest"
	"brevvagt/scanner"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/source/gateway"
	"brevvagt/scanner/source/gateway/postfix"
	"brevvagt/scanner/source/gateway/relay"
)

// judge is a stand-in for the pipeline: it decides by a word in the mail.
type judge struct {
	mu    sync.Mutex
	items []scanner.Item
	cases map[string]bool // item ids with a case
	// always needs more time even for mails that cannot be put aside.
	always bool
}

func (j *judge) handle(ctx context.Context, it scanner.Item) (scanner.Outcome, error) {
	j.mu.Lock()
	j.items = append(j.items, it)
	j.mu.Unlock()
	has := func(word string) bool { return bytes.Contains(it.Content, []byte(word)) }
	out := scanner.Outcome{Verdict: policy.Verdict{Action: policy.Pass}}
	switch {
	case has("MARKER-LATER") && (it.Deferrable || j.always):
		return out, scanner.ErrLater
	case has("MARKER-HOLD"):
		j.mu.Lock()
		j.cases[it.ID] = true
		j.mu.Unlock()
		out.CaseID = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
		out.Verdict.Action = policy.Hold
	case has("MARKER-ROUTE"):
		out.Verdict.Route = "sikker"
	case has("MARKER-WARN"):
		out.Verdict.Action = policy.Warn
	case has("MARKER-REJECT"):
		out.Verdict = policy.Verdict{Action: policy.Reject, Rules: []policy.Rule{{ID: "cpr-unprotected", Text: "3 CPR-numre på vej ud, 100% sikkert"}}}
	case has("MARKER-ERROR"):
		return out, errors.New("database is locked")
	case has("MARKER-PANIC"):
		panic("with content: " + string(it.Content))
	case has("MARKER-ODD"):
		out.Verdict.Action = "shrug"
	case has("MARKER-SLOW"):
		time.Sleep(5500 * time.Millisecond)
	case has("MARKER-STUCK"):
		<-ctx.Done()
		time.Sleep(300 * time.Millisecond)
	}
	return out, nil
}

func (j *judge) known(context.Context) (map[string]bool, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	all := map[string]bool{}
	for id := range j.cases {
		all[id] = true
	}
	return all, nil
}

func (j *judge) seen() []scanner.Item {
	j.mu.Lock()
	defer j.mu.Unlock()
	return append([]scanner.Item(nil), j.items...)
}

// lab is a private Postfix with our lane in front and a sink behind.
type lab struct {
	judge *judge
	pf    *postfixtest.Postfix
	sink  *relay.Sink
	lane  *gateway.Milter
	stop  func()
}

type setting struct {
	network string // of the milter socket, default unix
	config  gateway.Config
	postfix postfixtest.Config
	idle    bool // do not start the lane
}

func newLab(t testing.TB, s setting) *lab {
	t.Helper()
	sink, err := relay.StartSink(filepath.Join(t.TempDir(), "mailbox"), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sink.Close() })
	listen := "unix:" + filepath.Join(postfixtest.Dir(t), "m.sock")
	if s.network == "tcp" {
		listen = "inet:" + porttest.Free(t)
	}
	s.postfix.Milter = listen
	if s.postfix.NextHop == "" {
		s.postfix.NextHop = sink.Addr()
	}
	pf := postfixtest.Start(t, s.postfix)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("Postfix:\n%s", pf.Log())
		}
	})
	s.config.Listen, s.config.SocketMode = listen, 0o666
	if s.config.Every == 0 {
		s.config.Every = 200 * time.Millisecond
	}
	b := &lab{judge: &judge{cases: map[string]bool{}}, pf: pf, sink: sink, stop: func() {}}
	b.lane = &gateway.Milter{
		Config: s.config, Postfix: &postfix.Control{ConfigDir: pf.ConfigDir},
		Notices: relay.Notifier{From: "brevvagt@kommune.example", Hop: &relay.Hop{Addr: sink.Addr()}}, Known: b.judge.known,
	}
	if !s.idle {
		b.start(t)
	}
	return b
}

// start runs the lane until the test ends or stop is called.
func (b *lab) start(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- b.lane.Run(ctx, b.judge.handle) }()
	b.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("lane ended with %v", err)
		}
	})
	t.Cleanup(func() { b.stop() })
	network, addr, _ := strings.Cut(b.lane.Config.Listen, ":")
	if network == "inet" {
		network = "tcp"
	}
	eventually(t, "the lane listens", func() bool {
		c, err := net.Dial(network, addr)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	})
}

func (b *lab) dial(t testing.TB) *postfixtest.Client {
	t.Helper()
	c, err := postfixtest.Dial(b.pf.Addr, "pc7.kommune.example")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func mailWith(text string) []byte {
	return []byte("From: a@kommune.example\r\nTo: b@firma.example\r\nDate: Tue, 24 Nov 2026 10:00:00 +0100\r\n" +
		"Message-ID: <1@kommune.example>\r\nSubject: =?utf-8?q?=C3=A6bler?=\r\n\tfoldet\r\nX-Odd:no space\r\nx-odd:   three\r\n\r\n" + text + "\r\n.prik\r\n\r\n")
}

// send transmits one mail and expects the code.
func send(t testing.TB, c *postfixtest.Client, content []byte, want int) string {
	t.Helper()
	code, msg, err := c.Send("a@kommune.example", []string{"b@firma.example"}, content)
	if err != nil || code != want {
		t.Fatalf("want %d, got %d %s, %v", want, code, msg, err)
	}
	return msg
}

// arrived waits for n mails and returns them without the Received header that
// Postfix put on top.
func (b *lab) arrived(t testing.TB, n int) [][]byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	got, err := b.sink.Wait(ctx, n)
	if err != nil || len(got) != n {
		t.Fatalf("%d mails arrived, want %d: %v\n%s", len(got), n, err, b.pf.Log())
	}
	var all [][]byte
	for _, r := range got {
		c, err := r.Content()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, withoutReceived(c))
	}
	return all
}

func withoutReceived(c []byte) []byte {
	for bytes.HasPrefix(c, []byte("Received:")) {
		_, rest, _ := bytes.Cut(c, []byte("\r\n"))
		for len(rest) > 0 && (rest[0] == ' ' || rest[0] == '\t') {
			_, rest, _ = bytes.Cut(rest, []byte("\r\n"))
		}
		c = rest
	}
	return c
}

func (b *lab) held(t testing.TB) []postfix.Mail {
	t.Helper()
	h, err := b.lane.Postfix.Held(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func receiptOf(id string) []byte {
	b, _ := json.Marshal(map[string]string{"queue_id": id})
	return b
}

// patience is how long a test waits for what is to come at once.
const patience = 3 * time.Minute

// eventually waits for a condition.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("not within %s: %s", patience, what)
}
