package night

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"brevvagt/scanner/source/share/found"
	"brevvagt/scanner/source/share/walk"
)

func TestSecondNightReadsOnlyWhatChanged(t *testing.T) {
	eachDatabase(t, func(t *testing.T, r *rig) {
		db := r.open()
		r.now = later(time.Minute) // so that the files count as old
		r.write("sag/brev.txt", "CPR-nr. "+number(0))
		r.write("sag/liste.txt", "CPR-nr. "+number(1)+" og CPR-nr. "+number(2))
		r.write("tom.txt", "Mødet er flyttet til tirsdag.")
		run, judged := r.scan(db)
		if judged != 3 || run.Seen != 3 || run.Done != 3 || run.Hits != 2 {
			t.Fatalf("first night judged %d, %+v", judged, run)
		}
		sameLines(t, "findings", hits(t, db), []string{
			"sag/brev.txt gone=false 1 [file-findings] ", "sag/liste.txt gone=false 2 [file-findings] "})
		if run, judged = r.scan(db); judged != 0 || run.Planned != 0 || run.Seen != 3 {
			t.Fatalf("unchanged night judged %d, %+v", judged, run)
		}
		// A new file, a changed one, one moved and renamed, one deleted.
		r.now = later(2 * time.Minute)
		r.write("ny.txt", "CPR-nr. "+number(3))
		r.write("sag/brev.txt", "Intet.")
		must(t, os.Rename(filepath.Join(r.dir, "sag/liste.txt"), filepath.Join(r.dir, "flyttet.txt")))
		must(t, os.Remove(filepath.Join(r.dir, "tom.txt")))
		if run, judged = r.scan(db); judged != 2 || run.Planned != 3 {
			t.Fatalf("third night judged %d, %+v", judged, run)
		}
		sameLines(t, "findings", hits(t, db), []string{"flyttet.txt gone=false 2 [file-findings] ",
			"ny.txt gone=false 1 [file-findings] "})
		if got := found.DecodeTotals(run.Summary); got.Files != 3 || got.Hits != 2 || got.Persons != 3 || got.New != 1 || got.Closed != 0 {
			t.Fatalf("totals %+v", got)
		}
		// A whole folder goes.
		r.write("ude/a.txt", "CPR-nr. "+number(4))
		r.scan(db)
		must(t, os.RemoveAll(filepath.Join(r.dir, "ude")))
		r.scan(db)
		if got := strings.Join(hits(t, db), "\n"); !strings.Contains(got, "ude/a.txt gone=true") {
			t.Fatalf("a file in a folder that went: %s", got)
		}
		// Who is at it: nobody, nobody yet, and the one who walks.
		src, err := db.Source(t.Context(), "prøve")
		must(t, err)
		at := func(wantRun int64, want int) {
			t.Helper()
			if run, workers, err := db.OpenRun(t.Context(), src.ID, time.Now()); err != nil || run != wantRun || workers != want {
				t.Errorf("run %d with %d at work, want %d with %d, %v", run, workers, wantRun, want, err)
			}
		}
		at(0, 0)
		run, _, err = db.Begin(t.Context(), src.ID, time.Now().Add(time.Hour), time.Now(), 1)
		must(t, err)
		at(run.ID, 0)
		_, _, err = db.Plan(t.Context(), run, src, "en", time.Minute, time.Now)
		must(t, err)
		at(run.ID, 1)
	})
}

// TestFreshTimesAreNotTrusted: what was written at the time of the scan could be
// written again within the same tick of the clock.
func TestFreshTimesAreNotTrusted(t *testing.T) {
	r := newRig(t)
	db := r.open()
	r.write("a.txt", "CPR-nr. "+number(0))
	if run, judged := r.scan(db); judged != 1 || run.Planned != 1 {
		t.Fatalf("judged %d, %+v", judged, run)
	}
	if run, judged := r.scan(db); judged != 0 || run.Planned != 1 {
		t.Fatalf("a fresh file was not read again (judged %d, %+v)", judged, run)
	}
	r.now = later(time.Minute)
	r.scan(db) // reads it once more, now trusting it
	if run, _ := r.scan(db); run.Planned != 0 {
		t.Fatalf("an old file is read every night: %+v", run)
	}
}

// TestForgedTimesAreFound: a sample of what seems unchanged is read again each week.
func TestForgedTimesAreFound(t *testing.T) {
	r := newRig(t)
	db := r.open()
	var log strings.Builder
	r.log, r.tree = &log, nil
	path := r.write("a.txt", "Mødet er flyttet til kl. 10. Vi ses")
	r.tree = forged{r.localTree()}
	start := time.Now().Add(time.Minute)
	r.now = func() time.Time { return start }
	r.scan(db)
	before, err := os.Stat(path)
	must(t, err)
	forgery := "CPR-nr. " + number(0)
	must(t, os.WriteFile(path, []byte(forgery+strings.Repeat(" ", int(before.Size())-len(forgery))), 0o600))
	for week := range 26 {
		r.now = func() time.Time { return start.Add(time.Duration(week+1) * 7 * 24 * time.Hour) }
		r.scan(db)
	}
	if got := hits(t, db); len(got) != 1 {
		t.Fatalf("a file with forged times was not read within half a year: %v", got)
	}
	if !strings.Contains(log.String(), "its times did not") {
		t.Error("the log does not tell of the forged times")
	}
}

// TestAnOrdinaryChangeIsNoForgery: a file that was saved anew is no forgery, nor is it
// when it could not be read the night before.
func TestAnOrdinaryChangeIsNoForgery(t *testing.T) {
	eachDatabase(t, func(t *testing.T, r *rig) {
		var log strings.Builder
		r.log = &log
		db := r.open()
		r.now = later(time.Hour)
		path := r.write("a.txt", "Mødet er kl. 10.")
		r.scan(db)
		change := func(text string, days int) {
			must(t, os.WriteFile(path, []byte(text), 0o600))
			old := time.Now().Add(-time.Duration(days) * 24 * time.Hour)
			must(t, os.Chtimes(path, old, old))
		}
		change("Mødet er flyttet til kl. 11.", 3)
		r.scan(db)
		change("Mødet er flyttet til kl. 12.", 2)
		left := 0
		r.tree = failing{r.localTree(), &left}
		r.scan(db)
		sameLines(t, "unread", unread(t, db), []string{"a.txt read"})
		left = 1
		if _, judged := r.scan(db); judged != 1 || len(unread(t, db)) != 0 {
			t.Errorf("judged %d, unread %v", judged, unread(t, db))
		}
		if strings.Contains(log.String(), "its times did not") {
			t.Errorf("an ordinary change is called a forgery:\n%s", log.String())
		}
	})
}

// failing is a share whose files can only be read so often.
type failing struct {
	walk.Tree
	left *int
}

func (b failing) Open(ctx context.Context, path string) (walk.File, error) {
	if *b.left--; *b.left < 0 {
		return nil, syscall.EIO
	}
	return b.Tree.Open(ctx, path)
}
