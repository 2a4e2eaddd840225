package share

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
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
