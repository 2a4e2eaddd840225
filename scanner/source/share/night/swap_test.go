package night

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"brevvagt/scanner"
	"brevvagt/scanner/source/share/swap"
	"brevvagt/scanner/source/share/walk"
)

// place is a share with one file, as the scan saw it.
type place struct {
	dir, path string
	tree      *walk.Local
	seen      walk.Entry
	receipt   *swap.Receipt
	content   []byte
}

var note = swap.Note{Case: "01SAG", Text: "Filen er i karantæne, sag 01SAG"}

func newPlace(t *testing.T, name string) *place {
	t.Helper()
	p := &place{dir: t.TempDir(), path: "sag/" + name, content: []byte("CPR-nr. 070761-4285")}
	must(t, os.Mkdir(filepath.Join(p.dir, "sag"), 0o755))
	file := filepath.Join(p.dir, p.path)
	must(t, os.WriteFile(file, p.content, 0o640))
	must(t, os.Chmod(file, 0o640))
	if os.Getuid() == 0 {
		must(t, os.Chown(file, 1234, 4321))
	}
	must(t, unix.Setxattr(file, "user.mærke", []byte("vigtig"), 0))
	must(t, os.Chtimes(file, time.Unix(1700000000, 5), time.Unix(1600000000, 123456789)))
	var err error
	p.tree, err = walk.OpenLocal(p.dir)
	must(t, err)
	t.Cleanup(func() { p.tree.Close() })
	p.see(t)
	return p
}

func (p *place) see(t *testing.T) {
	t.Helper()
	f, err := p.tree.Open(t.Context(), p.path)
	must(t, err)
	defer f.Close()
	p.seen, err = f.Stat()
	must(t, err)
	sum := sha256.Sum256(p.content)
	p.receipt, err = swap.Describe(p.tree, p.dir, p.path, hex.EncodeToString(sum[:]))
	must(t, err)
}

func (p *place) names(t *testing.T) string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(p.dir, "sag"))
	must(t, err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}

func (p *place) restore() error {
	return swap.Restore(p.tree, p.receipt, note.Case, bytes.NewReader(p.content))
}

func TestTakenAndPutBackTheSame(t *testing.T) {
	p := newPlace(t, "brev.txt")
	file := filepath.Join(p.dir, p.path)
	acl := aclOf(t, file)
	p.see(t)
	var before, after unix.Stat_t
	must(t, unix.Stat(file, &before))
	must(t, swap.Take(p.tree, p.path, p.seen, note))
	if got := p.names(t); got != "brev.txt.brevvagt.txt" {
		t.Fatalf("after taking: %s", got)
	}
	// The receipt goes through the case database.
	data, err := p.receipt.Encode()
	must(t, err)
	p.receipt, err = swap.Decode(data)
	must(t, err)
	must(t, p.restore())
	must(t, p.restore()) // repeated after a crash
	if got := p.names(t); got != "brev.txt" {
		t.Fatalf("after putting back: %s", got)
	}
	got, err := os.ReadFile(file)
	must(t, err)
	must(t, unix.Stat(file, &after))
	if !bytes.Equal(got, p.content) || after.Mode != before.Mode || after.Uid != before.Uid || after.Gid != before.Gid || after.Mtim != before.Mtim {
		t.Errorf("the file came back changed: %+v, was %+v", after, before)
	}
	value := make([]byte, 10)
	if n, err := unix.Getxattr(file, "user.mærke", value); err != nil || string(value[:n]) != "vigtig" {
		t.Errorf("the attribute came back as %q, %v", value[:max(n, 0)], err)
	}
	if back := aclOf(t, file); acl != nil && !bytes.Equal(back, acl) {
		t.Error("the access list did not come back")
	}
}

// TestOddNamesComeBack: a name of any bytes is the same name afterwards.
func TestOddNamesComeBack(t *testing.T) {
	for _, name := range []string{"linje\nskift.txt", "ikke-utf8-\xe6\xf8.txt", "\xff", strings.Repeat("l", 251) + ".txt", strings.Repeat("\xe6", 255), "  .txt "} {
		p := newPlace(t, name)
		must(t, swap.Take(p.tree, p.path, p.seen, note))
		data, err := p.receipt.Encode()
		must(t, err)
		p.receipt, err = swap.Decode(data)
		must(t, err)
		must(t, p.restore())
		if got := p.names(t); got != name {
			t.Errorf("%q came back as %q", name, got)
		}
	}
}

