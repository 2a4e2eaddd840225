// Package large reads the content of a file at rest: a large one beside the memory, in a
// file without a name, and a large text by its lines.
package large

import (
	"bufio"
	"errors"
	"io"

	"brevvagt/document"
	"brevvagt/internal/bigfile"
)

// Reader says how files over 32 MB are read; the zero value reads them into memory.
type Reader struct {
	// Dir is the folder on a disk in which they lie, without a name, while they are read.
	Dir string
	// Lines tells, by its first bytes and its name, a text that is read line by line, so
	// that it is read to its end in little memory (document.Condense).
	Lines func(head []byte, name string) bool

	from int64 // bytes, largeFrom but for tests
}

// Bounds of what counts as large.
const (
	largeFrom  = 32 << 20 // bytes
	linesAbove = 2        // times as much a text has to be to be read by lines
)

// Errors of Read.
var (
	ErrShort  = errors.New("the file is shorter than it was")
	ErrNoRoom = errors.New("no room for large content")
)

// Content is what was read of a file.
type Content struct {
	Data []byte // read only; not to be looked at after Done
	Cut  int64  // bytes of the file's end that were not read
	Why  string // what else of it was not, "" for nothing
	// Lines says that Data is what a large text says, and not the text as it is.
	Lines bool

	done func()
}

// Done gives back where the content lies.
func (c Content) Done() {
	if c.done != nil {
		c.done()
	}
}

// Read reads at most limit bytes of f, which has the given size, or an unknown one where
// that is below 0. asIs wants them as they are, also of a large text, where the limit lets it
// have all of them. Errors: ErrShort,
// ErrNoRoom where Dir takes no file, those of f.
func (r Reader) Read(f io.Reader, name string, size, limit int64, asIs bool) (Content, error) {
	from := r.from
	if from == 0 {
		from = largeFrom
	}
	switch {
	case size < 0:
		data, err := io.ReadAll(io.LimitReader(f, limit+1))
		if int64(len(data)) > limit {
			return Content{Data: data[:limit], Cut: 1}, err // how much more is not known
		}
		return Content{Data: data}, err
	case size > from && r.Dir != "":
		lines := (!asIs || size > limit) && r.Lines != nil && size > linesAbove*from && size <= document.MaxCondensed
		return r.beside(f, name, size, limit, lines)
	}
	data, err := whole(f, min(size, limit))
	return Content{Data: data, Cut: size - int64(len(data))}, err
}

// whole reads as many bytes as there should be.
func whole(f io.Reader, want int64) ([]byte, error) {
	data := make([]byte, want)
	if _, err := io.ReadFull(f, data); errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return nil, ErrShort
	} else if err != nil {
		return nil, err
	}
	return data, nil
}

// beside reads a text by its lines, others into a file without a name.
func (r Reader) beside(f io.Reader, name string, size, limit int64, lines bool) (Content, error) {
	to, err := bigfile.Create(r.Dir)
	if err != nil {
		return Content{}, errors.Join(ErrNoRoom, err)
	}
	defer to.Close()
	keep := &capped{to: to, left: min(size, limit)}
	in := bufio.NewReaderSize(f, document.HeadBytes)
	if head, err := in.Peek(document.HeadBytes); err == nil && lines && r.Lines(head, name) {
		// It goes into the file, too: what turns out to be more than lines is read from there.
		all := &io.LimitedReader{R: in, N: size}
		kept, err := document.Condense(io.TeeReader(all, keep))
		left := document.LeftOut{}
		switch {
		case err == nil && all.N > 0:
			return Content{}, ErrShort
		case err == nil:
			return Content{Data: kept, Lines: true}, nil
		case errors.As(err, &left):
			return Content{Data: kept, Cut: max(1, size-int64(len(kept))), Why: left.Error(), Lines: true}, nil
		case !errors.Is(err, document.ErrNotPlain):
			return Content{}, keep.blame(err)
		}
	}
	if _, err := io.Copy(keep, io.LimitReader(in, keep.left)); err != nil {
		return Content{}, keep.blame(err)
	}
	if keep.left > 0 {
		return Content{}, ErrShort
	}
	data, done, err := to.Map()
	if err != nil {
		return Content{}, errors.Join(ErrNoRoom, err)
	}
	return Content{Data: data, Cut: size - to.Size(), done: done}, nil
}

// capped hands on the first bytes only.
type capped struct {
	to   io.Writer
	left int64
	err  error
}

func (c *capped) Write(p []byte) (int, error) {
	var n int
	n, c.err = c.to.Write(p[:min(int64(len(p)), c.left)])
	if c.left -= int64(n); c.err != nil {
		return n, c.err
	}
	return len(p), nil
}

// blame is err, as ErrNoRoom where it was met in writing.
func (c *capped) blame(err error) error {
	if c.err != nil {
		return errors.Join(ErrNoRoom, err)
	}
	return err
}
