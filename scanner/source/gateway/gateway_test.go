package gateway_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"brevvagt/internal/postfixtest"
	"brevvagt/scanner"
	"brevvagt/scanner/source/gateway"
	"brevvagt/scanner/source/gateway/milter"
	"brevvagt/scanner/source/gateway/postfix"
	"brevvagt/scanner/source/gateway/relay"
)

func TestCleanMailPassesUnchanged(t *testing.T) {
	if testing.Short() {
		t.Skip("needs Postfix")
	}
	for _, network := range []string{"unix", "tcp"} {
		t.Run(network, func(t *testing.T) {
			b := newLab(t, setting{network: network})
			content := mailWith("ren " + strings.Repeat("linje æøå\r\n", 20_000))
			send(t, b.dial(t), content, 250)
			if got := b.arrived(t, 1)[0]; !bytes.Equal(got, content) {
				t.Errorf("arrived\n%.300q\nsent\n%.300q", got, content)
			}
			it := b.judge.seen()[0]
			if !bytes.Equal(it.Content, content) {
				t.Errorf("scanned\n%.300q", it.Content)
			}
			if it.Source != "milter" || it.From != "a@kommune.example" || len(it.To) != 1 || it.To[0] != "b@firma.example" || postfix.CheckID(it.ID) != nil {
				t.Errorf("item %+v", scanner.Item{Source: it.Source, ID: it.ID, From: it.From, To: it.To})
			}
		})
	}
}

func TestHoldAndReleaseOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("needs Postfix")
	}
	t.Parallel()
	b := newLab(t, setting{})
	content := mailWith("MARKER-HOLD")
	id := postfixtest.QueueID(send(t, b.dial(t), content, 250))
	if h := b.held(t); len(h) != 1 || h[0].ID != id {
		t.Fatalf("held %+v", h)
	}
	time.Sleep(500 * time.Millisecond) // two rounds of the reconciler
	if n := len(b.sink.Received()); n != 0 {
		t.Fatalf("%d mails left before the release", n)
	}
	it := b.judge.seen()[0]
	errs := make(chan error)
	for range 2 {
		go func() {
			_, err := b.lane.Release(t.Context(), it.Receipt, it.From, it.To, nil)
			errs <- err
		}()
	}
	for range 2 {
		if err := <-errs; err != nil {
			t.Errorf("release: %v", err)
		}
	}
	if got := b.arrived(t, 1)[0]; !bytes.Equal(got, content) {
		t.Errorf("released\n%q", got)
	}
	answer, err := b.lane.Release(t.Context(), it.Receipt, it.From, it.To, nil)
	if err != nil || !strings.Contains(answer, id) {
		t.Errorf("release after delivery: %q, %v", answer, err)
	}
	b.arrived(t, 1)
	if n := len(b.judge.seen()); n != 1 {
		t.Errorf("scanned %d times", n)
	}
	if err := b.lane.Reject(t.Context(), it.Receipt, it.From, relay.Notice{}); err != nil {
		t.Errorf("reject after delivery: %v", err)
	}
}

func TestRejectDeletesAndTellsTheSender(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Parallel()
	b := newLab(t, setting{})
	send(t, b.dial(t), mailWith("MARKER-HOLD"), 250)
	it := b.judge.seen()[0]
	n := relay.Notice{Reason: "Vi fandt 3 CPR-numre.", Subject: "æbler"}
	if err := b.lane.Reject(t.Context(), it.Receipt, it.From, n); err != nil {
		t.Fatal(err)
	}
	if h := b.held(t); len(h) != 0 {
		t.Errorf("still held: %+v", h)
	}
	got := b.sink.Received()
	if len(got) != 1 || got[0].From != "" || got[0].To[0] != "a@kommune.example" {
		t.Fatalf("notice %+v", got)
	}
	c, _ := got[0].Content()
	if !bytes.Contains(c, []byte("3 CPR-numre")) || bytes.Contains(c, []byte("MARKER")) {
		t.Errorf("notice\n%s", c)
	}
	if err := b.lane.Reject(t.Context(), it.Receipt, it.From, n); err != nil {
		t.Errorf("repeated: %v", err)
	}
	if _, err := b.lane.Release(t.Context(), it.Receipt, "", nil, nil); !errors.Is(err, gateway.ErrGone) {
		t.Errorf("release of a deleted mail: %v", err)
	}
	// The null sender gets no answer.
	if err := b.lane.Reject(t.Context(), it.Receipt, "", n); err != nil || len(b.sink.Received()) != 2 {
		t.Errorf("null sender: %v, %d notices", err, len(b.sink.Received()))
	}
}

func TestRefusalsInSession(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Parallel()
	b := newLab(t, setting{config: gateway.Config{Deadline: 3 * time.Second, Help: "https://hjaelp.example"}})
	c := b.dial(t)
	msg := send(t, c, mailWith("MARKER-REJECT"), 550)
	if want := "5.7.1 Mailen er ikke sendt: 3 CPR-numre paa vej ud, 100% sikkert. Send den sikkert, eller bed din DPO om hjaelp. Hjaelp: https://hjaelp.example"; msg != want {
		t.Errorf("refusal %q", msg)
	}
	for _, marker := range []string{"MARKER-ERROR", "MARKER-PANIC", "MARKER-ODD", "MARKER-STUCK"} {
		send(t, c, mailWith(marker), 451)
	}
	send(t, c, mailWith("MARKER-WARN"), 250)
	b.arrived(t, 1)
	if h := b.held(t); len(h) != 0 {
		t.Errorf("held %+v", h)
	}
}

