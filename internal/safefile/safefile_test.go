package safefile

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var errDisk = errors.New("disk says no")

func TestWriteReplacesAtOnce(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "object")
	for _, text := range []string{"first", "second and longer"} {
		n, err := Write(path, strings.NewReader(text))
		if err != nil || n != int64(len(text)) {
			t.Fatalf("%d, %v", n, err)
		}
		if got, _ := os.ReadFile(path); string(got) != text {
			t.Errorf("file holds %q", got)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	onlyFile(t, dir, "object")
}

// Every step fails once; the old content must stand and nothing be left lying.
func TestAFailureAtEachStepKeepsTheOldFile(t *testing.T) {
	for name, broken := range map[string]func(*ops){
		"write":  func(o *ops) { o.write = func(*os.File, []byte) (int, error) { return 1, errDisk } },
		"sync":   func(o *ops) { o.sync = func(*os.File) error { return errDisk } },
		"rename": func(o *ops) { o.rename = func(_, _ string) error { return errDisk } },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "object")
			if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
				t.Fatal(err)
			}
			o := realOps()
			broken(&o)
			f, err := create(path, o)
			if err != nil {
				t.Fatal(err)
			}
			f.Write([]byte("new")) // a caller may overlook this error; Commit must not
			if err := f.Commit(); !errors.Is(err, errDisk) || !strings.Contains(err.Error(), "object") {
				t.Errorf("commit: %v", err)
			}
			if got, _ := os.ReadFile(path); string(got) != "old" {
				t.Errorf("file holds %q", got)
			}
			onlyFile(t, dir, "object")
		})
	}
}

func TestAFailedDirectorySyncIsNoSuccess(t *testing.T) {
	o := realOps()
	o.syncDir = func(string) error { return errDisk }
	f, err := create(filepath.Join(t.TempDir(), "object"), o)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(); !errors.Is(err, errDisk) {
		t.Errorf("commit: %v", err)
	}
}

// The order is the point: content durable before the name, name durable before success.
func TestOrderOfSteps(t *testing.T) {
	var steps []string
	o := ops{
		write:   func(f *os.File, p []byte) (int, error) { steps = append(steps, "write"); return f.Write(p) },
		sync:    func(f *os.File) error { steps = append(steps, "sync"); return f.Sync() },
		rename:  func(a, b string) error { steps = append(steps, "rename"); return os.Rename(a, b) },
		syncDir: func(dir string) error { steps = append(steps, "syncDir"); return syncDir(dir) },
	}
	f, err := create(filepath.Join(t.TempDir(), "object"), o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(steps, " "); got != "write sync rename syncDir" {
		t.Errorf("steps %q", got)
	}
	if err := f.Commit(); err == nil {
		t.Error("a second commit succeeded")
	}
}

func TestAbortSweepAndRemove(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "object")
	f, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	f.Abort()
	onlyFile(t, dir)
	if _, err := Create(path); err != nil { // as a crash leaves it
		t.Fatal(err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Sweep(dir); err != nil {
		t.Fatal(err)
	}
	onlyFile(t, dir, "object")
	for range 2 { // the second time it is not there, which is no error
		if err := Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	onlyFile(t, dir)
	if _, err := Write(filepath.Join(dir, "no", "such", "folder"), strings.NewReader("")); err == nil {
		t.Error("wrote into a folder that is not there")
	}
}

func onlyFile(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if strings.Join(names, " ") != strings.Join(want, " ") {
		t.Errorf("folder holds %v, want %v", names, want)
	}
}
