//go:build !norclone

package rclone

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path"
	"time"

	"github.com/rclone/rclone/fs"
	"github.com/rclone/rclone/fs/object"

	"brevvagt/scanner/source/share/cloud/frame"
)

// byParts reports whether a kind of storage shows a file while it is being written, so
// that half of one would stand in its place after a crash. The others show it when it
// is whole.
func (b *backend) byParts() bool { return b.kind == "sftp" || b.kind == "webdav" }

// Put writes a file where none is, and takes it away again when it came out other than
// it should.
func (b *backend) Put(ctx context.Context, p string, content io.Reader, size int64, mtime time.Time) (frame.Entry, error) {
	ctx = b.with(ctx)
	if err := b.free(ctx, p); err != nil {
		return frame.Entry{}, err
	}
	to := p
	if b.byParts() {
		to = beside(p)
	}
	o, err := b.fs.Put(ctx, content, object.NewStaticObjectInfo(to, mtime, size, true, nil, b.fs))
	if err != nil {
		return frame.Entry{}, b.problem(err)
	}
	if o.Size() >= 0 && o.Size() != size {
		return frame.Entry{}, errors.Join(fmt.Errorf("%d of %d bytes were written", o.Size(), size), b.problem(o.Remove(ctx)))
	}
	// Where the storage keeps times of its own this does nothing.
	if err := o.SetModTime(ctx, mtime); err != nil && !errors.Is(err, fs.ErrorCantSetModTime) && !errors.Is(err, fs.ErrorCantSetModTimeWithoutDelete) {
		return frame.Entry{}, b.problem(err)
	}
	if to != p {
		if err := b.free(ctx, p); err != nil { // it may have been a long while
			return frame.Entry{}, errors.Join(err, b.problem(o.Remove(ctx)))
		}
		if _, err := b.fs.Features().Move(ctx, o, p); err != nil {
			return frame.Entry{}, b.problem(err)
		}
	}
	return b.Stat(ctx, p)
}

// free fails when something has a file's name.
func (b *backend) free(ctx context.Context, p string) error {
	_, err := b.fs.NewObject(ctx, p)
	switch {
	case err == nil:
		return &explained{frame.Problem{Code: frame.Taken, Text: "a file is there already"}, nil}
	case code(err) == frame.Gone:
		return nil
	}
	return b.problem(err)
}

// beside is where a file is written until it is whole: one name for each file, so that
// the next try takes the place of one that was cut off.
func beside(p string) string {
	dir, name := path.Split(p)
	sum := sha256.Sum256([]byte(name))
	return dir + "~brevvagt-" + hex.EncodeToString(sum[:8]) + ".tmp"
}