// TestOpenInAnEditor: the mark that an editor leaves beside an open document keeps it in
// its place, unless the mark is an old one.
func TestOpenInAnEditor(t *testing.T) {
	for _, c := range []struct{ name, mark string }{
		{"sag.docx", "~$sag.docx"}, {"ansøgning.docx", "~$søgning.docx"}, {"breveta.docx", "~$reveta.docx"},
		{"tal.xlsx", "~$tal.xlsx"}, {"svar.odt", ".~lock.svar.odt#"}, {"noter.txt", ".noter.txt.swp"},
	} {
		p := newPlace(t, c.name)
		mark := filepath.Join(p.dir, "sag", c.mark)
		must(t, os.WriteFile(mark, []byte("\x07Testperson"), 0o644))
		if err := swap.Take(p.tree, p.path, p.seen, note); !errors.Is(err, swap.ErrBusy) {
			t.Errorf("%s with %s: %v", c.name, c.mark, err)
		}
		old := time.Now().Add(-48*time.Hour - time.Hour)
		must(t, os.Chtimes(mark, old, old))
		if err := swap.Take(p.tree, p.path, p.seen, note); err != nil {
			t.Errorf("%s with an old %s: %v", c.name, c.mark, err)
		}
	}
}

// aclOf gives a file a POSIX access list where the file system has them, and
// returns it.
func aclOf(t *testing.T, file string) []byte {
	t.Helper()
	value := make([]byte, 1024)
	if n, err := unix.Getxattr(file, "system.posix_acl_access", value); err == nil {
		return value[:n]
	}
	// user::rw-, user:1000:r--, group::r--, mask::r--, other::---
	list := []byte{2, 0, 0, 0,
		1, 0, 6, 0, 255, 255, 255, 255, 2, 0, 4, 0, 232, 3, 0, 0, 4, 0, 4, 0, 255, 255, 255, 255,
		16, 0, 4, 0, 255, 255, 255, 255, 32, 0, 0, 0, 255, 255, 255, 255}
	if err := unix.Setxattr(file, "system.posix_acl_access", list, 0); err != nil {
		t.Logf("no access lists here: %v", err)
		return nil
	}
	return list
}

func TestNothingIsOverwritten(t *testing.T) {
	p := newPlace(t, "brev.txt")
	// Somebody else's file has the note's name.
	must(t, os.WriteFile(filepath.Join(p.dir, "sag", "brev.txt.brevvagt.txt"), []byte("min egen"), 0o600))
	must(t, swap.Take(p.tree, p.path, p.seen, note))
	if got := p.names(t); got != "brev.txt.2.brevvagt.txt brev.txt.brevvagt.txt" {
		t.Fatalf("after taking: %s", got)
	}
	// A new file has appeared in the old one's place.
	must(t, os.WriteFile(filepath.Join(p.dir, p.path), []byte("ny tekst om noget andet"), 0o600))
	if err := p.restore(); !errors.Is(err, swap.ErrTaken) {
		t.Fatalf("putting back over a new file: %v", err)
	}
	if got, _ := os.ReadFile(filepath.Join(p.dir, p.path)); string(got) != "ny tekst om noget andet" {
		t.Fatalf("the new file was overwritten with %q", got)
	}
	must(t, os.Remove(filepath.Join(p.dir, p.path)))
	must(t, p.restore())
	if got := p.names(t); got != "brev.txt brev.txt.brevvagt.txt" {
		t.Fatalf("after putting back: %s", got)
	}
}

func TestOnlyTheFileThatWasSeenIsTaken(t *testing.T) {
	p := newPlace(t, "brev.txt")
	file := filepath.Join(p.dir, p.path)
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	must(t, err)
	if err := swap.Take(p.tree, p.path, p.seen, note); !errors.Is(err, swap.ErrBusy) {
		t.Errorf("a file that is open elsewhere: %v", err)
	}
	f.Close()
	must(t, os.WriteFile(file, []byte("CPR-nr. 070761-4286"), 0o640))
	if err := swap.Take(p.tree, p.path, p.seen, note); !errors.Is(err, swap.ErrChanged) {
		t.Errorf("a changed file: %v", err)
	}
	must(t, os.Remove(file))
	must(t, os.Symlink("/etc/hostname", file))
	if err := swap.Take(p.tree, p.path, p.seen, note); !errors.Is(err, swap.ErrChanged) {
		t.Errorf("a link in its place: %v", err)
	}
	if got := p.names(t); got != "brev.txt" {
		t.Errorf("left behind: %s", got)
	}
	// A link in the way leads nobody out of the share.
	must(t, os.RemoveAll(filepath.Join(p.dir, "sag")))
	outside := t.TempDir()
	must(t, os.Symlink(outside, filepath.Join(p.dir, "sag")))
	if err := p.restore(); err == nil {
		t.Error("a file was put back through a link")
	}
	if entries, _ := os.ReadDir(outside); len(entries) > 0 {
		t.Error("something was written outside the share")
	}
}

func TestLongAndWrongContent(t *testing.T) {
	long := strings.Repeat("å", 127) // 254 bytes
	p := newPlace(t, long)
	must(t, swap.Take(p.tree, p.path, p.seen, note))
	if err := swap.Restore(p.tree, p.receipt, note.Case, strings.NewReader("noget andet")); err == nil {
		t.Error("other content was put back")
	}
	must(t, p.restore())
	if got := p.names(t); got != long {
		t.Errorf("after putting back: %s", got)
	}
}

