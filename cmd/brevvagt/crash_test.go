package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"brevvagt/cmd/brevvagt/sample"
	"brevvagt/internal/postfixtest"
)

const crashClients = 4

// crashSize is how much is sent and how often the daemon is killed: little by
// default, and what a release is judged by (2,000 mails, 30 kills) with
// BREVVAGT_CRASH=full.
func crashSize() (mails, kills int) {
	if os.Getenv("BREVVAGT_CRASH") == "full" {
		return 2000, 30
	}
	return 200, 5
}

// crashMail is mail n; every fifth must be held.
func crashMail(n int) []byte {
	text := "Intet at se her."
	if n%5 == 0 {
		text = "CPR-nr. " + sample.Number(n)
	}
	return []byte(fmt.Sprintf("From: %s\r\nTo: b@firma.example\r\nSubject: Mail %d\r\nDate: Tue, 24 Nov 2026 09:00:00 +0100\r\nMessage-ID: <%d@kommune.example>\r\nX-Id: %d.\r\n\r\n%s\r\n", from, n, n, n, text))
}

// TestKilledDaemonLosesNothing kills the daemon with -9 again and again while mail
// flows through Postfix with the shipped default (default_action=quarantine): no
// mail is lost, none comes twice, none that had to be held gets out, and in the
// end every held mail has exactly one case.
func TestKilledDaemonLosesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("needs Postfix and a minute")
	}
	t.Parallel()
	in, p := withPostfix(t, "")
	crashMails, crashKills := crashSize()
	var next, attempts atomic.Int64
	var clients sync.WaitGroup
	for range crashClients {
		clients.Go(func() {
			for {
				n := int(next.Add(1) - 1)
				if n >= crashMails {
					return
				}
				attempts.Add(sendUntilTaken(t, p.Addr, crashMail(n)))
			}
		})
	}
	kills := 0
	for ; kills < crashKills; kills++ {
		// Kills are spread over the traffic, at moments nobody chose.
		in.eventually("the traffic to go on", func() bool { return next.Load() > int64(kills*crashMails/(crashKills+1)) })
		time.Sleep(time.Duration(rand.IntN(60)) * time.Millisecond)
		in.kill()
		in.start()
	}
	clients.Wait()
	in.kill()
	in.start() // the reconciler adopts what Postfix held in our absence

	in.eventually("every clean mail to be delivered", func() bool {
		return len(in.received(0)) >= crashMails-crashMails/5
	})
	in.eventually("every held mail to have its case", func() bool { return len(in.allCases()) >= crashMails/5 })
	in.judge(t, p, crashMails, kills, int(attempts.Load()))
}

// judge compares what was sent with what was delivered and what is held.
func (in *installation) judge(t *testing.T, p *postfixtest.Postfix, crashMails, kills, attempts int) {
	t.Helper()
	delivered := make(map[int]int)
	for _, r := range in.received(0) {
		raw, err := r.Content()
		if err != nil {
			t.Fatal(err)
		}
		var n int
		_, rest, _ := bytes.Cut(raw, []byte("X-Id: "))
		if _, err := fmt.Sscanf(string(rest), "%d.", &n); err != nil {
			t.Fatalf("a delivered mail without its number: %v", err)
		}
		delivered[n]++
	}
	lost, doubled, leaked := 0, 0, 0
	for n := range crashMails {
		switch got := delivered[n]; {
		case n%5 == 0 && got > 0:
			leaked++
		case n%5 != 0 && got == 0:
			lost++
		case got > 1:
			doubled++
		}
	}
	held := strings.Count(p.Command(t, "postqueue", "-j"), `"queue_name": "hold"`)
	cases := len(in.allCases())
	t.Logf("%d mails, %d kills, %d attempts: %d lost, %d doubled, %d leaked, %d held, %d cases", crashMails, kills, attempts, lost, doubled, leaked, held, cases)
	// Clients talk to Postfix, which is never killed, so none sees a connection
	// break after its mail was taken: exactly one in five is held.
	if lost+doubled+leaked > 0 || held != crashMails/5 || cases != held {
		t.Errorf("lost %d, doubled %d, leaked %d, held %d, cases %d", lost, doubled, leaked, held, cases)
	}
}

// allCases are the items with an open case, however many.
func (in *installation) allCases() map[string]bool {
	in.t.Helper()
	ids := make(map[string]bool)
	for line := range strings.SplitSeq(in.must("", "case", "list", "--format", "jsonl", "--config", in.config), "\n") {
		var c struct{ ID string }
		if json.Unmarshal([]byte(line), &c) == nil && c.ID != "" {
			ids[c.ID] = true
		}
	}
	return ids
}

// sendUntilTaken sends a mail as a patient client does: it tries again on a
// temporary refusal and on a broken connection.
func sendUntilTaken(t *testing.T, addr string, raw []byte) (tries int64) {
	var last error
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		tries++
		c, err := postfixtest.Dial(addr, "afsender.kommune.example")
		if last = err; err != nil {
			continue
		}
		code, text, err := c.Send(from, []string{"b@firma.example"}, raw)
		c.Close()
		switch {
		case err == nil && code == 250:
			return tries
		case err == nil && code >= 500:
			t.Errorf("refused for good: %d %s", code, text)
			return tries
		}
		last = fmt.Errorf("%d %s %w", code, text, err)
	}
	t.Errorf("not taken within %s, after %d tries: %v", patience, tries, last)
	return tries
}
