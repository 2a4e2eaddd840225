package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"brevvagt/internal/porttest"
	"brevvagt/internal/postfixtest"
	"brevvagt/scanner"
)

// TestStopDuringTraffic ends the daemon with SIGTERM while mail flows: it leaves in
// good order and in time, and every mail arrives once.
func TestStopDuringTraffic(t *testing.T) {
	if testing.Short() {
		t.Skip("needs Postfix")
	}
	t.Parallel()
	in, p := withPostfix(t, "")
	const mails = 120
	var next atomic.Int64
	var clients sync.WaitGroup
	for range 4 {
		clients.Go(func() {
			for n := next.Add(1); n <= mails; n = next.Add(1) {
				sendUntilTaken(t, p.Addr, crashMail(int(n)*5+1)) // never one to be held
			}
		})
	}
	for round := range 2 {
		want := int64(round+1) * mails / 4
		in.eventually("the traffic to go on", func() bool { return next.Load() >= want })
		begun := time.Now()
		if err := in.daemon.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		how, err := ended(in.daemon, &in.log)
		if how != nil || err != nil {
			t.Errorf("ended with %v %v", how, err)
		}
		if took := time.Since(begun); took > 90*time.Second { // then systemd kills
			t.Errorf("took %s", took)
		}
		in.daemon = nil
		in.start()
	}
	clients.Wait()
	in.stop()
	in.start() // adopts what Postfix held in the pauses
	if got := len(in.received(mails)); got != mails {
		t.Errorf("%d mails arrived, %d were sent", got, mails)
	}
}

// TestStopFinishesTheMail: the mail that is being judged when the daemon is told
// to stop gets its answer, on both lanes.
func TestStopFinishesTheMail(t *testing.T) {
	if testing.Short() {
		t.Skip("needs Postfix")
	}
	t.Parallel()
	in := install(t, "")
	p := in.postfix(postfixtest.Config{DefaultAction: "tempfail"})
	addr := porttest.Free(t)
	in.configure(fmt.Sprintf("gateway:\n  smtp: {listen: %q, next_hop: %q}\n  milter: {listen: %q, group: postfix}\n  postfix: {config_directory: %q}\n", addr, in.sink.Addr(), "unix:"+in.socket, p.ConfigDir))
	for n, lane := range []string{addr, p.Addr} {
		entered := make(chan struct{})
		stop := in.inProcess(t, func(d *daemon) {
			d.engine.pipeline.Actions = []scanner.Action{actionFunc(func(context.Context, scanner.Item, *scanner.Outcome) error {
				close(entered)
				time.Sleep(500 * time.Millisecond)
				return nil
			})}
		})
		var client sync.WaitGroup
		client.Go(func() {
			if code, text := send(t, lane, from, []string{"b@firma.example"}, crashMail(n*5+1)); code != 250 {
				t.Errorf("%d %s", code, text)
			}
		})
		select {
		case <-entered:
		case <-time.After(patience):
			t.Fatalf("the mail is not judged within %s; log:\n%s", patience, tail(in.log.String(), 4000))
		}
		stop()
		client.Wait()
		if got := len(in.received(n + 1)); got != n+1 {
			t.Errorf("%d mails arrived, want %d", got, n+1)
		}
	}
}

// TestOnlyOneDaemon: a second daemon on the same state or the same socket says so
// and leaves the first alone; what a killed one left behind is replaced.
func TestOnlyOneDaemon(t *testing.T) {
	if testing.Short() {
		t.Skip("starts daemons")
	}
	t.Parallel()
	in, other := install(t, ""), install(t, "")
	in.configure(fmt.Sprintf("gateway: {milter: {listen: %q}}\n", "unix:"+in.socket))
	other.configure(fmt.Sprintf("gateway: {milter: {listen: %q}}\n", "unix:"+in.socket))
	in.start()
	for config, want := range map[string]string{in.config: "running already", other.config: "another process listens there"} {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		out, err := exec.CommandContext(ctx, os.Args[0], "serve", "--config", config).CombinedOutput()
		cancel()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != int(exitUsage) || !strings.Contains(string(out), want) {
			t.Errorf("second daemon: %v, want %q:\n%s", err, want, tail(string(out), 600))
		}
	}
	if err := in.daemon.Process.Signal(syscall.Signal(0)); err != nil {
		t.Errorf("the first daemon: %v", err)
	}
	in.kill()
	if _, err := os.Stat(in.socket); err != nil {
		t.Fatalf("no stale socket to replace: %v", err)
	}
	in.start()
	in.stop()
	if _, err := os.Stat(in.socket); err == nil {
		t.Error("the socket stays behind")
	}
}
