//go:build !norclone

package rclone

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"brevvagt/detectors"
	detectorlist "brevvagt/detectors/all"
	"brevvagt/document"
	"brevvagt/document/plain"
	"brevvagt/internal/peertest"
	"brevvagt/scanner"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/source/share/cloud"
	"brevvagt/scanner/source/share/cloud/frame"
	"brevvagt/scanner/source/share/night"
	"brevvagt/scanner/source/share/seal"
	"brevvagt/scanner/source/share/state"
	"brevvagt/scanner/source/share/walk"
)

// nights scans a storage night after night.
type nights struct {
	t       *testing.T
	db      *state.DB
	scan    *night.Scanner
	share   *night.Share
	judged  atomic.Int64
	opened  atomic.Int64
	slow    time.Duration
	version int64
}

func newNights(t *testing.T, s frame.Setup) *nights {
	t.Helper()
	secret := []byte("prøvens nøgle på mindst 32 bytes....")
	keys, err := seal.NewKeys(secret)
	must(t, err)
	n := &nights{t: t}
	n.db, err = state.Open(t.Context(), filepath.Join(t.TempDir(), "scan.db"), keys)
	must(t, err)
	t.Cleanup(func() { n.db.Close() })
	key, err := detectors.NewKey(secret)
	must(t, err)
	p := &scanner.Pipeline{Formats: &document.Formats{List: plain.Formats()}, Detectors: &detectors.Set{List: detectorlist.Detectors(), Key: key},
		Site: policy.DefaultSite(), Rules: policy.Default(), Now: time.Now, AsOf: time.Date(2058, 1, 1, 0, 0, 0, 0, time.UTC)}
	n.version, err = n.db.EnsureVersion(t.Context(), "læser 1", "regler 1")
	must(t, err)
	n.scan = (&night.Scanner{DB: n.db, Log: slog.New(slog.DiscardHandler), Version: n.version, Owner: "en", Lease: 2 * time.Second,
		// Files that were written just now cannot be trusted; this night is later.
		Now: func() time.Time { return time.Now().Add(time.Minute) },
		Handle: func(ctx context.Context, it scanner.Item) (scanner.Outcome, error) {
			n.judged.Add(1)
			time.Sleep(n.slow)
			return p.Handle(ctx, it)
		}}).Prepare()
	cfg := config(s)
	cfg.Digest = keys.Name
	n.share = &night.Share{Name: "skyen", Show: func(p string) string { return "skyen:" + p }, Walkers: 2, Readers: 4, Limit: 4 << 20,
		Connect: func(ctx context.Context) (night.Connected, error) {
			tree, err := cloud.Open(ctx, cfg)
			if err != nil {
				return nil, err
			}
			return &counted{tree, &n.opened}, nil
		}}
	return n
}

// counted counts what is opened.
type counted struct {
	*cloud.Tree
	opened *atomic.Int64
}

func (c *counted) Open(ctx context.Context, path string) (walk.File, error) {
	c.opened.Add(1)
	return c.Tree.Open(ctx, path)
}

func (n *nights) night() (state.Run, error) {
	return n.scan.Run(n.t.Context(), n.share, time.Now(), n.t.Context())
}

// untilDone does nights until one is finished, as the clock does after a failed one.
func (n *nights) untilDone() (failed int) {
	n.t.Helper()
	for deadline := time.Now().Add(3 * time.Minute); time.Now().Before(deadline); {
		run, err := n.night()
		if err == nil && run.Stage == state.Finished {
			return failed
		}
		failed++
		time.Sleep(200 * time.Millisecond)
	}
	n.t.Fatal("no night was finished")
	return 0
}

// hits are the files with findings that are still there, sorted.
func (n *nights) hits() (list []string) {
	n.t.Helper()
	src, err := n.db.Source(n.t.Context(), "skyen")
	must(n.t, err)
	must(n.t, n.db.EachHit(n.t.Context(), src.ID, func(h state.Hit) error {
		if !h.Gone {
			list = append(list, h.Path())
		}
		return nil
	}))
	slices.Sort(list)
	return list
}

func (n *nights) unread() (list []string) {
	n.t.Helper()
	src, err := n.db.Source(n.t.Context(), "skyen")
	must(n.t, err)
	must(n.t, n.db.EachUnread(n.t.Context(), src.ID, func(u state.Unread) error { list = append(list, u.Path+" "+u.Trouble); return nil }))
	return list
}

// fill serves files, every fifth with a number, and returns those.
func fill(n int, write func(name, text string)) (want []string) {
	for i := range n {
		text := fmt.Sprintf("Brev nr. %d. ", i) + strings.Repeat("Vi har modtaget din ansøgning. ", 30)
		name := fmt.Sprintf("afd%d/brev%03d.txt", i%4, i)
		if i%5 == 0 {
			text += "CPR-nr. 070761-4285"
			want = append(want, name)
		}
		write(name, text)
	}
	slices.Sort(want)
	return want
}

