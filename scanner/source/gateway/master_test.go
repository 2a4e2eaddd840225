package gateway_test

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"brevvagt/internal/postfixtest"
)

// TestKilledPostfix kills Postfix's master with -9 again and again while four
// clients hand in mail, every fifth of which must be held. In the end each accepted
// mail is delivered once or held. Only a mail whose client saw its connection break
// may come twice: that client cannot know, and sends again. GATEWAY_CRASH sets how
// many mails.
func TestKilledPostfix(t *testing.T) {
	if testing.Short() {
		t.Skip("needs Postfix")
	}
	mails := 150
	if n, err := strconv.Atoi(os.Getenv("GATEWAY_CRASH")); err == nil {
		mails = n
	}
	kills := 3 * max(1, mails/1000)
	b := newLab(t, setting{})
	var next atomic.Int32
	var mu sync.Mutex
	unsure := map[int]bool{}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for n := int(next.Add(1)); n <= mails; n = int(next.Add(1)) {
				if insist(t, b.pf.Addr, n) {
					mu.Lock()
					unsure[n] = true
					mu.Unlock()
				}
			}
		})
	}
	for k := range kills {
		eventually(t, "the traffic goes on", func() bool { return int(next.Load()) >= (k+1)*mails/(kills+1) })
		b.pf.Kill()
		b.pf.Restart(t)
	}
	wg.Wait()
	delivered, held := map[int]int{}, map[int]int{}
	count := func() (int, int) {
		clear(delivered)
		clear(held)
		for _, r := range b.sink.Received() {
			c, err := r.Content()
			if err != nil {
				t.Fatal(err)
			}
			delivered[numberOf(c)]++
			if bytes.Contains(c, []byte("MARKER-HOLD")) {
				t.Error("a mail that had to be held was delivered")
			}
		}
		for _, h := range b.held(t) {
			c, err := b.lane.Postfix.Content(t.Context(), h.ID, 1<<20)
			if err != nil {
				continue // it left while we looked
			}
			held[numberOf(c)]++
		}
		return len(delivered), len(held)
	}
	done := false
	for end := time.Now().Add(patience); !done && time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		d, h := count()
		done = d == mails-mails/5 && h == mails/5
	}
	lost, doubled, excused := 0, 0, 0
	for n := 1; n <= mails; n++ {
		switch got := delivered[n] + held[n]; {
		case got == 0:
			lost++
		case got > 1 && unsure[n]:
			excused++
		case got > 1:
			doubled++
		}
	}
	t.Logf("%d mails, %d kills of Postfix: %d lost, %d doubled, %d came twice because their client saw no answer, %d held", mails, kills, lost, doubled, excused, len(held))
	if lost+doubled > 0 || len(held) != mails/5 {
		t.Errorf("%d lost, %d doubled, %d held, want %d", lost, doubled, len(held), mails/5)
	}
}

func numberOf(content []byte) int {
	m := mailNumber.FindSubmatch(content)
	if m == nil {
		return -1
	}
	n, _ := strconv.Atoi(string(m[1])) // digits only
	return n
}

// insist sends one mail until it is taken, and reports whether a connection broke
// before that: then it may have been taken before.
func insist(t *testing.T, addr string, n int) (unsure bool) {
	text := "ren"
	if n%5 == 0 {
		text = "MARKER-HOLD"
	}
	content := append([]byte(fmt.Sprintf("X-Nr: %d\r\n", n)), mailWith(text)...)
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		c, err := postfixtest.Dial(addr, "pc.example")
		if err != nil {
			continue
		}
		code, _, err := c.Send("a@kommune.example", []string{"b@firma.example"}, content)
		_ = c.Close()
		if err == nil && code == 250 {
			return unsure
		}
		unsure = unsure || err != nil
	}
	t.Errorf("mail %d was never accepted", n)
	return unsure
}
