package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"brevvagt/cmd/brevvagt/sample"
	"brevvagt/internal/postfixtest"
)

// TestReleaseOfAllCases releases every case by one command, beside the daemon. The
// command is killed in the middle and begun again: each mail arrives once.
// GATEWAY_BACKLOG sets how many; the log tells how long it took.
func TestReleaseOfAllCases(t *testing.T) {
	if testing.Short() {
		t.Skip("needs Postfix")
	}
	t.Parallel()
	mails := 48
	if n, err := strconv.Atoi(os.Getenv("GATEWAY_BACKLOG")); err == nil {
		mails = n
	}
	in, p := withPostfix(t, "")
	in.holdMany(p, mails)
	const reason = "Reglen var forkert"
	args := []string{"case", "release", "--all", "--by", "dpo", "--reason", reason, "--config", in.config}
	first := program(&in.log, args...)
	first.Stdin = strings.NewReader(testPassphrase + "\n")
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	in.within(20*time.Minute, "a third to arrive", func() bool { return len(in.received(0)) >= mails/3 })
	_ = first.Process.Signal(syscall.SIGKILL)
	_ = first.Wait()
	t.Logf("%d of %d mails had arrived after %s, when the command was killed", len(in.received(0)), mails, time.Since(begun).Round(time.Millisecond))
	again := time.Now()
	out, err := runWithin(20*time.Minute, testPassphrase+"\n", args...)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("the rest was released in %s: %s", time.Since(again).Round(time.Millisecond), strings.TrimSpace(out))
	in.within(20*time.Minute, "all to arrive", func() bool { return in.arrivedNumbers(t) == mails })
	in.within(20*time.Minute, "all cases to be closed", func() bool { return len(in.allCases()) == 0 })
	t.Logf("%d cases released and delivered in %s", mails, time.Since(begun).Round(time.Millisecond))
	if got := len(in.received(0)); got != mails {
		t.Errorf("%d mails arrived, %d were released", got, mails)
	}
	if held := strings.Count(p.Command(t, "postqueue", "-j"), `"queue_name": "hold"`); held > 0 {
		t.Errorf("%d mails are still held", held)
	}
}

// holdMany hands in mails that are held, four clients at once.
func (in *installation) holdMany(p *postfixtest.Postfix, mails int) {
	in.t.Helper()
	var wg sync.WaitGroup
	for client := range 4 {
		wg.Go(func() {
			c, err := postfixtest.Dial(p.Addr, "afsender.kommune.example")
			if err != nil {
				in.t.Error(err)
				return
			}
			defer c.Close()
			for n := client; n < mails; n += 4 {
				raw := fmt.Sprintf("From: %s\r\nTo: b@firma.example\r\nSubject: Mail\r\nMessage-ID: <%d@kommune.example>\r\nX-Id: %d.\r\n\r\nCPR-nr. %s\r\n", from, n, n, sample.Number(n))
				if code, text, err := c.Send(from, []string{"b@firma.example"}, []byte(raw)); err != nil || code != 250 {
					in.t.Errorf("%d %s %v", code, text, err)
					return
				}
			}
		})
	}
	wg.Wait()
	in.within(20*time.Minute, "all to be held", func() bool { return strings.Count(p.Command(in.t, "postqueue", "-j"), `"queue_name": "hold"`) == mails })
}

// arrivedNumbers is how many different mails have arrived.
func (in *installation) arrivedNumbers(t *testing.T) int {
	t.Helper()
	seen := map[string]bool{}
	for _, r := range in.received(0) {
		raw, err := r.Content()
		if err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(string(raw), "X-Id: ")
		n, _, _ := strings.Cut(rest, ".")
		seen[n] = true
	}
	return len(seen)
}
