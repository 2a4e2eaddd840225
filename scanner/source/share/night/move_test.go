package night

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"

	"brevvagt/internal/peertest"
	"brevvagt/scanner/source/share/move"
	"brevvagt/scanner/source/share/seal"
	"brevvagt/scanner/source/share/state"
	"brevvagt/scanner/source/share/walk"
)

// beMove lets the test binary be a move that is killed.
func beMove() {
	if from := os.Getenv("MOVE_TEST_FROM"); from != "" {
		keys, err := keys()
		if err == nil {
			_, err = move.Run(context.Background(), move.Options{From: from, To: os.Getenv("MOVE_TEST_TO"), Keys: keys})
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
}

func keys() (*seal.Keys, error) {
	return seal.NewKeys([]byte("prøvens nøgle på mindst 32 bytes...."))
}

// filled is a database with a night of files, the first half of them read.
func filled(t *testing.T, files int) (path string, want []string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "scan.db")
	db := moveOpen(t, path)
	defer db.Close()
	ctx := t.Context()
	version, err := db.EnsureVersion(ctx, "læser", "regler")
	must(t, err)
	src, err := db.EnsureSource(ctx, "fælles")
	must(t, err)
	run, _, err := db.Begin(ctx, src.ID, time.Now(), time.Now(), version)
	must(t, err)
	plan, _, err := db.Plan(ctx, run, src, "en", time.Minute, time.Now)
	must(t, err)
	for d := range (files + 99) / 100 {
		f := walk.Found{Path: fmt.Sprintf("Sag %d", d), Listing: walk.Listing{Owner: "nobody"}}
		for i := range 100 {
			f.Entries = append(f.Entries, walk.Entry{Name: fmt.Sprintf("brev %d.txt", i), Size: 100, MTime: int64(i + 1)})
		}
		must(t, plan.Folder(ctx, f))
	}
	must(t, plan.Finish(ctx, true))
	for range files / 512 {
		c, ok, err := db.Claim(ctx, run.ID, "en", time.Now(), time.Minute)
		if err != nil || !ok {
			t.Fatal(err)
		}
		var results []state.Result
		for i, o := range c.Objects {
			results = append(results, state.Result{Object: o, Now: o.Entry, Content: fmt.Sprint(o.Path), Fresh: true, Findings: `{"persons":1}`, Hits: int64(i % 2)})
		}
		must(t, db.Complete(ctx, run, c.ID, "en", results))
		must(t, db.Leave(ctx, c.ID, "en"))
	}
	return path, moveHits(t, db)
}

func moveOpen(t *testing.T, where string) *state.DB {
	t.Helper()
	k, err := keys()
	must(t, err)
	db, err := state.Open(t.Context(), where, k)
	must(t, err)
	return db
}

func moveHits(t *testing.T, db *state.DB) (list []string) {
	t.Helper()
	src, err := db.Source(t.Context(), "fælles")
	must(t, err)
	must(t, db.EachHit(t.Context(), src.ID, func(h state.Hit) error {
		list = append(list, fmt.Sprint(h.Path(), h.Owner, h.FirstRun, h.Findings))
		return nil
	}))
	slices.Sort(list)
	return list
}

func options(t *testing.T, from, to string) move.Options {
	t.Helper()
	k, err := keys()
	must(t, err)
	return move.Options{From: from, To: to, Keys: k}
}

func TestTablesAreAll(t *testing.T) {
	path, _ := filled(t, 100)
	db, err := sql.Open("sqlite", path)
	must(t, err)
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), `SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'scan_schema'`)
	must(t, err)
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		must(t, rows.Scan(&name))
		names = append(names, name)
	}
	want := move.Tables()
	slices.Sort(names)
	slices.Sort(want)
	if !slices.Equal(names, want) {
		t.Errorf("the database has %v, moved are %v", names, want)
	}
}

func TestMove(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server")
	}
	to := peertest.Postgres(t)
	from, want := filled(t, 2000)
	try := options(t, from, to)
	try.DryRun = true
	counts, err := move.Run(t.Context(), try)
	rows := int64(0)
	for _, c := range counts {
		rows += c.Rows
	}
	if err != nil || rows < 2000 || len(want) == 0 {
		t.Fatalf("dry run: %v, %v", counts, err)
	}
	moveOpen(t, from).Close() // still ours
	var tables int
	counts, err = move.Run(t.Context(), move.Options{From: from, To: to, Keys: try.Keys, Done: func(move.Count, bool) { tables++ }})
	if err != nil || tables != len(move.Tables()) {
		t.Fatalf("%v, %v", counts, err)
	}
	db := moveOpen(t, to)
	defer db.Close()
	if got := moveHits(t, db); !slices.Equal(got, want) {
		t.Errorf("%d findings after the move, want %d", len(got), len(want))
	}
	// The night goes on there, with numbers that were not given before.
	src, err := db.EnsureSource(t.Context(), "en ny")
	if err != nil || src.ID < 2 {
		t.Errorf("source %+v, %v", src, err)
	}
	if _, err := state.Open(t.Context(), from, try.Keys); !errors.Is(err, state.ErrMoved) {
		t.Errorf("the file can still be used: %v", err)
	}
	if _, err := move.Run(t.Context(), options(t, from, to)); !errors.Is(err, state.ErrMoved) {
		t.Errorf("moved twice: %v", err)
	}
	other, _ := filled(t, 100)
	if _, err := move.Run(t.Context(), options(t, other, to)); !errors.Is(err, move.ErrFull) {
		t.Errorf("into a database with other scans: %v", err)
	}
	moveOpen(t, other).Close() // and is unhurt
}

func TestRefusedWhileAtWork(t *testing.T) {
	from, _ := filled(t, 600)
	db := moveOpen(t, from)
	defer db.Close()
	runs, err := db.Runs(t.Context(), 1, 1)
	must(t, err)
	if _, ok, err := db.Claim(t.Context(), runs[0].ID, "en", time.Now(), time.Minute); !ok || err != nil {
		t.Fatal(err)
	}
	if _, err := move.Run(t.Context(), options(t, from, "postgres://findes.invalid/ikke")); !errors.Is(err, move.ErrBusy) {
		t.Errorf("%v", err)
	}
	if _, err := move.Run(t.Context(), options(t, filepath.Join(t.TempDir(), "væk.db"), "")); !errors.Is(err, move.ErrGone) {
		t.Errorf("%v", err)
	}
}

// TestKilledMove: whenever it is killed, the next one carries everything over.
func TestKilledMove(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server")
	}
	to := peertest.Postgres(t)
	from, want := filled(t, 20_000)
	killed := 0
	for i := range 6 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "MOVE_TEST_FROM="+from, "MOVE_TEST_TO="+to)
		must(t, cmd.Start())
		time.Sleep(time.Duration(30+i*60) * time.Millisecond)
		_ = cmd.Process.Signal(syscall.SIGKILL)
		if err := cmd.Wait(); err != nil {
			killed++
		}
	}
	if _, err := move.Run(t.Context(), options(t, from, to)); err != nil && !errors.Is(err, state.ErrMoved) {
		t.Fatal(err)
	}
	db := moveOpen(t, to)
	defer db.Close()
	if got := moveHits(t, db); !slices.Equal(got, want) || killed == 0 {
		t.Errorf("%d findings after %d kills, want %d", len(got), killed, len(want))
	}
}
