package night

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"brevvagt/scanner"
	"brevvagt/scanner/source/share/found"
	"brevvagt/scanner/source/share/large"
	"brevvagt/scanner/source/share/seal"
	"brevvagt/scanner/source/share/state"
	"brevvagt/scanner/source/share/walk"
)

// TestOddFiles: whatever lies on a share, the scan ends, names what it could not
// read, and reads the rest.
func TestOddFiles(t *testing.T) {
	r := newRig(t)
	r.now = later(time.Minute)
	var log strings.Builder
	r.log = &log
	plain := "CPR-nr. " + number(0)
	for _, name := range []string{"almindelig.txt", "linje\nskift.txt", "ikke-utf8-\xe6\xf8.txt", strings.Repeat("l", 251) + ".txt", "=formel;.txt"} {
		r.write(name, plain)
	}
	r.write("dyb/"+strings.Repeat("mappe/", 200)+"fil.txt", plain)
	// Deeper than the system takes a path at once.
	root, err := os.OpenRoot(r.dir)
	must(t, err)
	deep := strings.TrimSuffix(strings.Repeat(strings.Repeat("m", 200)+"/", 45), "/")
	must(t, root.MkdirAll(deep, 0o755))
	must(t, root.WriteFile(deep+"/fil.txt", []byte(plain), 0o644))
	must(t, root.Close())
	must(t, syscall.Mkfifo(filepath.Join(r.dir, "rør"), 0o644))
	l, err := net.Listen("unix", filepath.Join(r.dir, "s"))
	must(t, err)
	defer l.Close()
	if os.Getuid() == 0 {
		must(t, syscall.Mknod(filepath.Join(r.dir, "nul"), syscall.S_IFCHR|0o666, 1<<8|5)) // /dev/zero
	}
	must(t, os.Symlink(r.dir, filepath.Join(r.dir, "rundt")))
	must(t, os.Symlink("rundt2", filepath.Join(r.dir, "rundt2")))
	must(t, os.Symlink("/etc", filepath.Join(r.dir, "ud")))
	sparse, err := os.Create(filepath.Join(r.dir, "stor.txt"))
	must(t, err)
	must(t, sparse.Truncate(2<<30))
	must(t, sparse.Close())
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	db := r.open()
	s, sh := r.scanner(db, "en")
	run, err := s.Run(ctx, sh, time.Now(), ctx)
	must(t, err)
	if run.Stage != state.Finished || run.Seen != 8 {
		t.Fatalf("%+v", run)
	}
	if got := hits(t, db); len(got) != 7 || len(unread(t, db)) != 1 {
		t.Errorf("%d files with findings: %q", len(got), got)
	}
	// The sparse file was read to the limit; that the rest was not is a gap.
	if v, ok, err := db.Verdict(ctx, s.contentKey(sh, &state.Object{Entry: walk.Entry{Name: "stor.txt"}}, make([]byte, 1<<20), 2<<30, nil), run.Version); err != nil || !ok || !strings.Contains(v, "too-big") {
		t.Errorf("the sparse file's verdict is %q %v %v", v, ok, err)
	}
}

// mounts is a tree in which another disk is mounted on a folder.
type mounts struct {
	walk.Tree
	at string
}

func (m mounts) List(ctx context.Context, dir string) (walk.Listing, error) {
	list, err := m.Tree.List(ctx, dir)
	list.Mount = dir == m.at
	return list, err
}

