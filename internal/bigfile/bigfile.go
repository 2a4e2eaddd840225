// Package bigfile keeps what is too large for memory in a file without a name, and
// shows it as bytes that the system fetches from the file when they are looked at.
// A crash leaves nothing behind.
package bigfile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// File is a file without a name: first written, then read. One goroutine at a time
// may write; afterwards any number may read.
type File struct {
	f    *os.File
	w    *bufio.Writer
	size int64
}

// Create makes a file in dir, readable by nobody but us.
func Create(dir string) (*File, error) {
	fd, err := unix.Open(dir, unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC, 0o600)
	f := (*os.File)(nil)
	if err == nil {
		f = os.NewFile(uintptr(fd), "large content")
	} else if f, err = os.CreateTemp(dir, ".large-*"); err == nil {
		err = os.Remove(f.Name()) // a file system without O_TMPFILE
	}
	if err != nil {
		return nil, fmt.Errorf("file for large content: %w", err)
	}
	return &File{f: f, w: bufio.NewWriterSize(f, 64<<10)}, nil
}

// Write adds to the end.
func (b *File) Write(p []byte) (int, error) {
	n, err := b.w.Write(p)
	b.size += int64(n)
	if err != nil {
		err = fmt.Errorf("file for large content: %w", err)
	}
	return n, err
}

// Size is how much was written, in bytes.
func (b *File) Size() int64 { return b.size }

// Reader reads it all from the beginning.
func (b *File) Reader() (io.Reader, error) {
	if err := b.w.Flush(); err != nil {
		return nil, fmt.Errorf("file for large content: %w", err)
	}
	return io.NewSectionReader(b.f, 0, b.size), nil
}

// Map shows it all as bytes that must not be written to and must not be looked at
// after done. They stay good when the file is closed first.
func (b *File) Map() (content []byte, done func(), err error) {
	if err := b.w.Flush(); err != nil {
		return nil, nil, fmt.Errorf("file for large content: %w", err)
	}
	return mapped(b.f, b.size)
}

// Close gives the file up.
func (b *File) Close() error { return b.f.Close() }

// Map shows the file at path like File.Map.
func Map(path string) (content []byte, done func(), err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	return mapped(f, info.Size())
}

// dropEvery is the pace at which pages that were looked at are given back. They
// stay in the system's cache, so looking again costs little.
const dropEvery = 5 * time.Millisecond

func mapped(f *os.File, size int64) ([]byte, func(), error) {
	if size == 0 {
		return nil, func() {}, nil
	}
	if size < 0 || size != int64(int(size)) {
		return nil, nil, errors.New("file is too large to be shown")
	}
	data, err := unix.Mmap(int(f.Fd()), 0, int(size), unix.PROT_READ, unix.MAP_PRIVATE)
	if err != nil {
		return nil, nil, fmt.Errorf("show file: %w", err)
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(dropEvery)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				_ = unix.Madvise(data, unix.MADV_DONTNEED) // only a wish
			}
		}
	}()
	return data[:len(data):len(data)], sync.OnceFunc(func() {
		close(stop)
		<-stopped
		_ = unix.Munmap(data)
	}), nil
}
