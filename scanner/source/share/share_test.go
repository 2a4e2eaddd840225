package share

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"brevvagt/scanner/source/share/walk"
)

func TestListNamesWhatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	must(t, os.MkdirAll(filepath.Join(dir, "b"), 0o755))
	must(t, os.WriteFile(filepath.Join(dir, "b", "2.txt"), []byte("to"), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "1.txt"), []byte("en"), 0o600))
	must(t, os.Symlink("/etc/passwd", filepath.Join(dir, "link")))
	files, errs := List([]string{dir, filepath.Join(dir, "1.txt"), filepath.Join(dir, "mangler")})
	var names []string
	for _, f := range files {
		names = append(names, strings.TrimPrefix(f.Path, dir+"/"))
	}
	if got := strings.Join(names, " "); got != "1.txt b/2.txt" {
		t.Errorf("listed %q", got)
	}
	if len(errs) != 1 || !strings.Contains(errs[0].Error(), "mangler") {
		t.Errorf("errors %v do not name the missing path", errs)
	}
}

func TestItemReadsAtMostTheLimit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "stor.txt")
	must(t, os.WriteFile(path, bytes.Repeat([]byte("x"), 1000), 0o600))
	f := File{Path: path, Size: 1000}
	it, err := f.Item(600)
	if err != nil || len(it.Content) != 600 || it.Cut != 400 {
		t.Fatalf("read %d bytes, cut %d, %v", len(it.Content), it.Cut, err)
	}
	if it, err = f.Item(1000); err != nil || len(it.Content) != 1000 || it.Cut != 0 {
		t.Fatalf("read %d bytes, cut %d, %v", len(it.Content), it.Cut, err)
	}
	// A file that grew since it was listed is read whole within the limit.
	f.Size = 10
	if it, err = f.Item(2000); err != nil || len(it.Content) != 1000 {
		t.Fatalf("read %d bytes of a grown file, %v", len(it.Content), err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestAFolderThatIsReplaced: a link that takes the place of a folder whose files are
// being read leads nowhere, and folders that were read do not stay open.
func TestAFolderThatIsReplaced(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	write := func(path, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	const folders = 40
	for i := range folders {
		write(filepath.Join(dir, strconv.Itoa(i), "brev.txt"), "inden for")
	}
	write(filepath.Join(outside, "brev.txt"), "uden for")
	l, err := walk.OpenLocal(dir)
	if err != nil {
		t.Fatal(err)
	}
	read := func(path string) (string, error) {
		f, err := l.Open(t.Context(), path)
		if err != nil {
			return "", err
		}
		defer f.Close()
		data, err := io.ReadAll(f)
		return string(data), err
	}
	for i := range folders {
		if text, err := read(strconv.Itoa(i) + "/brev.txt"); text != "inden for" {
			t.Fatalf("%q, %v", text, err)
		}
	}
	if n := openIn(t, dir); n > folders/2 {
		t.Errorf("%d folders are open", n)
	}
	last := strconv.Itoa(folders - 1)
	// Another folder in its place is read at once.
	if err := os.Rename(filepath.Join(dir, last), filepath.Join(dir, "bort")); err != nil {
		t.Fatal(err)
	}
	write(filepath.Join(dir, last, "nyt.txt"), "et nyt")
	if text, err := read(last + "/nyt.txt"); text != "et nyt" {
		t.Errorf("%q, %v", text, err)
	}
	for end := time.Now().Add(time.Minute); openIn(t, dir) > 1; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("folders stay open")
		}
	}
	if err := os.Rename(filepath.Join(dir, last), filepath.Join(dir, "flyttet")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, last)); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); err == nil && time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		var text string
		if text, err = read(last + "/brev.txt"); text == "uden for" {
			t.Fatal("the link was followed")
		}
	}
	if !errors.Is(err, walk.ErrGone) {
		t.Errorf("the folder is gone: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if n := openIn(t, dir); n > 0 {
		t.Errorf("%d are open after the end", n)
	}
}

// openIn counts what this process has open below a folder.
func openIn(t *testing.T, dir string) (n int) {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		if to, err := os.Readlink("/proc/self/fd/" + e.Name()); err == nil && strings.HasPrefix(to, dir) {
			n++
		}
	}
	return n
}