// TestADiskThatIsNotMounted: a disk that is mounted on a folder of the share, or on the
// share, and goes away closes nothing; what was moved from it to the share's own disk,
// or is gone with its folder, is closed as ever.
func TestADiskThatIsNotMounted(t *testing.T) {
	for _, at := range []string{"disk", ""} {
		r := newRig(t)
		r.now = later(time.Minute)
		for n, name := range []string{"disk/a.txt", "disk/under/b.txt"} {
			r.write(name, "CPR-nr. "+number(n))
		}
		if at != "" {
			r.write("fast.txt", "CPR-nr. "+number(2))
		}
		r.tree = mounts{r.localTree(), at}
		db := r.open()
		r.scan(db)
		before := hits(t, db)
		// Without the disk there is what lay under it: nothing, or a word to the next one.
		top := filepath.Join(r.dir, "disk")
		must(t, os.Rename(top, top+"-væk"))
		aside := filepath.Join(t.TempDir(), "disk")
		must(t, os.Rename(top+"-væk", aside))
		r.write(filepath.Join(at, "IKKE-MONTERET.txt"), "skal monteres")
		r.tree = nil
		for range 2 {
			s, sh := r.scanner(db, "en")
			_, err := s.Run(t.Context(), sh, time.Now(), t.Context())
			if (at == "") != errors.Is(err, walk.ErrUnmounted) {
				t.Errorf("%q: %v", at, err)
			}
			sameLines(t, "hits", hits(t, db), before)
			if at != "" {
				sameLines(t, "unread", unread(t, db), []string{"disk unmounted"})
			}
		}
		// One file of it is back, on the share's own disk.
		must(t, os.MkdirAll(top, 0o755))
		must(t, os.Rename(filepath.Join(aside, "a.txt"), filepath.Join(top, "a.txt")))
		r.scan(db)
		if got := hits(t, db); slices.Equal(got, before) || len(unread(t, db)) != 0 {
			t.Errorf("%q: the other is not closed: %v %v", at, got, unread(t, db))
		}
	}
}

// denied is a tree in which some things may not be read: root may read everything.
type denied struct{ walk.Tree }

func (d denied) List(ctx context.Context, dir string) (walk.Listing, error) {
	if strings.HasSuffix(dir, "lukket") {
		return walk.Listing{}, &os.PathError{Op: "open", Path: dir, Err: syscall.EACCES}
	}
	return d.Tree.List(ctx, dir)
}

func (d denied) Open(ctx context.Context, path string) (walk.File, error) {
	f, err := d.Tree.Open(ctx, path)
	switch {
	case strings.HasSuffix(path, "forbudt.txt"):
		return nil, &os.PathError{Op: "open", Path: path, Err: syscall.EACCES}
	case strings.HasSuffix(path, "ødelagt.txt"):
		return broken{f}, err
	case strings.HasSuffix(path, "urolig.txt"):
		return &restless{File: f}, err
	case strings.HasSuffix(path, "væk.txt"):
		return nil, walk.ErrGone
	}
	return f, err
}

type broken struct{ walk.File }

func (broken) Read([]byte) (int, error) { return 0, syscall.EIO }

// restless is a file that somebody writes to all the time.
type restless struct {
	walk.File
	n int64
}

func (r *restless) Stat() (walk.Entry, error) {
	e, err := r.File.Stat()
	r.n++
	e.MTime += r.n
	return e, err
}

func TestWhatCannotBeReadIsNamed(t *testing.T) {
	r := newRig(t)
	r.now = later(time.Minute)
	var log strings.Builder
	r.log = &log
	r.tree = denied{r.localTree()}
	for _, name := range []string{"a.txt", "forbudt.txt", "ødelagt.txt", "urolig.txt", "væk.txt", "lukket/b.txt", number(1) + "forbudt.txt"} {
		r.write(name, "CPR-nr. "+number(0))
	}
	db := r.open()
	run, _ := r.scan(db)
	sameLines(t, "unread", unread(t, db), []string{number(1) + "forbudt.txt access", "forbudt.txt access", "lukket access", "urolig.txt changing", "ødelagt.txt read"})
	if got := found.DecodeTotals(run.Summary); got.Unread != 5 || got.Hits != 1 {
		t.Errorf("totals %+v", got)
	}
	if strings.Contains(log.String(), number(1)) || !strings.Contains(log.String(), "forbudt.txt") {
		t.Errorf("the log names too much or too little:\n%s", log.String())
	}
	// When they can be read again they are, and what was below is still known.
	r.tree = nil
	r.scan(db)
	if got := unread(t, db); len(got) != 0 {
		t.Errorf("still unread: %v", got)
	}
	if got := hits(t, db); len(got) != 7 {
		t.Errorf("findings %v", got)
	}
	r.tree = denied{r.localTree()}
	r.scan(db)
	for _, l := range hits(t, db) {
		if strings.Contains(l, "gone=true") && !strings.Contains(l, "væk") {
			t.Errorf("what could not be seen was taken for deleted: %s", l)
		}
	}
}

