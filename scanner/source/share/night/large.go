package night

import (
	"bufio"
	"errors"
	"io"

	"brevvagt/document"
	"brevvagt/internal/bigfile"
)

// Large says how files over 32 MB are read; the zero value reads them into memory.
type Large struct {
	// Dir is the folder on a disk in which they lie, without a name, while they are read.
	Dir string
	// Lines tells, by its first bytes and its name, a text that is read line by line, so
	// that it is read to its end in little memory (document.Condense).
	Lines func(head []byte, name string) bool

	from int64 // bytes, largeFrom but for tests
}

// Bounds of what counts as large, in bytes.
const (
	largeFrom  = 32 << 20
	linesAbove = 2 // times as much a text has to be to be read by lines
)

// bytesOf is what was read of a file.
type bytesOf struct {
	data []byte
	cut  int64  // bytes of its end that were not read
	why  string // what else of it was not, "" for nothing
	done func() // after it data must not be looked at
}

func inMemory(data []byte) bytesOf { return bytesOf{data: data, done: func() {}} }

// bytes reads f, which has the given size, or an unknown one where that is below 0.
func (sh *Share) bytes(f io.Reader, name string, size int64, large Large) (bytesOf, error) {
	from := large.from
	if from == 0 {
		from = largeFrom
	}
	switch {
	case size < 0:
		data, err := io.ReadAll(io.LimitReader(f, sh.Limit+1))
		b := inMemory(data)
		if int64(len(data)) > sh.Limit {
			b.data, b.cut = data[:sh.Limit], 1 // how much more is not known
		}
		return b, err
	case size > from && large.Dir != "":
		return sh.large(f, name, size, from)
	}
	data, err := whole(f, min(size, sh.Limit))
	b := inMemory(data)
	b.cut = size - int64(len(data))
	return b, err
}

// errNoFile says that a file for large content could not be had or filled.
var errNoFile = errors.New("no room for large content")

// large reads a large file: a text by its lines, others into a file without a name.
func (sh *Share) large(f io.Reader, name string, size, from int64) (bytesOf, error) {
	to, err := bigfile.Create(sh.Large.Dir)
	if err != nil {
		return bytesOf{}, errors.Join(errNoFile, err)
	}
	defer to.Close()
	keep := &capped{to: to, left: min(size, sh.Limit)}
	in := bufio.NewReaderSize(f, document.HeadBytes)
	head, err := in.Peek(document.HeadBytes)
	// What is taken away is taken as it is, not as lines of it.
	if err == nil && sh.Large.Lines != nil && sh.Seize == nil && size > linesAbove*from && size <= document.MaxCondensed && sh.Large.Lines(head, name) {
		// It goes into the file, too: what turns out to be more than lines is read from there.
		kept, err := document.Condense(io.TeeReader(io.LimitReader(in, size), keep))
		left := document.LeftOut{}
		switch {
		case err == nil:
			return inMemory(kept), nil
		case errors.As(err, &left):
			b := inMemory(kept)
			b.cut, b.why = max(1, size-int64(len(kept))), left.Error()
			return b, nil
		case !errors.Is(err, document.ErrNotPlain):
			return bytesOf{}, keep.blame(err)
		}
	}
	if _, err := io.Copy(keep, io.LimitReader(in, keep.left)); err != nil {
		return bytesOf{}, keep.blame(err)
	}
	if keep.left > 0 {
		return bytesOf{}, errChanging
	}
	data, done, err := to.Map()
	if err != nil {
		return bytesOf{}, errors.Join(errNoFile, err)
	}
	return bytesOf{data: data, cut: size - to.Size(), done: done}, nil
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

// blame is err, as errNoFile where it was met in writing.
func (c *capped) blame(err error) error {
	if c.err != nil {
		return errors.Join(errNoFile, err)
	}
	return err
}
