package main

import (
	"database/sql"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"brevvagt/cmd/brevvagt/sample"
	"brevvagt/internal/porttest"
	"brevvagt/internal/postfixtest"
)

// TestSameMailHandedInAgain: a client that never heard the answer hands in its mail
// again. One case is made of it, and its release delivers it once, through Postfix and
// on the SMTP lane.
func TestSameMailHandedInAgain(t *testing.T) {
	if testing.Short() {
		t.Skip("needs Postfix")
	}
	t.Parallel()
	raw := []byte(fmt.Sprintf("From: %s\r\nTo: b@firma.example\r\nSubject: En sag\r\nMessage-ID: <igen@kommune.example>\r\nDate: Tue, 24 Nov 2026 09:00:00 +0100\r\n\r\nCPR-nr. %s\r\n", from, sample.Number(5)))
	twice := func(in *installation, addr string) {
		t.Helper()
		before := in.cases()
		for range 2 {
			if code, text := send(t, addr, from, []string{"b@firma.example"}, raw); code != 250 {
				t.Fatal(code, text)
			}
		}
		id := added(t, before, in.cases())
		if shown := in.must("", "case", "show", id, "--config", in.config); !strings.Contains(shown, "repeated") {
			t.Errorf("the case does not tell that the mail came again:\n%s", shown)
		}
		in.must(testPassphrase+"\n", "case", "release", id, "--by", "dpo", "--reason", "Set og godkendt", "--config", in.config)
		in.received(1)
		if n := in.notices() - len(before); n != 1 {
			t.Errorf("the sender got %d notices of one mail", n)
		}
	}
	t.Run("postfix", func(t *testing.T) {
		in, p := withPostfix(t, "")
		twice(in, p.Addr)
		in.eventually("the queue to be empty", func() bool { return !strings.Contains(p.Command(t, "postqueue", "-j"), "queue_id") })
		if got := len(in.received(1)); got != 1 {
			t.Errorf("%d mails arrived", got)
		}
	})
	t.Run("smtp", func(t *testing.T) {
		addr := porttest.Free(t)
		in := install(t, "")
		silent := in.silentNotices(t)
		in.quiet(fmt.Sprintf("gateway:\n  smtp: {listen: %q, next_hop: %q}\n", addr, in.sink.Addr()))
		in.start()
		const more = 9 // more than are scanned at once, and with one more no more than are told of one by one
		for i := range more {
			other := strings.NewReplacer("<igen@", fmt.Sprintf("<nr%d@", i)).Replace(string(raw))
			if code, text := send(t, addr, from, []string{"b@firma.example"}, []byte(other)); code != 250 {
				t.Fatal(code, text)
			}
		}
		if n := len(in.cases()); n != more || strings.Contains(in.log.String(), "needs more time") {
			t.Errorf("%d cases, want %d; mails waited for their notices", n, more)
		}
		go relayTo(silent, in.sink.Addr())
		if n := in.notices(); n != more {
			t.Errorf("%d notices, want %d", n, more)
		}
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

// silentNotices gives the installation a mail server for its notices that takes
// connections and says nothing.
func (in *installation) silentNotices(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	c, err := os.ReadFile(in.config)
	if err != nil {
		t.Fatal(err)
	}
	c = []byte(strings.Replace(string(c), fmt.Sprintf("smtp: %q", in.sink.Addr()), fmt.Sprintf("smtp: %q", l.Addr()), 1))
	if err := os.WriteFile(in.config, c, 0o600); err != nil {
		t.Fatal(err)
	}
	return l
}

// notices is how many have come to senders, once none waits to be sent.
func (in *installation) notices() (n int) {
	in.t.Helper()
	in.eventually("the notices to be sent", func() bool {
		db, err := sql.Open("sqlite", "file:"+filepath.Join(in.state, "brevvagt.db")+"?mode=ro")
		if err != nil {
			in.t.Fatal(err)
		}
		defer db.Close()
		waiting := -1
		err = db.QueryRow(`SELECT COUNT(*) FROM notices WHERE state <> 'done'`).Scan(&waiting)
		return err == nil && waiting == 0
	})
	for _, r := range in.sink.Received() {
		if r.From == "" {
			n++
		}
	}
	return n
}

// relayTo passes the connections of l on.
func relayTo(l net.Listener, addr string) {
	for {
		a, err := l.Accept()
		if err != nil {
			return
		}
		b, err := net.Dial("tcp", addr)
		if err != nil {
			_ = a.Close()
			return
		}
		go func() { _, _ = io.Copy(a, b); _ = a.Close() }()
		go func() { _, _ = io.Copy(b, a); _ = b.Close() }()
	}
}