// TestPartlyRead: a file of which some could not be read is told of for as long as it
// lies there, and counts as no finding.
func TestPartlyRead(t *testing.T) {
	r := newRig(t)
	r.now = later(time.Minute)
	r.write("hel.txt", "Intet.")
	r.write("arkiv.zip", "PK\x03\x04 og resten blev aldrig skrevet")
	db := r.open()
	for range 2 {
		run, _ := r.scan(db)
		sameLines(t, "unread", unread(t, db), []string{"arkiv.zip part-unknown-type"})
		if got := found.DecodeTotals(run.Summary); got.Unread != 1 || got.Hits != 0 {
			t.Errorf("totals %+v", got)
		}
	}
	must(t, os.Remove(filepath.Join(r.dir, "arkiv.zip")))
	r.now = later(2 * time.Minute)
	r.scan(db)
	sameLines(t, "unread", unread(t, db), nil)
}

func TestNoNumberInTheDatabase(t *testing.T) {
	r := newRig(t)
	r.write(number(0)+"/"+strings.ReplaceAll(number(1), "-", "")+".txt", "CPR-nr. "+number(2))
	db := r.open()
	r.scan(db)
	must(t, db.Close())
	for _, end := range []string{"", "-wal", "-shm"} {
		data, err := os.ReadFile(r.db + end)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		must(t, err)
		for n := range 3 {
			for _, form := range []string{number(n), strings.ReplaceAll(number(n), "-", "")} {
				if strings.Contains(string(data), form) {
					t.Errorf("number %d stands in scan.db%s", n, end)
				}
			}
		}
	}
}

// TestMissingShareClosesNothing: a share that is not mounted is an error, and what
// was known of it stays.
func TestMissingShareClosesNothing(t *testing.T) {
	r := newRig(t)
	r.now = later(time.Minute)
	db := r.open()
	r.write("a.txt", "CPR-nr. "+number(0))
	r.scan(db)
	must(t, os.Remove(filepath.Join(r.dir, "a.txt"))) // as an empty mount point looks
	s, sh := r.scanner(db, "en")
	run, err := s.Run(t.Context(), sh, time.Now(), t.Context())
	if !errors.Is(err, state.ErrEmpty) || run.Stage != state.Failed || run.Problem == "" {
		t.Errorf("an empty share: %v, %+v", err, run)
	}
	sh.Connect = func(context.Context) (Connected, error) { return walk.OpenLocal(r.dir + "/findes/ikke") }
	if run, err = s.Run(t.Context(), sh, time.Now().Add(time.Second), t.Context()); err == nil || run.Stage != state.Failed {
		t.Errorf("a missing share: %v, %+v", err, run)
	}
	sameLines(t, "findings", hits(t, db), []string{"a.txt gone=false 1 [file-findings] "})
}

// offline is a share whose server goes away after some files.
type offline struct {
	walk.Tree
	left *int
}

func (o offline) Open(ctx context.Context, path string) (walk.File, error) {
	if *o.left--; *o.left < 0 {
		return nil, fmt.Errorf("%w: away", walk.ErrOffline)
	}
	return o.Tree.Open(ctx, path)
}

func TestServerGoneInTheMiddle(t *testing.T) {
	r := newRig(t)
	r.now = later(time.Minute)
	for i := range 40 {
		r.write(fmt.Sprintf("%d.txt", i), "CPR-nr. "+number(i))
	}
	left := 10
	r.tree = offline{r.localTree(), &left}
	db := r.open()
	s, sh := r.scanner(db, "en")
	sh.Readers = 1
	run, err := s.Run(t.Context(), sh, time.Now(), t.Context())
	if !errors.Is(err, walk.ErrOffline) || run.Stage != state.Failed || run.Done != 10 {
		t.Fatalf("%v, %+v", err, run)
	}
	r.tree = nil
	next, judged := r.scan(db)
	if judged != 30 || len(hits(t, db)) != 40 || len(unread(t, db)) != 0 {
		t.Errorf("the next run judged %d, %+v, unread %v", judged, next, unread(t, db))
	}
}

// shut is a share of which some may not be read, and from some file on nothing.
type shut struct {
	walk.Tree
	folder string
	left   *atomic.Int64
}

