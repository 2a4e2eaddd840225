package gateway_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"brevvagt/internal/postfixtest"
	"brevvagt/scanner"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/source/gateway"
	"brevvagt/scanner/source/gateway/postfix"
)

// TestMain lets the test binary be the lane's process, so that it can be killed.
func TestMain(m *testing.M) {
	if listen := os.Getenv("GATEWAY_TEST_LANE"); listen != "" {
		child(listen, os.Getenv("GATEWAY_TEST_CASES"))
		return
	}
	os.Exit(m.Run())
}

// child is a lane whose cases are files on disk.
func child(listen, cases string) {
	lane := &gateway.Milter{Config: gateway.Config{Listen: listen, SocketMode: 0o666}, Postfix: &postfix.Control{}}
	err := lane.Run(context.Background(), func(_ context.Context, it scanner.Item) (scanner.Outcome, error) {
		if !bytes.Contains(it.Content, []byte("MARKER-HOLD")) {
			return scanner.Outcome{Verdict: policy.Verdict{Action: policy.Pass}}, nil
		}
		f, err := os.Create(filepath.Join(cases, it.ID))
		if err != nil {
			return scanner.Outcome{}, err
		}
		if err := f.Sync(); err != nil {
			return scanner.Outcome{}, err
		}
		return scanner.Outcome{Verdict: policy.Verdict{Action: policy.Hold}}, f.Close()
	})
	fmt.Fprintln(os.Stderr, err)
}

var mailNumber = regexp.MustCompile(`X-Nr: (\d+)`)

// TestKilledUnderLoad kills the lane with -9 again and again while four clients
// hand in mail, every fifth of which must be held. In the end each accepted mail
// is delivered once or held, and none that must be held has left.
func TestKilledUnderLoad(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	b := newLab(t, setting{idle: true})
	cases := t.TempDir()
	const mails = 250
	var next atomic.Int32
	stop, kills := keepKilling(t, b.lane.Config.Listen, cases, &next)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for n := next.Add(1); n <= mails; n = next.Add(1) {
				handIn(t, b.pf.Addr, int(n))
			}
		})
	}
	wg.Wait()
	stop()
	entries, err := os.ReadDir(cases)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		b.judge.cases[e.Name()] = true
	}
	adopted := len(b.held(t)) - len(entries)
	b.start(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if got, err := b.sink.Wait(ctx, mails-mails/5); err != nil {
		t.Fatalf("%d clean mails delivered: %v", len(got), err)
	}
	eventually(t, "the rest held", func() bool { return len(b.held(t)) == mails/5 })
	times := map[string]int{}
	for _, c := range b.arrived(t, mails-mails/5) {
		times[string(mailNumber.FindSubmatch(c)[1])]++
		if bytes.Contains(c, []byte("MARKER-HOLD")) {
			t.Error("a mail that had to be held was delivered")
		}
	}
	for n, k := range times {
		if k != 1 {
			t.Errorf("mail %s was delivered %d times", n, k)
		}
	}
	if kills.Load() < mails/killEvery-1 {
		t.Errorf("only %d kills", kills.Load())
	}
	t.Logf("%d mails, %d kills, %d held by Postfix itself and sorted out afterwards", mails, kills.Load(), adopted)
}

// killEvery is how many mails are handed in between two kills. Mails are counted and
// not time, so that a fast machine sees as many kills as a slow one.
const killEvery = 50

// keepKilling runs the lane as a process and kills it soon after every killEvery-th
// mail that was begun.
func keepKilling(t *testing.T, listen, cases string, begun *atomic.Int32) (stop func(), kills *atomic.Int32) {
	t.Helper()
	kills = new(atomic.Int32)
	quit, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), "GATEWAY_TEST_LANE="+listen, "GATEWAY_TEST_CASES="+cases)
			if err := cmd.Start(); err != nil {
				t.Error(err)
				return
			}
			due := awaitMails(quit, begun, (kills.Load()+1)*killEvery)
			if due {
				time.Sleep(time.Duration(rand.IntN(100)) * time.Millisecond) // any point of a mail's way
			}
			_ = cmd.Process.Signal(syscall.SIGKILL)
			_ = cmd.Wait()
			if !due {
				return
			}
			kills.Add(1)
		}
	}()
	return func() { close(quit); <-ended }, kills
}

// awaitMails waits until so many mails were begun; false means that the end came first.
func awaitMails(quit <-chan struct{}, begun *atomic.Int32, mails int32) bool {
	for begun.Load() < mails {
		select {
		case <-quit:
			return false
		case <-time.After(2 * time.Millisecond):
		}
	}
	return true
}

// handIn sends one mail and tries again like a mail server would.
func handIn(t *testing.T, addr string, n int) {
	text := "ren"
	if n%5 == 0 {
		text = "MARKER-HOLD"
	}
	content := append([]byte(fmt.Sprintf("X-Nr: %d\r\n", n)), mailWith(text)...)
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		c, err := postfixtest.Dial(addr, "pc.example")
		if err != nil {
			continue
		}
		code, _, err := c.Send("a@kommune.example", []string{"b@firma.example"}, content)
		_ = c.Close()
		if err == nil && code == 250 {
			return
		}
	}
	t.Errorf("mail %d was never accepted", n)
}

// TestLocalSubmission: mail from the sendmail command passes the filter too.
func TestLocalSubmission(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Parallel()
	b := newLab(t, setting{})
	cmd := exec.Command("sendmail", "-C", b.pf.ConfigDir, "-f", "cron@kommune.example", "b@firma.example")
	cmd.Stdin = bytes.NewReader([]byte("Subject: job\n\nMARKER-HOLD\n"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("sendmail: %v\n%s", err, out)
	}
	eventually(t, "held", func() bool { return len(b.held(t)) == 1 })
	it := b.judge.seen()[0]
	if it.From != "cron@kommune.example" || len(it.To) != 1 || it.To[0] != "b@firma.example" || !bytes.Contains(it.Content, []byte("\r\n\r\nMARKER-HOLD\r\n")) {
		t.Errorf("item from %q to %v: %q", it.From, it.To, it.Content)
	}
}