func TestSecondNightReadsNothing(t *testing.T) {
	eachKind(t, func(t *testing.T, s *peertest.Rclone, kind string) {
		want := fill(60, s.Fill)
		n := newNights(t, setup(s, kind))
		n.untilDone()
		if got := n.hits(); !slices.Equal(got, want) || n.judged.Load() != 60 {
			t.Fatalf("first night: %d judged, hits %v", n.judged.Load(), got)
		}
		n.opened.Store(0)
		n.untilDone()
		if n.opened.Load() != 0 {
			t.Errorf("an unchanged night opened %d files", n.opened.Load())
		}
		s.Fill("afd1/ny.txt", "CPR-nr. 070761-4285")
		must(t, os.Remove(filepath.Join(s.Dir, want[0])))
		n.untilDone()
		got := n.hits()
		if n.opened.Load() != 1 || !slices.Contains(got, "afd1/ny.txt") || slices.Contains(got, want[0]) {
			t.Errorf("one new, one gone: %d opened, %v", n.opened.Load(), got)
		}
	})
}

// TestKills: the server and the helper are killed again and again while a night goes
// on; nothing is lost, nothing counts as deleted, and nothing was found twice.
func TestKills(t *testing.T) {
	eachKind(t, func(t *testing.T, s *peertest.Rclone, kind string) {
		want := fill(200, s.Fill)
		n := newNights(t, setup(s, kind))
		n.slow = 15 * time.Millisecond
		done, stop := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(done)
			for i := 0; i < 8 && n.judged.Load() < 190; i++ {
				select {
				case <-stop:
					return
				case <-time.After(150 * time.Millisecond):
				}
				if i%4 != 3 {
					killHelpers(t)
					continue
				}
				s.Stop()
				time.Sleep(300 * time.Millisecond)
				s.Start()
			}
		}()
		failed := n.untilDone()
		close(stop)
		<-done
		n.untilDone() // what was cut off three times is tried again
		if got := n.hits(); !slices.Equal(got, want) {
			t.Errorf("%d hits after the kills, want %d", len(got), len(want))
		}
		if list := n.unread(); len(list) > 0 {
			t.Errorf("not read: %v", list)
		}
		t.Logf("%d nights failed, %d files judged of 200", failed, n.judged.Load())
	})
}

// killHelpers kills the helpers that this process started.
func killHelpers(t *testing.T) {
	for _, pid := range helpers(t) {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

// helpers are the helpers that this process started and that live; those of other
// tests on the machine are not ours.
func helpers(t *testing.T) (pids []int) {
	t.Helper()
	list, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Error(err)
	}
	for _, p := range list {
		text, _ := os.ReadFile(p)
		_, after, _ := strings.Cut(string(text), ") ")
		args, _ := os.ReadFile(filepath.Join(filepath.Dir(p), "cmdline"))
		if f := strings.Fields(after); len(f) > 1 && f[1] == strconv.Itoa(os.Getpid()) && strings.Contains(string(args), "-hjælper") {
			if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(p))); err == nil {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}

// TestS3 uses a small S3 of our own, since Debian's rclone cannot serve it.
func TestS3(t *testing.T) {
	s := newFakeS3(t)
	want := fill(50, s.put)
	n := newNights(t, s.setup())
	n.untilDone()
	if got := n.hits(); !slices.Equal(got, want) {
		t.Fatalf("first night: %v", got)
	}
	n.opened.Store(0)
	s.gets.Store(0)
	n.untilDone()
	if n.opened.Load() != 0 || s.gets.Load() != 0 {
		t.Errorf("an unchanged night: %d opened, %d read", n.opened.Load(), s.gets.Load())
	}

	t.Run("a listing that ends early closes nothing", func(t *testing.T) {
		s.cutListing.Store(true)
		run, err := n.night()
		s.cutListing.Store(false)
		if got := n.hits(); !slices.Equal(got, want) {
			t.Errorf("after half a listing %d of %d files are left (%s, %v)", len(got), len(want), run.Stage, err)
		}
		n.untilDone()
		if got := n.hits(); !slices.Equal(got, want) {
			t.Errorf("and after a whole one %d", len(got))
		}
	})
	t.Run("a folder with more keys than a page has", func(t *testing.T) {
		const keys = 2345
		s.page = 1000 // as the real ones
		for i := range keys {
			s.put(fmt.Sprintf("mange/%04d.txt", i), "a")
		}
		l, err := open(t, s.setup()).List(t.Context(), "mange")
		if err != nil || len(l.Entries) != keys {
			t.Errorf("%d of %d keys, %v", len(l.Entries), keys, err)
		}
		s.drop("mange/")
		s.page = s3Page
	})
	t.Run("a throttling server is waited for", func(t *testing.T) {
		if testing.Short() {
			t.Skip("waits as a server asks")
		}
		s.throttle.Store(6)
		s.put("afd1/ny.txt", "CPR-nr. 070761-4285")
		n.untilDone()
		if got := n.hits(); !slices.Contains(got, "afd1/ny.txt") || s.throttle.Load() > 0 || len(n.unread()) > 0 {
			t.Errorf("%d throttled answers left, hits %d, unread %v", s.throttle.Load(), len(got), n.unread())
		}
	})
	t.Run("a refused login is said", func(t *testing.T) {
		wrong := s.setup()
		wrong.Options["access_key_id"] = "ANDEN"
		_, err := cloud.Open(t.Context(), config(wrong))
		if !errors.Is(err, cloud.ErrLogin) || strings.Contains(err.Error(), wrong.Secrets["secret_access_key"]) {
			t.Errorf("%v", err)
		}
	})
}
