package gateway_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"brevvagt/internal/postfixtest"
	"brevvagt/scanner"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/source/gateway"
	"brevvagt/scanner/source/gateway/postfix"
)

// BenchmarkGateway measures what the lane itself costs: a Postfix with it, whose
// handler lets everything pass, against a Postfix without, in turns, four clients
// with ten mails a connection, delivery to nowhere. It reports mails per second of
// both, their ratio, and the 99th percentile per mail.
func BenchmarkGateway(b *testing.B) {
	pass := func(context.Context, scanner.Item) (scanner.Outcome, error) {
		return scanner.Outcome{Verdict: policy.Verdict{Action: policy.Pass}}, nil
	}
	listen := "unix:" + filepath.Join(postfixtest.Dir(b), "m.sock")
	with := postfixtest.Start(b, postfixtest.Config{Milter: listen, DefaultAction: "tempfail"})
	without := postfixtest.Start(b, postfixtest.Config{})
	lane := &gateway.Milter{Config: gateway.Config{Listen: listen, SocketMode: 0o666}, Postfix: &postfix.Control{ConfigDir: with.ConfigDir}}
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan error, 1)
	go func() { done <- lane.Run(ctx, pass) }()
	defer func() { cancel(); <-done }()
	time.Sleep(100 * time.Millisecond)
	for _, size := range []int{5, 100} {
		b.Run(fmt.Sprintf("%dKB", size), func(b *testing.B) {
			content := mailWith(strings.Repeat("en linje med tekst, som ikke siger noget om nogen\r\n", size*20))
			load(b, with.Addr, content) // both warm
			load(b, without.Addr, content)
			var on, off []time.Duration
			var onTime, offTime time.Duration
			for b.Loop() {
				begun := time.Now()
				on = append(on, load(b, with.Addr, content)...)
				onTime += time.Since(begun)
				begun = time.Now()
				off = append(off, load(b, without.Addr, content)...)
				offTime += time.Since(begun)
			}
			onRate, offRate := float64(len(on))/onTime.Seconds(), float64(len(off))/offTime.Seconds()
			b.ReportMetric(onRate, "mails/s")
			b.ReportMetric(offRate, "mails/s-without")
			b.ReportMetric(onRate/offRate, "ratio")
			b.ReportMetric(float64(p99(on).Microseconds())/1000, "ms-p99")
			b.ReportMetric(float64(p99(off).Microseconds())/1000, "ms-p99-without")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// load sends 4 x 5 x 10 mails and returns how long each took.
func load(b *testing.B, addr string, content []byte) []time.Duration {
	b.Helper()
	var mu sync.Mutex
	var all []time.Duration
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 5 {
				c, err := postfixtest.Dial(addr, "bench.example")
				if err != nil {
					b.Error(err)
					return
				}
				for range 10 {
					begun := time.Now()
					code, msg, err := c.Send("a@kommune.example", []string{"b@firma.example"}, content)
					if err != nil || code != 250 {
						b.Errorf("%d %s %v", code, msg, err)
						return
					}
					took := time.Since(begun)
					mu.Lock()
					all = append(all, took)
					mu.Unlock()
				}
				_ = c.Close()
			}
		})
	}
	wg.Wait()
	return all
}

func p99(d []time.Duration) time.Duration {
	if len(d) == 0 {
		return 0
	}
	slices.Sort(d)
	return d[(len(d)-1)*99/100]
}
