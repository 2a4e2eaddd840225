package smtpin_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"brevvagt/internal/postfixtest"
	"brevvagt/scanner/source/gateway/relay"
	"brevvagt/scanner/source/gateway/smtpin"
)

func TestPassIsByteForByte(t *testing.T) {
	b := newLab(t, smtpin.Config{})
	c := b.dial(t)
	sent := [][]byte{
		mailWith("ren"),
		mailWith("bare\nends\rand \x00 æøå \xff"),
		mailWith(strings.Repeat("0123456789", 20_000)), // one line
		mailWith(strings.Repeat("linje\r\n", 300_000)),
	}
	for i, content := range sent {
		send(t, c, content, 250)
		if got := b.arrived(t, i+1)[i]; !bytes.Equal(got, content) {
			t.Errorf("mail %d arrived %.200q", i, got)
		}
	}
	it := b.judge.last(t)
	if it.Source != "smtp" || it.From != "a@kommune.example" || it.To[0] != "b@firma.example" || !bytes.Equal(it.Content, sent[3]) || len(it.ID) != 26 {
		t.Errorf("item %s %s %v", it.ID, it.From, it.To)
	}
}

func TestHoldThenReleaseByteForByte(t *testing.T) {
	b := newLab(t, smtpin.Config{})
	c := b.dial(t)
	content := mailWith("MARKER-HOLD bare\nend")
	for _, line := range []string{"MAIL FROM:<\"a b\"@kommune.example> BODY=8BITMIME RET=HDRS ENVID=x1", "RCPT TO:<b@firma.example> NOTIFY=FAILURE", "RCPT TO:<c@firma.example>"} {
		if code, msg, err := c.Cmd("%s", line); err != nil || code != 250 {
			t.Fatalf("%s: %d %s %v", line, code, msg, err)
		}
	}
	if code, _, _ := c.Cmd("BDAT %d LAST\r\n%s", len(content), content[:len(content)-2]); code != 250 {
		t.Fatalf("answer %d", code)
	}
	b.arrived(t, 0)
	it := b.judge.last(t)
	if !bytes.Equal(it.Content, content) || len(it.To) != 2 {
		t.Errorf("scanned %q for %v", it.Content, it.To)
	}
	if !b.lane.NeedsContent() {
		t.Error("nobody has the content")
	}
	answer, err := b.lane.Release(t.Context(), it.Receipt, "ignored", nil, bytes.NewReader(it.Content))
	if err != nil || answer == "" {
		t.Fatalf("%q, %v", answer, err)
	}
	if got := b.arrived(t, 1)[0]; !bytes.Equal(got, content) {
		t.Errorf("released %q", got)
	}
	r := b.sink.Received()[0]
	if r.From != "a b@kommune.example" || len(r.To) != 2 {
		t.Errorf("envelope %+v", r)
	}
	b.sink.Refuse(452, "full")
	if _, err := b.lane.Release(t.Context(), it.Receipt, "", nil, bytes.NewReader(content)); !relay.IsTemporary(err) {
		t.Errorf("full next hop: %v", err)
	}
	b.sink.Refuse(554, "never")
	if _, err := b.lane.Release(t.Context(), it.Receipt, "", nil, bytes.NewReader(content)); err == nil || relay.IsTemporary(err) {
		t.Errorf("refusing next hop: %v", err)
	}
	b.sink.Refuse(0, "")
	if err := b.lane.Reject(t.Context(), it.Receipt, "a@kommune.example", relay.Notice{Reason: "Vi fandt 1 CPR-nummer."}); err != nil || len(b.sink.Received()) != 2 {
		t.Errorf("reject: %v", err)
	}
	for _, rec := range []string{"{}", "x", `{"queue_id":"ABCDEFG"}`} {
		if _, err := b.lane.Release(t.Context(), []byte(rec), "", nil, bytes.NewReader(content)); !errors.Is(err, smtpin.ErrReceipt) {
			t.Errorf("receipt %s: %v", rec, err)
		}
	}
}

