package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"

	"brevvagt/document"
	"brevvagt/internal/bigfile"
	"brevvagt/scanner"
	"brevvagt/scanner/source/share"
)

// largeText is the size from which on a text file is read line by line.
const largeText = 64 << 20

// boundMemory has the collector work harder when large files make the heap big.
// GOMEMLIMIT in the environment wins.
func boundMemory() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(208 << 20)
	}
}

// scanItem makes an item of a file. Of a large text it keeps the first megabytes and
// the lines in which a number may stand, so that a log of a gigabyte is read to its
// end; where that cannot be done the file is cut, which is told as a gap.
func scanItem(ctx context.Context, formats *document.Formats, file share.File) (it scanner.Item, done func(), err error) {
	done = func() {}
	if file.Size > largeText && file.Size <= document.MaxCondensed {
		if it, err = condensed(ctx, formats, file); err == nil || ctx.Err() != nil {
			return it, done, err
		}
	}
	if limit := document.DefaultLimits().PartBytes; file.Size <= largeText {
		it, err = file.Item(limit)
	} else if it, done, err = beside(file, formats.Spill, limit); err != nil {
		it, err = file.Item(limit) // or says what is wrong
		done = func() {}
	}
	return it, done, err
}

// beside copies the file, up to limit bytes, to one without a name and shows that: the file
// itself may be cut by somebody while it is read. done ends the show.
func beside(file share.File, dir string, limit int64) (it scanner.Item, done func(), err error) {
	f, err := os.Open(file.Path)
	if err != nil {
		return it, nil, err
	}
	defer f.Close()
	to, err := bigfile.Create(dir)
	if err != nil {
		return it, nil, err
	}
	defer to.Close()
	n, err := io.Copy(to, io.LimitReader(f, limit))
	if err != nil {
		return it, nil, err
	}
	content, done, err := to.Map()
	if err != nil {
		return it, nil, err
	}
	return file.Of(content, max(0, file.Size-n)), done, nil
}

// errWhole says that a file is no large text to be condensed.
var errWhole = errors.New("read whole")

// condensed is an item of a large text.
func condensed(ctx context.Context, formats *document.Formats, file share.File) (scanner.Item, error) {
	f, err := os.Open(file.Path)
	if err != nil {
		return scanner.Item{}, err
	}
	defer f.Close()
	head := make([]byte, document.HeadBytes)
	if _, err := io.ReadFull(f, head); err != nil || !formats.Condensable(head, file.Path) {
		return scanner.Item{}, errWhole
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return scanner.Item{}, err
	}
	data, err := document.Condense(f)
	switch {
	case ctx.Err() != nil:
		return scanner.Item{}, ctx.Err()
	case errors.Is(err, document.ErrNotPlain):
		return scanner.Item{}, err
	}
	it := scanner.Item{Source: "share", ID: file.Path, Name: filepath.Base(file.Path), Received: file.ModTime, Content: data}
	if err != nil {
		it.Cut = max(1, file.Size-int64(len(data)))
		if left := (document.LeftOut{}); errors.As(err, &left) {
			it.CutWhy = left.Error()
		}
	}
	return it, nil
}
