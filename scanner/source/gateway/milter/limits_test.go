package milter_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	peer "github.com/emersion/go-milter"

	"brevvagt/scanner/source/gateway/milter"
)

func TestShutdownFinishesRunningMessage(t *testing.T) {
	entered, leave := make(chan struct{}), make(chan struct{})
	s := &milter.Server{Handler: milter.HandlerFunc(func(context.Context, *milter.Message) milter.Reply {
		close(entered)
		<-leave
		return milter.Accept()
	})}
	n, a := start(t, s, "unix")
	busy := session(t, n, a)
	greet(t, busy)
	// A bare connection, since what counts is when it is closed: a message that
	// comes before that is in time and is rightly served.
	idle, err := net.Dial(n, a)
	if err != nil {
		t.Fatal(err)
	}
	defer idle.Close()
	_ = idle.SetDeadline(time.Now().Add(2 * time.Minute))
	offer := "\x00\x00\x00\x0dO\x00\x00\x00\x06\x00\x00\x01\xff\x00\x1f\xff\xff"
	if _, err := idle.Write([]byte(offer)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(idle, make([]byte, len(offer))); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, act := send(t, busy, "A123456", "x"); act.Code != peer.ActAccept {
			t.Errorf("running message answered %q", byte(act.Code))
		}
	})
	<-entered
	done := make(chan error, 1)
	go func() { done <- s.Shutdown(t.Context()) }()
	if n, err := idle.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("the idle connection was not closed: %v", err)
	}
	if c, err := net.Dial(n, a); err == nil {
		_ = c.Close()
		t.Error("a new connection was taken during shutdown")
	}
	select {
	case <-done:
		t.Fatal("shutdown did not wait")
	case <-time.After(50 * time.Millisecond):
	}
	close(leave)
	if err := <-done; err != nil {
		t.Errorf("shutdown: %v", err)
	}
	wg.Wait()
}

func TestShutdownGivesUp(t *testing.T) {
	entered := make(chan struct{})
	s := &milter.Server{Handler: milter.HandlerFunc(func(ctx context.Context, _ *milter.Message) milter.Reply {
		close(entered)
		<-ctx.Done()
		return milter.Accept()
	})}
	n, a := start(t, s, "unix")
	c := session(t, n, a)
	greet(t, c)
	go func() {
		_, _ = c.Mail("a@b.example", nil)
		_, _, _ = c.End()
	}()
	<-entered
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := s.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("shutdown: %v", err)
	}
}

func TestIdleAndHalfPacketTimeouts(t *testing.T) {
	n, a := start(t, &milter.Server{Limits: milter.Limits{ReadTimeout: 30 * time.Millisecond}}, "tcp")
	for name, half := range map[string]string{"nothing said": "", "half a packet": "\x00\x00\x00\x20O"} {
		c, err := net.Dial(n, a)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = c.Write([]byte(half))
		_ = c.SetReadDeadline(time.Now().Add(2 * time.Minute))
		if _, err := c.Read(make([]byte, 1)); errors.Is(err, context.DeadlineExceeded) || err == nil {
			t.Errorf("%s: connection kept: %v", name, err)
		} else if ne, ok := err.(net.Error); ok && ne.Timeout() {
			t.Errorf("%s: connection kept", name)
		}
		_ = c.Close()
	}
}

func TestConnectionCap(t *testing.T) {
	entered, leave := make(chan struct{}), make(chan struct{})
	n, a := start(t, &milter.Server{Limits: milter.Limits{MaxConns: 2}, Handler: milter.HandlerFunc(func(context.Context, *milter.Message) milter.Reply {
		entered <- struct{}{}
		<-leave
		return milter.Accept()
	})}, "unix")
	var wg sync.WaitGroup
	defer wg.Wait()
	for range 2 {
		s := session(t, n, a)
		wg.Go(func() {
			greet(t, s)
			_, _ = send(t, s, "A123456", "x")
		})
		<-entered
	}
	third := make(chan error, 1)
	go func() {
		s, err := peer.NewClientWithOptions(n, a, peer.ClientOptions{ReadTimeout: 2 * time.Minute}).Session()
		if err == nil {
			_ = s.Close()
		}
		third <- err
	}()
	select {
	case <-third:
		t.Fatal("a third connection was served while two wait for us")
	case <-time.After(50 * time.Millisecond):
	}
	close(leave)
	if err := <-third; err != nil { // one of the two is idle now, or has left
		t.Errorf("after one was answered: %v", err)
	}
}

