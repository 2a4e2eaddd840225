package internal_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"brevvagt/internal/postfixtest"
)

func TestSeveralAtOnce(t *testing.T) {
	var wg sync.WaitGroup
	for _, name := range []string{"a", "b", "c"} {
		p := postfixtest.Start(t, postfixtest.Config{})
		wg.Go(func() {
			c, err := postfixtest.Dial(p.Addr, "pc.example")
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			code, msg, err := c.Send(name+"@kommune.example", []string{"b@firma.example"}, []byte("Subject: x\r\n\r\n.\r\nhej\r\n"))
			id := postfixtest.QueueID(msg)
			if err != nil || code != 250 || len(id) < 12 {
				t.Errorf("%d %s %v", code, msg, err)
			}
			for range 6000 {
				if l := p.Log(); strings.Contains(l, id+": to=<b@firma.example>, relay=none") && strings.Contains(l, "status=sent") {
					return
				}
				time.Sleep(20 * time.Millisecond)
			}
			t.Errorf("not delivered:\n%s", p.Log())
		})
	}
	wg.Wait()
}

func TestStopFreesThePort(t *testing.T) {
	p := postfixtest.Start(t, postfixtest.Config{})
	begun := time.Now()
	p.Stop()
	p.Stop()
	if d := time.Since(begun); d > 20*time.Second {
		t.Errorf("stop took %s", d)
	}
	if c, err := postfixtest.Dial(p.Addr, "x"); err == nil {
		_ = c.Close()
		t.Error("still listening")
	}
}