func (s shut) List(ctx context.Context, dir string) (walk.Listing, error) {
	if s.left.Load() < 0 {
		return walk.Listing{}, fs.ErrPermission
	}
	return s.Tree.List(ctx, dir)
}

func (s shut) Open(ctx context.Context, path string) (walk.File, error) {
	if s.left.Add(-1) < 0 || strings.HasPrefix(path, s.folder+"/") {
		return nil, fs.ErrPermission
	}
	return s.Tree.Open(ctx, path)
}

// TestALoginThatIsTakenBack: a folder with many files that we may not read is noted file
// by file; a share that is closed to us in the middle ends the run, long before every
// file was asked for with a login that is no longer good.
func TestALoginThatIsTakenBack(t *testing.T) {
	r := newRig(t)
	r.now = later(time.Minute)
	for i := range 200 {
		r.write(fmt.Sprintf("%d/%d.txt", i%4, i), "CPR-nr. "+number(i))
	}
	var left atomic.Int64
	left.Store(1000)
	r.tree = shut{r.localTree(), "3", &left}
	db := r.open()
	s, sh := r.scanner(db, "en")
	run, err := s.Run(t.Context(), sh, time.Now(), t.Context())
	if err != nil || run.Stage != state.Finished || len(unread(t, db)) != 50 || len(hits(t, db)) != 150 {
		t.Fatalf("a closed folder: %v, %+v, %d unread", err, run, len(unread(t, db)))
	}
	for i := range 200 {
		r.write(fmt.Sprintf("%d/%d.txt", i%4, i), "CPR-nr. "+number(i)+" og mere")
	}
	left.Store(60)
	run, err = s.Run(t.Context(), sh, time.Now().Add(time.Second), t.Context())
	if !errors.Is(err, walk.ErrOffline) || run.Stage != state.Failed || !strings.Contains(run.Problem, "permission") {
		t.Fatalf("a login taken back: %v, %+v", err, run)
	}
	if asked := 60 - left.Load(); asked > 60+50+int64(2*manyDenials) {
		t.Errorf("%d files were asked for", asked)
	}
	left.Store(1000)
	r.tree = nil
	if _, err := s.Run(t.Context(), sh, time.Now().Add(time.Minute), t.Context()); err != nil {
		t.Fatal(err)
	}
	r.scan(db)
	if len(unread(t, db)) != 0 || len(hits(t, db)) != 200 {
		t.Errorf("let in again: %d unread, %d with findings", len(unread(t, db)), len(hits(t, db)))
	}
}

// TestAFileThatKillsIsLeftOut: after it took the program down several times.
func TestAFileThatKillsIsLeftOut(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	r := newRig(t)
	r.now = later(time.Minute)
	r.write("a.txt", "CPR-nr. "+number(0))
	r.write("ond.txt", "CPR-nr. "+number(1))
	db := r.open()
	start := time.Now().Add(time.Minute)
	for try := range 8 {
		// Each try is a process that dies at ond.txt: its lease runs out later.
		r.now = func() time.Time { return start.Add(time.Duration(try) * time.Hour) }
		s, sh := r.scanner(db, fmt.Sprint("proces", try))
		inner := s.Handle
		dead, die := context.WithCancel(t.Context())
		s.Handle = func(ctx context.Context, it scanner.Item) (scanner.Outcome, error) {
			if it.Name == "ond.txt" {
				die()
				<-t.Context().Done() // never ends, as a dead process
			}
			return inner(ctx, it)
		}
		ended := make(chan state.Run, 1)
		go func() {
			run, _ := s.Run(t.Context(), sh, night, t.Context())
			ended <- run
		}()
		select {
		case <-dead.Done():
			time.Sleep(400 * time.Millisecond) // until what else is done is stored
		case run := <-ended:
			if run.Stage != state.Finished {
				t.Fatalf("%+v", run)
			}
			sameLines(t, "left out", unread(t, db), []string{"ond.txt crashed"})
			sameLines(t, "findings", hits(t, db), []string{"a.txt gone=false 1 [file-findings] "})
			die()
			return
		}
	}
	t.Fatal("the run never ended")
}