// TestNothingPassesOnDoubt makes every step fail in one session.
func TestNothingPassesOnDoubt(t *testing.T) {
	b := newLab(t, smtpin.Config{MaxBytes: 100_000, Help: "https://hjaelp.example"})
	c := b.dial(t)
	if msg := send(t, c, mailWith("MARKER-REJECT"), 550); msg != "5.7.1 Mailen er ikke sendt: 2 CPR-numre paa vej. Send den sikkert, eller bed din DPO om hjaelp. Hjaelp: https://hjaelp.example" {
		t.Errorf("refusal %q", msg)
	}
	for _, marker := range []string{"MARKER-ERROR", "MARKER-PANIC", "MARKER-ODD"} {
		send(t, c, mailWith(marker), 451)
	}
	send(t, c, mailWith(strings.Repeat("x", 100_000)), 552)
	send(t, c, append(bytes.Repeat([]byte("Received: from a\r\n by b\r\n"), 51), mailWith("")...), 554)
	b.arrived(t, 0)
	send(t, c, append(bytes.Repeat([]byte("Received: from a\r\n by b\r\n"), 49), mailWith("")...), 250)
	b.arrived(t, 1)
}

func TestNextHopsAnswersReachTheClient(t *testing.T) {
	b := newLab(t, smtpin.Config{})
	c := b.dial(t)
	code, msg, err := c.Send("a@kommune.example", []string{"unknown@firma.example"}, nil)
	if err != nil || code != 550 || !strings.HasPrefix(msg, "5.1.1") {
		t.Errorf("unknown recipient: %d %s %v", code, msg, err)
	}
	_, _, _ = c.Cmd("RSET")
	b.sink.Refuse(452, "full\r\n250 forged")
	send(t, c, mailWith("ren"), 452)
	b.sink.Refuse(554, "never")
	send(t, c, mailWith("ren"), 554)
	b.sink.Refuse(421, "closing")
	send(t, c, mailWith("ren"), 451)
	b.sink.Refuse(0, "")
	send(t, c, mailWith("ren"), 250)
	b.arrived(t, 1)
	_ = b.sink.Close()
	code, _, err = c.Send("a@kommune.example", []string{"b@firma.example"}, mailWith("ren"))
	if err != nil || code != 451 {
		t.Errorf("next hop gone: %d %v", code, err)
	}
}

// TestHalfAMailIsNone cuts the connection within the last BDAT chunk and within
// DATA.
func TestHalfAMailIsNone(t *testing.T) {
	b := newLab(t, smtpin.Config{})
	for _, command := range []string{"BDAT 5000 LAST\r\n", "DATA\r\n"} {
		nc, err := net.Dial("tcp", b.lane.Addr())
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(nc, "EHLO x\r\nMAIL FROM:<a@kommune.example>\r\nRCPT TO:<b@firma.example>\r\n"+command+string(mailWith("ren")))
		time.Sleep(100 * time.Millisecond)
		_ = nc.Close()
	}
	time.Sleep(100 * time.Millisecond)
	b.arrived(t, 0)
	b.judge.mu.Lock()
	defer b.judge.mu.Unlock()
	if len(b.judge.items) != 0 {
		t.Errorf("%d halves were scanned", len(b.judge.items))
	}
}

func TestStrangersAreRefused(t *testing.T) {
	b := newLab(t, smtpin.Config{Clients: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}})
	if _, err := postfixtest.Dial(b.lane.Addr(), "x"); err == nil || !strings.Contains(err.Error(), "554") {
		t.Errorf("stranger: %v", err)
	}
}

func TestSessionLimits(t *testing.T) {
	b := newLab(t, smtpin.Config{MaxRecipients: 2, MaxMails: 2, MaxConns: 2})
	c := b.dial(t)
	if code, _, _ := c.Send("a@kommune.example", []string{"b@f.example", "c@f.example", "d@f.example"}, nil); code != 452 {
		t.Errorf("third recipient: %d", code)
	}
	_, _, _ = c.Cmd("RSET")
	send(t, c, mailWith("ren"), 250)
	if code, _, _ := c.Cmd("MAIL FROM:<a@kommune.example>"); code != 451 {
		t.Errorf("third mail: %d", code)
	}
	second := b.dial(t)
	third := make(chan error, 1)
	go func() {
		c, err := postfixtest.Dial(b.lane.Addr(), "x")
		if err == nil {
			_ = c.Close()
		}
		third <- err
	}()
	select {
	case <-third:
		t.Error("third connection served")
	case <-time.After(50 * time.Millisecond):
	}
	_ = second.Close()
	if err := <-third; err != nil {
		t.Errorf("third connection: %v", err)
	}
}

