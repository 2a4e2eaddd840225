package night

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"brevvagt/scanner/source/share/watch"
)

func eventually(t *testing.T, what string, f func() bool) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if f() {
			return
		}
	}
	t.Fatalf("%s did not happen", what)
}

// TestLiveReadsWhatChanges: in a folder that was there and in one that is new; the
// walk at night stays the truth and finds nothing more to do.
func TestLiveReadsWhatChanges(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	r := newRig(t)
	r.write("sag/gammel.txt", "CPR-nr. "+number(0))
	db := r.open()
	r.scan(db)
	s, sh := r.scanner(db, "en")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error, 1)
	go func() { defer close(done); s.Live(ctx, ctx, sh, r.dir) }()
	eventually(t, "watching both folders, or all", func() bool { return watches(t) })
	r.write("sag/ny.txt", "CPR-nr. "+number(1))
	r.write("ny/mappe/dyb.txt", "CPR-nr. "+number(2))
	eventually(t, "reading what changed", func() bool { return len(hits(t, db)) == 3 })
	src, err := db.Source(ctx, "prøve")
	must(t, err)
	if runs, err := db.Runs(ctx, src.ID, 10); err != nil || len(runs) != 1 {
		t.Errorf("live work counts as a night: %+v, %v", runs, err)
	}
	cancel()
	<-done
	if _, judged := r.scan(db); judged != 0 {
		t.Errorf("the walk judged %d files again", judged)
	}
}

// watches tells that this process watches two folders, or a whole file system.
func watches(t *testing.T) bool {
	t.Helper()
	list, err := filepath.Glob("/proc/self/fdinfo/*")
	must(t, err)
	n := 0
	for _, p := range list {
		text, _ := os.ReadFile(p) // one that was closed meanwhile watches nothing
		if n += strings.Count(string(text), "inotify wd:"); strings.Contains(string(text), "fanotify sdev:") {
			return true
		}
	}
	return n >= 2
}

func TestOverflowMarksTheShareDirty(t *testing.T) {
	r := newRig(t)
	db := r.open()
	r.write("a.txt", "intet")
	r.scan(db)
	s, sh := r.scanner(db, "en")
	missed := make(chan error)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	l := &live{s: s, share: sh, root: r.dir, watcher: &watch.Watcher{Errors: missed}, dirs: map[string]bool{}}
	go l.run(ctx, ctx)
	missed <- watch.ErrOverflow
	eventually(t, "a mark", func() bool {
		src, err := db.Source(ctx, "prøve")
		return err == nil && src.Dirty
	})
	must(t, s.turn(ctx, ctx, sh, clock(t, "", "")))
	if src, err := db.Source(ctx, "prøve"); err != nil || src.Dirty {
		t.Errorf("after the walk: %+v, %v", src, err)
	}
}