// TestSilentCrowd: connections that say nothing, or half of something, keep nobody out.
func TestSilentCrowd(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for seconds")
	}
	t.Parallel()
	const offer = "\x00\x00\x00\x0dO\x00\x00\x00\x06\x00\x00\x01\xff\x00\x1f\xff\xff"
	n, a := start(t, &milter.Server{Limits: milter.Limits{MaxConns: 8}, Handler: milter.HandlerFunc(func(context.Context, *milter.Message) milter.Reply {
		return milter.Accept()
	})}, "unix")
	for _, said := range []string{"", "\x00\x00", offer, offer + "\x00\x00\x01"} {
		for range 8 {
			c, err := net.Dial(n, a)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			_, _ = c.Write([]byte(said))
		}
	}
	// The limit is far below that of a silent connection, and far above what it takes.
	s, err := peer.NewClientWithOptions(n, a, peer.ClientOptions{ReadTimeout: 2 * time.Minute, ProtocolMask: 0x1fffff}).Session()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	greet(t, s)
	if _, act := send(t, s, "A123456", "x"); act.Code != peer.ActAccept {
		t.Errorf("answered %q", byte(act.Code))
	}
}

func TestListen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.sock")
	stale, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	stale.(*net.UnixListener).SetUnlinkOnClose(false)
	_ = stale.Close()
	l, err := milter.Listen("unix:"+path, 0o660, "")
	if err != nil {
		t.Fatalf("stale socket: %v", err)
	}
	defer l.Close()
	if _, err := milter.Listen("unix:"+path, 0o660, ""); err == nil {
		t.Error("took the socket from a living process")
	}
	if _, err := milter.Listen("unix:"+path+"2", 0o660, "ingen-saadan-gruppe"); err == nil {
		t.Error("a group that does not exist is given the socket")
	}
	for _, bad := range []string{"", "unix:", "tcp:1:2", "/run/x"} {
		if _, err := milter.Listen(bad, 0o600, ""); err == nil {
			t.Errorf("%q accepted", bad)
		}
	}
}

// TestSocketFileIsTakenAway: a mail server finds us again, by a file with the same
// mode, and the old connections go on; a file that is not ours any more is left.
func TestSocketFileIsTakenAway(t *testing.T) {
	t.Parallel()
	s := &milter.Server{Handler: milter.HandlerFunc(func(context.Context, *milter.Message) milter.Reply { return milter.Accept() })}
	n, path := start(t, s, "unix")
	before, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	old := session(t, n, path)
	greet(t, old)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	var after os.FileInfo
	for end := time.Now().Add(3 * time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if after, err = os.Lstat(path); err == nil && after.Mode() == before.Mode() {
			break
		}
	}
	if err != nil || after.Mode() != before.Mode() {
		t.Fatalf("%v, before %v", after, before)
	}
	for _, c := range []*peer.ClientSession{old, session(t, n, path)} {
		if _, act := send(t, c, "A123456", "x"); act.Code != peer.ActAccept {
			t.Errorf("answered %q", byte(act.Code))
		}
	}
	// In one step: the server would put its own in the place of one that is missing.
	other := path + ".anden"
	if err := errors.Join(os.WriteFile(other, nil, 0o600), os.Rename(other, path)); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(path); err != nil {
		t.Errorf("another's file is gone: %v", err)
	}
}
