package main

import (
	"os"
	"path/filepath"
	"testing"

	"brevvagt/scanner/source/share"
)

func TestLargeFileIsShownFromACopy(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "film.avi")
	if err := os.WriteFile(path, []byte("abcde"), 0o600); err != nil {
		t.Fatal(err)
	}
	it, done, err := beside(share.File{Path: path, Size: 5}, dir, 3)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 0); err != nil { // by somebody else, meanwhile
		t.Fatal(err)
	}
	if string(it.Content) != "abc" || it.Cut != 2 {
		t.Errorf("%+v", it)
	}
	done()
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("%d files are left", len(left))
	}
}
