package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"brevvagt/cmd/brevvagt/sample"
	"brevvagt/internal/postfixtest"
)

// TestSameMailHandedInAgain: a client that never heard the answer hands in its mail
// again. One case is made of it, and its release delivers it once, through Postfix and
// on the SMTP lane.
func TestSameMailHandedInAgain(t *testing.T) {
	if testing.Short() {
		t.Skip("needs Postfix")
	}
	raw := []byte(fmt.Sprintf("From: %s\r\nTo: b@firma.example\r\nSubject: En sag\r\nMessage-ID: <igen@kommune.example>\r\nDate: Tue, 24 Nov 2026 09:00:00 +0100\r\n\r\nCPR-nr. %s\r\n", from, sample.Number(5)))
	twice := func(in *installation, addr string) {
		t.Helper()
		for range 2 {
			if code, text := send(t, addr, from, []string{"b@firma.example"}, raw); code != 250 {
				t.Fatal(code, text)
			}
		}
		ids := in.cases()
		if len(ids) != 1 {
			t.Fatalf("%d cases", len(ids))
		}
		if shown := in.must("", "case", "show", ids[0], "--config", in.config); !strings.Contains(shown, "repeated") {
			t.Errorf("the case does not tell that the mail came again:\n%s", shown)
		}
		in.must(testPassphrase+"\n", "case", "release", ids[0], "--by", "dpo", "--reason", "Set og godkendt", "--config", in.config)
		in.received(1)
	}
	t.Run("postfix", func(t *testing.T) {
		in, p := withPostfix(t, "")
		twice(in, p.Addr)
		in.eventually("the queue to be empty", time.Minute, func() bool { return !strings.Contains(p.Command(t, "postqueue", "-j"), "queue_id") })
		if got := len(in.received(1)); got != 1 {
			t.Errorf("%d mails arrived", got)
		}
	})
	t.Run("smtp", func(t *testing.T) {
		addr := freePort(t)
		in := install(t, "")
		in.quiet(fmt.Sprintf("gateway:\n  smtp: {listen: %q, next_hop: %q}\n", addr, in.sink.Addr()))
		in.start()
		twice(in, addr)
		c, err := postfixtest.Dial(addr, "afsender.kommune.example") // the lane has nothing left to send
		if err != nil {
			t.Fatal(err)
		}
		_ = c.Close()
		if got := len(in.received(1)); got != 1 {
			t.Errorf("%d mails arrived", got)
		}
	})
}