// TestWhatCannotBeTakenIsStillReported: a folder that nobody may write in, or no room
// for the note, hides no finding.
func TestWhatCannotBeTakenIsStillReported(t *testing.T) {
	r := newRig(t)
	r.now = later(time.Minute)
	r.write("a.txt", "CPR-nr. "+number(0))
	fail := true
	r.seize = func(context.Context, scanner.Item, *scanner.Outcome, walk.Entry) (string, bool, error) {
		if fail {
			return "sag1", false, syscall.ENOSPC
		}
		return "sag1", true, nil
	}
	db := r.open()
	r.scan(db)
	sameLines(t, "findings", hits(t, db), []string{"a.txt gone=false 1 [file-findings] sag1"})
	sameLines(t, "unread", unread(t, db), nil)
	fail = false
	r.scan(db)
	sameLines(t, "findings when there is room again", hits(t, db), []string{"a.txt gone=true 1 [file-findings] sag1"})
}

// TestALargeTextIsNotTakenByItsLines: what was read of a text too large for the vault is
// not the file, so that it is reported and stays.
func TestALargeTextIsNotTakenByItsLines(t *testing.T) {
	r := newRig(t)
	r.seize = func(context.Context, scanner.Item, *scanner.Outcome, walk.Entry) (string, bool, error) {
		t.Error("it was to be taken")
		return "", false, nil
	}
	s, sh := r.scanner(r.open(), "en")
	must(t, s.load(t.Context()))
	o, got := &state.Object{Path: "a.txt", Entry: walk.Entry{Name: "a.txt"}}, state.Result{}
	must(t, s.judge(t.Context(), sh, state.Run{Version: s.Version}, o, large.Content{Data: []byte("CPR-nr. " + number(0)), Lines: true}, nil, &got))
	if got.Hits != 1 || got.Gone || got.Racy {
		t.Errorf("%+v", got)
	}
}

// TestAClockThatWasSetBack: what a clock of next year has begun keeps nobody waiting
// until then.
func TestAClockThatWasSetBack(t *testing.T) {
	r := newRig(t)
	for i := range 5 {
		r.write(fmt.Sprintf("%d.txt", i), "CPR-nr. "+number(i))
	}
	ahead := later(365 * 24 * time.Hour)
	r.now = ahead
	db := r.open()
	s, sh := r.scanner(db, "anden")
	dead, die := context.WithCancel(t.Context())
	s.Handle = func(context.Context, scanner.Item) (scanner.Outcome, error) {
		die()
		<-t.Context().Done() // as a process that was killed
		return scanner.Outcome{}, t.Context().Err()
	}
	go func() { _, _ = s.Run(t.Context(), sh, ahead(), t.Context()) }()
	<-dead.Done()
	r.now = nil
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	s, sh = r.scanner(db, "en")
	if run, err := s.Run(ctx, sh, time.Now(), ctx); err != nil || run.Stage != state.Finished {
		t.Fatalf("%v, %+v", err, run)
	}
	if got := hits(t, db); len(got) != 5 {
		t.Errorf("findings %v", got)
	}
}

// TestFilesThatMove: somebody appends to one file all the time, shortens another,
// replaces a third and deletes a fourth while the share is read; the run ends, and
// what lies still is read.
func TestFilesThatMove(t *testing.T) {
	r := newRig(t)
	r.now = later(time.Minute)
	var still []string
	for i := range 40 {
		r.write(fmt.Sprintf("%d.txt", i), "CPR-nr. "+number(i))
		still = append(still, fmt.Sprintf("%d.txt gone=false 1 [file-findings] ", i))
	}
	slices.Sort(still)
	stop, over := context.WithCancel(t.Context())
	defer over()
	var busy sync.WaitGroup
	names := []string{"vokser.log", "krymper.log", "udskiftes.log", "kommer og går.log"}
	for i, name := range names {
		path := r.write(name, strings.Repeat("Intet. ", 1000))
		busy.Go(func() {
			for n := 0; stop.Err() == nil; n++ {
				switch i {
				case 0:
					if f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0); err == nil {
						_, _ = f.WriteString("Intet mere. ")
						_ = f.Close()
					}
				case 1:
					_ = os.Truncate(path, int64(7000-n%7000))
				case 2:
					_ = os.WriteFile(path+"~", []byte(strings.Repeat("Nyt. ", n%500)), 0o644)
					_ = os.Rename(path+"~", path)
				case 3:
					_ = os.Remove(path)
					_ = os.WriteFile(path, []byte("Igen."), 0o644)
				}
			}
		})
	}
	db := r.open()
	r.scan(db)
	over()
	busy.Wait()
	sameLines(t, "findings", hits(t, db), still)
	const hole = "krymper.log part-" // what was made longer anew has one, of zeros
	for _, line := range unread(t, db) {
		if !strings.HasSuffix(line, " changing") && !strings.HasPrefix(line, hole) {
			t.Errorf("unread: %s", line)
		}
	}
	r.scan(db)
	for _, line := range unread(t, db) {
		if !strings.HasPrefix(line, hole) {
			t.Errorf("still unread: %s", line)
		}
	}
}

