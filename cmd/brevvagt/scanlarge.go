package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"

	"brevvagt/document"
	"brevvagt/scanner"
	"brevvagt/scanner/source/share"
)

// largeText is the size from which on a text file is read line by line.
const largeText = 64 << 20

// boundMemory has the collector work harder when large files make the heap big.
// GOMEMLIMIT in the environment wins.
func boundMemory() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(256 << 20)
	}
}

// scanItem makes an item of a file. Of a large text it keeps the first megabytes and
// the lines in which a number may stand, so that a log of a gigabyte is read to its
// end; where that cannot be done the file is cut, which is told as a gap.
func scanItem(ctx context.Context, formats *document.Formats, file share.File) (scanner.Item, error) {
	limit := document.DefaultLimits().PartBytes
	if file.Size <= largeText || file.Size > document.MaxCondensed {
		return file.Item(limit)
	}
	f, err := os.Open(file.Path)
	if err != nil {
		return file.Item(limit) // says what is wrong
	}
	defer f.Close()
	head := make([]byte, document.HeadBytes)
	if _, err := io.ReadFull(f, head); err != nil || !formats.Condensable(head, file.Path) {
		return file.Item(limit)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return file.Item(limit)
	}
	data, err := document.Condense(f)
	switch {
	case ctx.Err() != nil:
		return scanner.Item{}, ctx.Err()
	case errors.Is(err, document.ErrNotPlain):
		return file.Item(limit)
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