func TestErrorsCanHold(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Parallel()
	b := newLab(t, setting{config: gateway.Config{OnError: gateway.Hold, Adopt: gateway.AdoptNothing}})
	send(t, b.dial(t), mailWith("MARKER-ERROR"), 250)
	if h := b.held(t); len(h) != 1 || len(b.sink.Received()) != 0 {
		t.Errorf("held %+v", h)
	}
}

// TestTenthMailOfOneConnection: address, HELO and login belong to the connection
// and must not be lost after the first mail.
func TestTenthMailOfOneConnection(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	listen := "unix:" + filepath.Join(postfixtest.Dir(t), "m.sock")
	l, err := milter.Listen(listen, 0o666, "")
	if err != nil {
		t.Fatal(err)
	}
	var last *milter.Message
	srv := &milter.Server{Handler: milter.HandlerFunc(func(_ context.Context, m *milter.Message) milter.Reply {
		last = m
		return milter.Accept()
	})}
	go func() { _ = srv.Serve(l) }()
	defer srv.Close()
	pf := postfixtest.Start(t, postfixtest.Config{Milter: listen, Extra: []string{"mynetworks = 127.0.0.0/8 192.0.2.0/24"}})
	c, err := postfixtest.Dial(pf.Addr, "proxy.example")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	// Postfix lets us claim client and login, as a proxy in front of it may.
	if code, msg, err := c.Cmd("XCLIENT NAME=pc9.kommune.example ADDR=192.0.2.9 PORT=4711 LOGIN=testperson HELO=pc9"); err != nil || code != 220 {
		t.Fatalf("%d %s %v", code, msg, err)
	}
	if code, _, err := c.Cmd("EHLO pc9.kommune.example"); err != nil || code != 250 {
		t.Fatal(code, err)
	}
	for i := range 10 {
		send(t, c, mailWith(fmt.Sprintf("nummer %d", i)), 250)
		if i == 4 {
			// A mail given up half way must leave nothing behind.
			_, _, _ = c.Cmd("MAIL FROM:<anden@kommune.example>")
			_, _, _ = c.Cmd("RCPT TO:<fremmed@firma.example>")
			_, _, _ = c.Cmd("RSET")
		}
	}
	if last.ConnAddr != "192.0.2.9" || last.ConnPort != 4711 || last.ConnHost != "pc9.kommune.example" || last.Helo != "pc9.kommune.example" ||
		last.Macro("auth_authen") != "testperson" || last.From != "a@kommune.example" || len(last.To) != 1 || !bytes.Contains(last.Body, []byte("nummer 9")) {
		t.Errorf("tenth mail: %+v, login %q", last, last.Macro("auth_authen"))
	}
}

// TestNoStallOverTCP: unanswered small packets would meet the delayed
// acknowledgement of TCP, 40 ms for nearly every mail. The quicker quarter of some
// mails tells, in one round of several, whatever else the machine is doing: a stall would
// be in every round.
func TestNoStallOverTCP(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a Postfix")
	}
	quarter := func(c *postfixtest.Client) time.Duration {
		var took []time.Duration
		for range 30 {
			begun := time.Now()
			send(t, c, mailWith("ren"), 250)
			took = append(took, time.Since(begun))
		}
		slices.Sort(took)
		t.Logf("quickest %s, quarter %s, median %s", took[0], took[7], took[15])
		return took[7]
	}
	const stall = 38 * time.Millisecond
	c := newLab(t, setting{network: "tcp"}).dial(t)
	if quarter(c) <= stall {
		return
	}
	// A slow machine needs as long without any stall: a way without TCP tells.
	calm := newLab(t, setting{}).dial(t)
	for range 20 {
		if over := quarter(c) - quarter(calm); over <= stall {
			return
		}
	}
	t.Error("in no round was TCP less than 38 ms behind a socket of the machine")
}

// TestSlowScan has a scan longer than Postfix would wait: progress packets carry
// it over.
func TestSlowScan(t *testing.T) {
	if testing.Short() {
		t.Skip("needs Postfix")
	}
	t.Parallel()
	b := newLab(t, setting{postfix: postfixtest.Config{ContentTimeout: "5s", DefaultAction: "tempfail"}})
	send(t, b.dial(t), mailWith("MARKER-SLOW"), 250)
	b.arrived(t, 1)
}

func TestTooBigIsHeldThenAdopted(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Parallel()
	b := newLab(t, setting{config: gateway.Config{MaxBytes: 10_000}})
	content := mailWith(strings.Repeat("stor linje\r\n", 5_000))
	send(t, b.dial(t), content, 250)
	if got := b.arrived(t, 1)[0]; !bytes.Equal(got, content) {
		t.Errorf("arrived %.200q", got)
	}
	if n := len(b.judge.seen()); n != 1 {
		t.Errorf("scanned %d times", n)
	}
}
