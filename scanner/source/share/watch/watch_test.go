package watch

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// disk is a file system of its own that has handles, gone with the test.
func disk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=4m"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("a disk of its own: %v", err)
		}
		t.Skipf("a disk of its own needs root: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

// tells waits until all of the paths were told of.
func tells(t *testing.T, w *Watcher, want ...Event) {
	t.Helper()
	limit := time.After(2 * time.Minute)
	for len(want) > 0 {
		select {
		case e := <-w.Events:
			want = slices.DeleteFunc(want, func(x Event) bool { return x == e })
		case err := <-w.Errors:
			t.Fatal(err)
		case <-limit:
			t.Fatalf("never told of %v", want)
		}
	}
}

func write(t *testing.T, path string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte("x"), 0o600)); err != nil {
		t.Fatal(err)
	}
}

// changes are what both ways must tell of: in a folder that was there, in one that came
// with its content, and of who may read.
func changes(t *testing.T, w *Watcher, root, outside string) {
	t.Helper()
	at := func(p string) string { return filepath.Join(root, p) }
	write(t, filepath.Join(outside, "ude.txt")) // no event of the share
	write(t, at("gammel/ny.txt"))
	tells(t, w, Event{Path: at("gammel/ny.txt")})
	write(t, filepath.Join(outside, "mappe", "dyb", "a.txt"))
	if err := os.Rename(filepath.Join(outside, "mappe"), at("mappe")); err != nil {
		t.Fatal(err)
	}
	tells(t, w, Event{at("mappe"), true})
	var below []string
	if err := w.Each(at("mappe"), func(dir string) { below = append(below, dir) }); err != nil || !slices.Equal(below, []string{at("mappe"), at("mappe/dyb")}) {
		t.Errorf("below the folder that came: %v, %v", below, err)
	}
	write(t, at("mappe/dyb/b.txt"))
	tells(t, w, Event{Path: at("mappe/dyb/b.txt")})
	if err := os.Chmod(at("gammel/ny.txt"), 0o644); err != nil {
		t.Fatal(err)
	}
	tells(t, w, Event{Path: at("gammel/ny.txt")})
	if err := os.Remove(at("mappe/dyb/a.txt")); err != nil {
		t.Fatal(err)
	}
	tells(t, w, Event{Path: at("mappe/dyb/a.txt")})
}

// TestMark: the whole file system is watched with one mark, and only what lies in the
// share is told, by the path that it has for us. A container or a kernel in which root may
// not use fanotify is skipped by name: Open takes the other way there, see TestFolders.
func TestMark(t *testing.T) {
	dir := disk(t)
	root := filepath.Join(dir, "share")
	write(t, filepath.Join(root, "gammel", "a.txt"))
	link := filepath.Join(t.TempDir(), "drev")
	if err := os.Symlink(root, link); err != nil {
		t.Fatal(err)
	}
	w, err := openMark(link)
	for _, kept := range []error{unix.EPERM, unix.ENOSYS, unix.EINVAL, unix.ENODEV, unix.EXDEV, unix.EOPNOTSUPP} {
		if errors.Is(err, kept) {
			t.Skipf("this machine does not let root use fanotify: %v", err)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	outside := filepath.Join(dir, "share2")
	if err := os.Mkdir(outside, 0o755); err != nil {
		t.Fatal(err)
	}
	changes(t, w, link, outside)
	write(t, filepath.Join(outside, "b.txt"))
	write(t, filepath.Join(root, "sidst.txt"))
	for last := filepath.Join(link, "sidst.txt"); ; {
		e := <-w.Events
		if !strings.HasPrefix(e.Path, link+"/") {
			t.Fatalf("told of %s", e.Path)
		}
		if e.Path == last {
			break
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for range w.Events { // is closed
	}
	if _, err := openMark(filepath.Join(dir, "findes-ikke")); err == nil {
		t.Error("a folder that is not there is watched")
	}
	if w, err := Open(root); err != nil || w.How != Fanotify {
		t.Errorf("opened as %+v, %v", w, err)
	} else if err := w.Close(); err != nil {
		t.Error(err)
	}
}

// TestAnotherDiskBelow: one mark holds for one file system, so a share that another one is
// mounted in is watched folder by folder.
func TestAnotherDiskBelow(t *testing.T) {
	root := filepath.Join(disk(t), "share med \\")
	below := filepath.Join(root, "afdeling")
	if err := os.MkdirAll(below, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", below, "tmpfs", 0, "size=4m"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(below, syscall.MNT_DETACH) })
	w, err := Open(root)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if w.How != Inotify {
		t.Fatalf("watched with %s", w.How)
	}
	if err := w.Each(root, func(string) {}); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(below, "a.txt"))
	tells(t, w, Event{filepath.Join(below, "a.txt"), true})
}

// TestFolders: folder by folder, as anybody may.
func TestFolders(t *testing.T) {
	dir := t.TempDir()
	root, outside := filepath.Join(dir, "share"), filepath.Join(dir, "share2")
	write(t, filepath.Join(root, "gammel", "a.txt"))
	if err := os.Mkdir(outside, 0o755); err != nil {
		t.Fatal(err)
	}
	w, err := openFolders()
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Each(root, func(string) {}); err != nil || w.How != Inotify {
		t.Fatal(err)
	}
	// A file that is created is told as new; so are folders.
	write(t, filepath.Join(root, "gammel", "ny.txt"))
	tells(t, w, Event{filepath.Join(root, "gammel", "ny.txt"), true})
	changes(t, w, root, outside)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for range w.Events { // is closed
	}
}