func TestIdleClientIsLeft(t *testing.T) {
	b := newLab(t, smtpin.Config{Idle: time.Second})
	nc, err := net.Dial("tcp", b.lane.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	_ = nc.SetReadDeadline(time.Now().Add(time.Minute))
	said, err := io.ReadAll(nc) // to the end of the connection
	if err != nil && os.IsTimeout(err) || !bytes.HasPrefix(said, []byte("220 ")) {
		t.Errorf("%v, after %q", err, said)
	}
}

func TestEndlessCommandAndStalledData(t *testing.T) {
	b := newLab(t, smtpin.Config{Idle: 300 * time.Millisecond, DataTime: 500 * time.Millisecond})
	for name, in := range map[string]string{
		"command": strings.Repeat("x", 100_000),
		"data":    "EHLO x\r\nMAIL FROM:<a@kommune.example>\r\nRCPT TO:<b@firma.example>\r\nDATA\r\nhalf",
	} {
		nc, err := net.Dial("tcp", b.lane.Addr())
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(nc, in)
		_ = nc.SetReadDeadline(time.Now().Add(time.Minute))
		if _, err := io.Copy(io.Discard, nc); errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: kept open", name)
		} else if ne, ok := err.(net.Error); ok && ne.Timeout() {
			t.Errorf("%s: kept open", name)
		}
		_ = nc.Close()
	}
	b.arrived(t, 0)
}

func TestEndLetsRunningMailsFinish(t *testing.T) {
	b := newLab(t, smtpin.Config{})
	idle, c := b.dial(t), b.dial(t)
	answer := make(chan string, 1)
	go func() {
		code, msg, err := c.Send("a@kommune.example", []string{"b@firma.example"}, mailWith("MARKER-WAIT"))
		answer <- fmt.Sprint(code, " ", msg, err)
	}()
	for end := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		b.judge.mu.Lock()
		n := len(b.judge.items)
		b.judge.mu.Unlock()
		if n > 0 {
			break
		}
		if time.Now().After(end) {
			t.Fatal("the mail is not judged within a minute")
		}
	}
	ended := make(chan error, 1)
	go func() { ended <- b.stop() }()
	for end := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		code, _, err := idle.Cmd("MAIL FROM:<a@kommune.example>")
		if err != nil || code == 451 {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("new mail at the end: %d", code)
		}
		_, _, _ = idle.Cmd("RSET")
	}
	close(b.judge.leave)
	if a := <-answer; !strings.HasPrefix(a, "250 ") {
		t.Errorf("running mail: %s", a)
	}
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("end: %v", err)
	}
	b.arrived(t, 1)
}

// TestNextHopDropsIdleConnection: a connection kept from the mail before may be
// dead when the next mail comes.
func TestNextHopDropsIdleConnection(t *testing.T) {
	front, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer front.Close()
	b := newLab(t, smtpin.Config{})
	var mu sync.Mutex
	var open []net.Conn
	go func() {
		for {
			in, err := front.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", b.sink.Addr())
			if err != nil {
				return
			}
			mu.Lock()
			open = append(open, in, out)
			mu.Unlock()
			go func() { _, _ = io.Copy(out, in) }()
			go func() { _, _ = io.Copy(in, out) }()
		}
	}()
	b.lane.Next.Addr = front.Addr().String()
	c := b.dial(t)
	for i := range 3 {
		send(t, c, mailWith("ren"), 250)
		b.arrived(t, i+1)
		mu.Lock()
		for _, nc := range open {
			_ = nc.Close()
		}
		open = nil
		mu.Unlock()
	}
}
