package postfix_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"brevvagt/internal/postfixtest"
	"brevvagt/scanner/source/gateway/milter"
	"brevvagt/scanner/source/gateway/postfix"
)

// holding starts a Postfix whose filter holds everything.
func holding(t *testing.T) (*postfixtest.Postfix, *postfix.Control) {
	t.Helper()
	sock := "unix:" + filepath.Join(postfixtest.Dir(t), "m.sock")
	l, err := milter.Listen(sock, 0o666, "")
	if err != nil {
		t.Fatal(err)
	}
	s := &milter.Server{Handler: milter.HandlerFunc(func(context.Context, *milter.Message) milter.Reply {
		return milter.Quarantine("test")
	})}
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close() })
	p := postfixtest.Start(t, postfixtest.Config{Milter: sock})
	return p, &postfix.Control{ConfigDir: p.ConfigDir}
}

func TestHoldQueue(t *testing.T) {
	p, c := holding(t)
	cl, err := postfixtest.Dial(p.Addr, "pc.example")
	if err != nil {
		t.Fatal(err)
	}
	defer cl.Close()
	var ids []string
	for range 3 {
		code, msg, err := cl.Send("a@kommune.example", []string{"b@firma.example", "c@firma.example"}, []byte("Subject: x\r\n y\r\n\r\nhej\r\n.prik\r\n"))
		if err != nil || code != 250 {
			t.Fatalf("%d %s %v", code, msg, err)
		}
		ids = append(ids, postfixtest.QueueID(msg))
	}
	ctx := t.Context()
	held, err := c.Held(ctx)
	if err != nil || len(held) != 3 {
		t.Fatalf("held %+v, %v", held, err)
	}
	m, err := c.Find(ctx, ids[1])
	if err != nil || m.Queue != "hold" || m.From != "a@kommune.example" || len(m.To) != 2 || time.Since(m.Arrived) > time.Minute {
		t.Errorf("found %+v, %v", m, err)
	}
	content, err := c.Content(ctx, ids[0], 1<<20)
	if err != nil || !strings.Contains(string(content), "Subject: x\r\n y\r\n") || !strings.HasSuffix(string(content), "\r\n\r\nhej\r\n.prik\r\n") {
		t.Errorf("content %q, %v", content, err)
	}
	if _, err := c.Content(ctx, ids[0], int64(len(content))-1); !errors.Is(err, postfix.ErrTooBig) {
		t.Errorf("content over the limit: %v", err)
	}
	if err := c.Release(ctx, ids[0]); err != nil {
		t.Errorf("release: %v", err)
	}
	if err := c.Release(ctx, ids[0]); !errors.Is(err, postfix.ErrNotHeld) {
		t.Errorf("second release: %v", err)
	}
	if err := c.Delete(ctx, ids[1]); err != nil {
		t.Errorf("delete: %v", err)
	}
	if err := c.Delete(ctx, ids[1]); !errors.Is(err, postfix.ErrNotHeld) {
		t.Errorf("second delete: %v", err)
	}
	if _, err := c.Find(ctx, ids[1]); !errors.Is(err, postfix.ErrGone) {
		t.Errorf("deleted mail: %v", err)
	}
	if held, err := c.Held(ctx); err != nil || len(held) != 1 || held[0].ID != ids[2] {
		t.Errorf("left over %+v, %v", held, err)
	}
}

func TestIDsAreChecked(t *testing.T) {
	c := &postfix.Control{BinDir: "/nonexistent"}
	for _, id := range []string{"", "ALL", "-", "-r", "ABC 123456", "ABCDEF;ls", "../../../etc", strings.Repeat("A", 21)} {
		for name, err := range map[string]error{
			"release": c.Release(t.Context(), id), "delete": c.Delete(t.Context(), id), "deliver": c.Deliver(t.Context(), id),
		} {
			if !errors.Is(err, postfix.ErrID) {
				t.Errorf("%s %q: %v", name, id, err)
			}
		}
		if _, err := c.Content(t.Context(), id, 1); !errors.Is(err, postfix.ErrID) {
			t.Errorf("content %q: %v", id, err)
		}
	}
}

// TestCommandFailures uses a stand-in for the commands to see what cannot be
// provoked with a real Postfix.
func TestCommandFailures(t *testing.T) {
	if testing.Short() {
		t.Skip("needs Postfix")
	}
	dir := t.TempDir()
	write := func(name, body string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+body), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	c := &postfix.Control{BinDir: dir, Prefix: []string{"env"}, Timeout: 2 * time.Minute}
	write("postsuper", "echo 'postsuper: fatal: use of this command is reserved for the superuser' >&2; exit 1\n")
	if err := c.Release(t.Context(), "ABCDEF123"); err == nil || !strings.Contains(err.Error(), "superuser") {
		t.Errorf("refused command: %v", err)
	}
	write("postsuper", "exec sleep 5\n")
	c.Timeout = 200 * time.Millisecond
	if err := c.Delete(t.Context(), "ABCDEF123"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("hanging command: %v", err)
	}
	c.Timeout = 2 * time.Minute
	write("postqueue", "echo '{\"queue_name\": nonsense'\n")
	if _, err := c.List(t.Context()); err == nil {
		t.Error("broken listing accepted")
	}
	write("postqueue", "yes | head -c 70000000\n")
	if _, err := c.List(t.Context()); !errors.Is(err, postfix.ErrTooBig) {
		t.Errorf("endless listing: %v", err)
	}
}
