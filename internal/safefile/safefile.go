// Package safefile writes files that are either wholly there after a crash or
// not there at all: temporary file in the same directory, fsync, rename, fsync
// of the directory. When Commit has returned nil the bytes survive a power cut.
package safefile

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// TempPrefix begins the name of every unfinished file, so that a cleaner can tell
// what a crash left behind.
const TempPrefix = ".unfinished-"

// ops are the system calls that can fail between a write and its being durable;
// tests put failing ones in their place.
type ops struct {
	write   func(f *os.File, p []byte) (int, error)
	sync    func(f *os.File) error
	rename  func(from, to string) error
	syncDir func(dir string) error
}

func realOps() ops {
	return ops{
		write:   func(f *os.File, p []byte) (int, error) { return f.Write(p) },
		sync:    func(f *os.File) error { return f.Sync() },
		rename:  os.Rename,
		syncDir: syncDir,
	}
}

// File is a file in the making. It is not safe for concurrent use.
type File struct {
	temp *os.File
	path string
	ops  ops
	err  error // the first failed write: Commit must not publish a short file
	done bool
}

// Create begins a file at path, readable by the owner only (0600). Nothing is
// seen at path before Commit; an older file there stays until then.
func Create(path string) (*File, error) { return create(path, realOps()) }

func create(path string, o ops) (*File, error) {
	temp, err := os.CreateTemp(filepath.Dir(path), TempPrefix+"*") // CreateTemp gives 0600
	if err != nil {
		return nil, fmt.Errorf("cannot begin %s: %w", filepath.Base(path), err)
	}
	return &File{temp: temp, path: path, ops: o}, nil
}

// Write adds to the file.
func (f *File) Write(p []byte) (int, error) {
	n, err := f.ops.write(f.temp, p)
	if err != nil && f.err == nil {
		f.err = err
	}
	return n, err
}

// Commit makes the file durable under its name. After an error the name holds
// what it held before, except when only the last step, the fsync of the
// directory, failed: then the file may be there and may vanish in a power cut.
func (f *File) Commit() error {
	if f.done {
		return errors.New("file is already committed or aborted")
	}
	f.done = true
	if f.err != nil {
		return f.fail("write", errors.Join(f.err, f.temp.Close()))
	}
	if err := f.ops.sync(f.temp); err != nil {
		return f.fail("sync", errors.Join(err, f.temp.Close()))
	}
	if err := f.temp.Close(); err != nil {
		return f.fail("close", err)
	}
	if err := f.ops.rename(f.temp.Name(), f.path); err != nil {
		return f.fail("rename", err)
	}
	if err := f.ops.syncDir(filepath.Dir(f.path)); err != nil {
		return fmt.Errorf("cannot sync the directory of %s: %w", filepath.Base(f.path), err)
	}
	return nil
}

func (f *File) fail(step string, err error) error {
	return errors.Join(fmt.Errorf("cannot %s %s: %w", step, filepath.Base(f.path), err), os.Remove(f.temp.Name()))
}

// Abort gives up an uncommitted file and removes what was written. After Commit
// it does nothing, so it may be deferred.
func (f *File) Abort() {
	if f.done {
		return
	}
	f.done = true
	f.temp.Close()
	os.Remove(f.temp.Name())
}

// Write makes a durable file at path from r and returns its size in bytes.
func Write(path string, r io.Reader) (int64, error) {
	f, err := Create(path)
	if err != nil {
		return 0, err
	}
	defer f.Abort()
	n, err := io.Copy(f, r)
	if err != nil {
		return n, fmt.Errorf("cannot write %s: %w", filepath.Base(path), err)
	}
	return n, f.Commit()
}

// Remove deletes path durably: after it returns nil the name does not come back
// after a power cut. A name that is not there is no error.
func Remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("cannot remove %s: %w", filepath.Base(path), err)
	}
	return syncDir(filepath.Dir(path))
}

// Sweep removes what crashes left unfinished in dir. Call it only while nobody
// writes there.
func Sweep(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("cannot sweep %s: %w", filepath.Base(dir), err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), TempPrefix) {
			err = errors.Join(err, os.Remove(filepath.Join(dir, e.Name())))
		}
	}
	return err
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
