package cloud

import (
	"context"
	"errors"
	"fmt"
	"io"

	"brevvagt/detectors"
	"brevvagt/scanner/source/share/cloud/frame"
	"brevvagt/scanner/source/share/walk"
)

// file is an open file. What it was when it was opened is what it has to stay.
type file struct {
	tree   *Tree
	ctx    context.Context // of the reading, as io.Reader has none
	path   string
	seen   walk.Entry
	helper *helper
	handle uint32
	offset int64
	rest   []byte // came and was not taken yet
	end    bool
	asked  bool // Stat was
}

// Open opens a file. What the last listing said of it is believed until it was read:
// Stat then asks the storage anew, so that a change shows.
func (t *Tree) Open(ctx context.Context, path string) (walk.File, error) {
	f := &file{tree: t, ctx: ctx, path: path}
	if err := f.open(false); err != nil {
		return nil, err
	}
	return f, nil
}

func (f *file) open(fresh bool) error {
	var a frame.Answer
	on, err := f.tree.do(f.ctx, frame.Open, frame.Question{Path: f.path, Offset: f.offset, Fresh: fresh}, func(fr frame.Frame) error { return fr.Decode(&a) })
	if err != nil {
		return err
	}
	if a.Entry.Folder || a.Handle == 0 {
		return f.tree.named(f.path, walk.ErrGone)
	}
	now := f.tree.entry(a.Entry)
	now.Name = ""
	if f.offset > 0 && !now.Same(f.seen) {
		return f.tree.named(f.path, walk.ErrGone)
	}
	f.seen, f.helper, f.handle = now, on, a.Handle
	return nil
}

// chunkBytes is how much is asked for at once: as much as a frame holds would make
// eight readers hold eight megabytes more than they must.
const chunkBytes = 512 << 10

// Read reads on. Where the helper died or the connection was cut it begins anew at
// the same place, if the file still is what it was.
func (f *file) Read(p []byte) (int, error) {
	for tries := 0; len(f.rest) == 0 && !f.end; tries++ {
		err := f.more(len(p))
		if err == nil {
			break
		}
		err = explain(err)
		if f.ctx.Err() != nil || !errors.Is(err, ErrCrashed) && !errors.Is(err, walk.ErrOffline) {
			return 0, f.tree.named(f.path, err)
		}
		if tries >= crashTries {
			// Others can be read, so it is this file.
			return 0, fmt.Errorf("%s: cut off each time: %v", detectors.RedactNumbers(f.path), err)
		}
		if err := f.open(true); err != nil {
			return 0, err
		}
	}
	if len(f.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p, f.rest)
	f.rest = f.rest[n:]
	f.offset += int64(n)
	return n, nil
}

func (f *file) more(want int) error {
	err := f.tree.once(f.ctx, f.helper, frame.Read, frame.Question{Handle: f.handle, Length: min(max(want, 512), chunkBytes)}, func(fr frame.Frame) error {
		if fr.Kind != frame.Data {
			return frame.ErrFrame
		}
		f.rest, f.end = fr.Payload, len(fr.Payload) == 0
		return nil
	})
	if err == nil {
		f.tree.answered()
	}
	return err
}

// Stat is the fingerprint: before anything was read what it was opened with, then
// what it is now.
func (f *file) Stat() (walk.Entry, error) {
	if !f.asked && f.offset == 0 && !f.end {
		f.asked = true
		return f.seen, nil
	}
	return f.tree.stat(f.ctx, f.path)
}

// Close lets the file go, without waiting for the storage.
func (f *file) Close() error {
	if !f.helper.alive() {
		return nil
	}
	return f.helper.out.SendJSON(frame.Close, 0, frame.Question{Handle: f.handle})
}