// TestHolesComeBack: a file that takes less room than its size does so again.
func TestHolesComeBack(t *testing.T) {
	p := newPlace(t, "stor.img")
	file := filepath.Join(p.dir, p.path)
	p.content = append(append(bytes.Repeat([]byte{0}, 1<<20), "CPR-nr. 070761-4285"...), make([]byte, 1<<20+77)...)
	must(t, os.Truncate(file, 0))
	f, err := os.OpenFile(file, os.O_WRONLY, 0)
	must(t, err)
	_, err = f.WriteAt([]byte("CPR-nr. 070761-4285"), 1<<20)
	must(t, errors.Join(err, f.Truncate(int64(len(p.content))), f.Close()))
	p.see(t)
	var before, after unix.Stat_t
	must(t, unix.Stat(file, &before))
	must(t, swap.Take(p.tree, p.path, p.seen, note))
	must(t, p.restore())
	must(t, unix.Stat(file, &after))
	got, err := os.ReadFile(file)
	must(t, err)
	if !bytes.Equal(got, p.content) {
		t.Error("the content is another")
	}
	if !p.receipt.Sparse || after.Blocks > before.Blocks+128 {
		t.Errorf("%d blocks before, %d after (sparse %v)", before.Blocks, after.Blocks, p.receipt.Sparse)
	}
}

// TestWhatWasReportedIsTaken: a share that begins to take files takes those that were
// only reported until then, once, and reads nothing else again.
func TestWhatWasReportedIsTaken(t *testing.T) {
	eachDatabase(t, func(t *testing.T, r *rig) {
		for n := range 3 {
			r.write(fmt.Sprintf("%d/sag.txt", n), "CPR-nr. "+number(n))
			r.write(fmt.Sprintf("%d/ren.txt", n), fmt.Sprintf("Mødet om plan %d er flyttet.", n))
		}
		r.now = later(time.Minute)
		db := r.open()
		r.scan(db)
		if run, judged := r.scan(db); run.Planned != 0 || judged != 0 {
			t.Fatalf("an unchanged night judged %d: %+v", judged, run)
		}
		var taken atomic.Int64
		r.seize = func(_ context.Context, it scanner.Item, _ *scanner.Outcome, _ walk.Entry) (string, bool, error) {
			taken.Add(1)
			return "SAG" + it.Name, true, os.Remove(it.ID)
		}
		if run, _ := r.scan(db); run.Planned != 3 || taken.Load() != 3 {
			t.Fatalf("%d of 3 were taken: %+v", taken.Load(), run)
		}
		if run, judged := r.scan(db); judged != 0 || taken.Load() != 3 {
			t.Fatalf("%d were taken, %d judged after all were: %+v", taken.Load(), judged, run)
		}
	})
}

// timeless is a server that gives a file that comes back the number and the times it had.
type timeless struct{ walk.Tree }

type timelessFile struct{ walk.File }

func (f timelessFile) Stat() (walk.Entry, error) {
	e, err := f.File.Stat()
	e.CTime, e.Inode = e.MTime, 1
	return e, err
}

func (t timeless) List(ctx context.Context, dir string) (walk.Listing, error) {
	list, err := t.Tree.List(ctx, dir)
	for i := range list.Entries {
		list.Entries[i].CTime, list.Entries[i].Inode = list.Entries[i].MTime, 1
	}
	return list, err
}

func (t timeless) Open(ctx context.Context, path string) (walk.File, error) {
	f, err := t.Tree.Open(ctx, path)
	return timelessFile{f}, err
}

// TestWhatWasReleasedIsSeen: a file that comes back as it was, in every respect, counts
// as lying there again.
func TestWhatWasReleasedIsSeen(t *testing.T) {
	eachDatabase(t, func(t *testing.T, r *rig) {
		r.tree = timeless{r.localTree()}
		text, when := "CPR-nr. "+number(1), time.Unix(1_700_000_000, 0)
		back := func() { must(t, os.Chtimes(r.write("sag/brev.txt", text), when, when)) }
		back()
		r.now = later(time.Minute)
		held := true
		r.seize = func(_ context.Context, it scanner.Item, _ *scanner.Outcome, _ walk.Entry) (string, bool, error) {
			if !held {
				return "01SAG", false, nil // its release is what put it there
			}
			return "01SAG", true, os.Remove(it.ID)
		}
		db := r.open()
		r.scan(db)
		back()
		held = false
		for range 2 {
			r.scan(db)
			sameLines(t, "after the release", hits(t, db), []string{filepath.Join("sag", "brev.txt") + " gone=false 1 [file-findings] 01SAG"})
		}
	})
}
