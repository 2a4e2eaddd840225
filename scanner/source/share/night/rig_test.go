package night

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"brevvagt/detectors"
	detectorlist "brevvagt/detectors/all"
	"brevvagt/document"
	"brevvagt/document/plain"
	"brevvagt/internal/peertest"
	"brevvagt/scanner"
	"brevvagt/scanner/policy"
	"brevvagt/scanner/source/share/seal"
	"brevvagt/scanner/source/share/state"
	"brevvagt/scanner/source/share/walk"
)

// synthetic numbers of people who were not born yet, valid in 2058.
var asOf = time.Date(2058, 1, 1, 0, 0, 0, 0, time.UTC)

// rig is a share in a folder with a database beside it.
type rig struct {
	t       testing.TB
	dir, db string // db is a path or an address
	handled atomic.Int64
	delay   time.Duration
	now     func() time.Time
	seize   Seize
	log     io.Writer
	tree    walk.Tree
}

func newRig(t testing.TB) *rig {
	return &rig{t: t, dir: t.TempDir(), db: filepath.Join(t.TempDir(), "scan.db"), log: io.Discard}
}

// eachDatabase runs a test on SQLite, and on PostgreSQL unless the loop is short.
func eachDatabase(t *testing.T, test func(t *testing.T, r *rig)) {
	t.Run("sqlite", func(t *testing.T) { test(t, newRig(t)) })
	if testing.Short() {
		return
	}
	t.Run("postgres", func(t *testing.T) {
		r := newRig(t)
		r.db = peertest.Postgres(t)
		test(t, r)
	})
}

func testKey() []byte { return []byte("prøvens nøgle på mindst 32 bytes....") }

func (r *rig) open() *state.DB {
	r.t.Helper()
	keys, err := seal.NewKeys(testKey())
	must(r.t, err)
	db, err := state.Open(r.t.Context(), r.db, keys)
	must(r.t, err)
	r.t.Cleanup(func() { db.Close() })
	return db
}

// pipeline reads plain text with all detectors.
func pipeline() *scanner.Pipeline {
	key, err := detectors.NewKey(testKey())
	if err != nil {
		panic(err)
	}
	return &scanner.Pipeline{Formats: &document.Formats{List: plain.Formats()}, Detectors: &detectors.Set{List: detectorlist.Detectors(), Key: key},
		Site: policy.DefaultSite(), Rules: policy.Default(), Now: time.Now, AsOf: asOf}
}

func (r *rig) scanner(db *state.DB, owner string) (*Scanner, *Share) {
	r.t.Helper()
	p := pipeline()
	version, err := db.EnsureVersion(r.t.Context(), "læser 1", "regler 1")
	must(r.t, err)
	s := (&Scanner{DB: db, Log: slog.New(slog.NewTextHandler(r.log, nil)), Version: version, Owner: owner, Now: r.now,
		Handle: func(ctx context.Context, it scanner.Item) (scanner.Outcome, error) {
			r.handled.Add(1)
			time.Sleep(r.delay)
			return p.Handle(ctx, it)
		}}).Prepare()
	tree := r.tree
	if tree == nil {
		tree = r.localTree()
	}
	return s, &Share{Name: "prøve", Show: func(p string) string { return filepath.Join(r.dir, p) }, Connect: func(context.Context) (Connected, error) { return open{tree}, nil },
		Walkers: 2, Readers: 4, Limit: 1 << 20, Seize: r.seize}
}

// scan does one whole run and says how many files were judged.
func (r *rig) scan(db *state.DB) (state.Run, int64) {
	r.t.Helper()
	s, sh := r.scanner(db, "en")
	before := r.handled.Load()
	run, err := s.Run(r.t.Context(), sh, time.Now(), r.t.Context())
	must(r.t, err)
	if run.Stage != state.Finished {
		r.t.Fatalf("the run is %s, %+v", run.Stage, run)
	}
	return run, r.handled.Load() - before
}

func (r *rig) write(name, text string) string {
	r.t.Helper()
	path := filepath.Join(r.dir, name)
	must(r.t, os.MkdirAll(filepath.Dir(path), 0o755))
	must(r.t, os.WriteFile(path, []byte(text), 0o644))
	return path
}

// age makes files look as if they were written long ago; their ctime cannot be set,
// so the clock of the scan is put forward instead, see later.
func later(d time.Duration) func() time.Time { return func() time.Time { return time.Now().Add(d) } }

// hits are the findings as lines, sorted.
func hits(t testing.TB, db *state.DB) []string {
	t.Helper()
	src, err := db.Source(t.Context(), "prøve")
	must(t, err)
	var lines []string
	must(t, db.EachHit(t.Context(), src.ID, func(h state.Hit) error {
		lines = append(lines, fmt.Sprintf("%s gone=%v %d %v %s", h.Path(), h.Gone, h.Findings.Persons, h.Findings.Rules, h.Case))
		return nil
	}))
	slices.Sort(lines)
	return lines
}

func unread(t testing.TB, db *state.DB) []string {
	t.Helper()
	src, err := db.Source(t.Context(), "prøve")
	must(t, err)
	var lines []string
	must(t, db.EachUnread(t.Context(), src.ID, func(u state.Unread) error {
		lines = append(lines, u.Path+" "+cmp.Or(u.Trouble, "part-"+u.Gap))
		return nil
	}))
	slices.Sort(lines)
	return lines
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// number is the n-th synthetic CPR number: of somebody born in 2037 or later, with
// modulus 11.
func number(n int) string {
	weights := []int{4, 3, 2, 7, 6, 5, 4, 3, 2}
	for serial, found := 5000, 0; ; serial++ {
		day, month, year := 1+serial%28, 1+serial/28%12, 37+serial/336%20
		digits := fmt.Sprintf("%02d%02d%02d%03d", day, month, year, 500+serial%400)
		sum := 0
		for i, w := range weights {
			sum += w * int(digits[i]-'0')
		}
		check := (11 - sum%11) % 11
		if check == 10 {
			continue
		}
		if found == n {
			return digits[:6] + "-" + digits[6:] + fmt.Sprint(check)
		}
		found++
	}
}

func sameLines(t testing.TB, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		var diff []string
		for _, l := range got {
			if !slices.Contains(want, l) {
				diff = append(diff, "+ "+l)
			}
		}
		for _, l := range want {
			if !slices.Contains(got, l) {
				diff = append(diff, "- "+l)
			}
		}
		t.Fatalf("%s: %d lines, want %d:\n%s", what, len(got), len(want), strings.Join(diff, "\n"))
	}
}

// open is a tree that stays open.
type open struct{ walk.Tree }

func (open) Close() error { return nil }