// TestMounted: the root of a mounted file system is told from a folder.
func TestMounted(t *testing.T) {
	plain := filepath.Join(t.TempDir(), "mappe")
	if err := os.Mkdir(plain, 0o755); err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]bool{plain: false, "/proc": true} {
		l, err := walk.OpenLocal(dir)
		if err != nil {
			t.Fatal(err)
		}
		if list, err := l.List(t.Context(), ""); err != nil || list.Mount != want {
			t.Errorf("%s: mounted %v, %v", dir, list.Mount, err)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestLook: what was written is read without writing, beside a writer and after it.
func TestLook(t *testing.T) {
	ctx := t.Context()
	keys, err := seal.NewKeys(testKey())
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "a b?.db")
	if db, err := state.Look(ctx, path, keys); err == nil {
		db.Close()
		t.Error("a database that is not there was opened")
	}
	writer, err := state.Open(ctx, path, keys)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := writer.EnsureSource(ctx, "prøve"); err != nil {
		t.Fatal(err)
	}
	for range 2 { // with a journal, and without one
		db, err := state.Look(ctx, path, keys)
		if err != nil {
			t.Fatal(err)
		}
		if src, err := db.Source(ctx, "prøve"); err != nil || src.Name != "prøve" {
			t.Errorf("%+v %v", src, err)
		}
		if _, err := db.EnsureSource(ctx, "ny"); err == nil {
			t.Error("it was written to")
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if err := writer.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestWhatIsQueuedAnewIsNotDone: of the files of one chunk one changed and was queued
// anew while it was read; what was found of the others is stored, and it is read again.
func TestWhatIsQueuedAnewIsNotDone(t *testing.T) {
	eachDatabase(t, func(t *testing.T, r *rig) {
		db := r.open()
		s, sh := r.scanner(db, "en")
		src, err := db.EnsureSource(t.Context(), sh.Name)
		must(t, err)
		run, _, err := db.Begin(t.Context(), src.ID, night, time.Now().Add(time.Minute), s.Version)
		must(t, err)
		now := time.Now()
		list := func(size int64) {
			t.Helper()
			plan, ok, err := db.Plan(t.Context(), run, src, "en", time.Minute, func() time.Time { now = now.Add(2 * time.Second); return now })
			if err != nil || !ok {
				t.Fatal(ok, err)
			}
			must(t, plan.Folder(t.Context(), walk.Found{Listing: walk.Listing{Entries: []walk.Entry{{Name: "a.txt", Size: 1}, {Name: "b.txt", Size: size}, {Name: "c.txt", Size: 1}}}}))
			must(t, plan.Release(t.Context()))
		}
		list(1)
		first, ok, err := db.Claim(t.Context(), run.ID, "en", now, time.Minute)
		if err != nil || !ok || len(first.Objects) != 3 {
			t.Fatal(first, ok, err)
		}
		list(2)
		var done []state.Result
		for i, o := range first.Objects {
			done = append(done, state.Result{Object: o, Now: o.Entry, Content: fmt.Sprint(i), Fresh: true})
		}
		must(t, db.Complete(t.Context(), run, first.ID, "en", done))
		if run, err = db.Run(t.Context(), run.ID); err != nil || run.Done != 2 {
			t.Errorf("%d files are done, %v", run.Done, err)
		}
		second, ok, err := db.Claim(t.Context(), run.ID, "to", now, time.Minute)
		if err != nil || !ok || len(second.Objects) != 1 || second.Objects[0].Path != "b.txt" || second.Objects[0].Size != 2 {
			t.Errorf("%+v, %v", second, err)
		}
	})
}
