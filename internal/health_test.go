package internal_test

import (
	"context"
	"errors"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"brevvagt/internal/health"
)

func get(h *health.Health, path string) (int, string) {
	w := httptest.NewRecorder()
	h.Handler().ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	return w.Code, w.Body.String()
}

func TestReadinessIsMoreThanLife(t *testing.T) {
	var h health.Health
	full := errors.New("only 3 MB free")
	h.Alive("database", func(context.Context) error { return nil })
	h.Ready("disk", func(context.Context) error { return full })
	if code, body := get(&h, "/livez"); code != 200 || !strings.Contains(body, `"ok":true`) {
		t.Errorf("alive: %d %s", code, body)
	}
	if code, body := get(&h, "/readyz"); code != 503 || !strings.Contains(body, `"disk":"only 3 MB free"`) {
		t.Errorf("ready: %d %s", code, body)
	}
	full = nil
	if code, _ := get(&h, "/readyz"); code != 200 {
		t.Errorf("ready afterwards: %d", code)
	}
}

func TestACheckThatHangsIsAFailure(t *testing.T) {
	var h health.Health
	h.Alive("database", func(context.Context) error { select {} })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if failed := h.Failures(ctx, false); failed["database"] == "" {
		t.Error("a check that hangs passed")
	}
}

func TestSpace(t *testing.T) {
	s := health.Space{Dir: t.TempDir(), Min: 1}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
	for _, bad := range []*health.Space{{Dir: t.TempDir(), Min: 1 << 60}, {Dir: filepath.Join(t.TempDir(), "gone"), Min: 1}} {
		if err := bad.Check(t.Context()); err == nil {
			t.Errorf("%d free bytes in %s passed", bad.Min, bad.Dir)
		}
	}
}

// TestFilesRunOut: a disk with room for bytes and for no more files takes no mail.
func TestFilesRunOut(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=64m,nr_inodes=100"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("a small disk: %v", err)
		}
		t.Skipf("a small disk needs root: %v", err)
	}
	defer unix.Unmount(dir, unix.MNT_DETACH)
	if err := (&health.Space{Dir: dir, Min: 1 << 20}).Check(t.Context()); err == nil || !strings.Contains(err.Error(), "inodes") {
		t.Errorf("%v", err)
	}
}

// TestWatchdog hears what systemd would: signs of life while the daemon lives, and
// none once a check fails.
func TestWatchdog(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "notify")
	l, err := net.ListenPacket("unixgram", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	t.Setenv("NOTIFY_SOCKET", socket)
	t.Setenv("WATCHDOG_USEC", "60000")
	within := func(limit time.Duration) string {
		_ = l.SetReadDeadline(time.Now().Add(limit))
		b := make([]byte, 200)
		n, _, err := l.ReadFrom(b)
		if err != nil {
			return ""
		}
		return string(b[:n])
	}
	hear := func() string { return within(time.Minute) }
	health.Tell(health.StateReady)
	if got := hear(); got != "READY=1" {
		t.Errorf("heard %q", got)
	}
	if !strings.HasPrefix(health.Reloading(), "RELOADING=1\nMONOTONIC_USEC=") {
		t.Errorf("reloading is %q", health.Reloading())
	}
	var h health.Health
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { h.Watch(ctx, func(map[string]string) {}); close(done) }()
	for range 3 {
		if got := hear(); got != "WATCHDOG=1" {
			t.Fatalf("heard %q", got)
		}
	}
	complained := make(chan struct{}, 100)
	h.Alive("dead", func(context.Context) error { return errors.New("dead") })
	cancel()
	<-done
	for within(200*time.Millisecond) != "" { // what was still under way
	}
	ctx, cancel = context.WithCancel(t.Context())
	defer cancel()
	go h.Watch(ctx, func(map[string]string) { complained <- struct{}{} })
	select {
	case <-complained:
	case <-time.After(time.Minute):
		t.Error("nothing was said of a dead daemon")
	}
	if got := within(200 * time.Millisecond); got != "" {
		t.Errorf("a dead daemon said %q", got)
	}
}
