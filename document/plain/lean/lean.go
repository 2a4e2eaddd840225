// Package lean makes a large text of tags or values small before it is read: what parses
// it holds it several times over.
package lean

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"

	"brevvagt/document"
)

// Bounds, in bytes.
const (
	from    = 40 << 20 // texts below are read as they are
	whole   = 12 << 20 // so much of the beginning is kept
	kept    = 12 << 20 // and of the rest
	window  = 4 << 10  // what is judged at once
	encoded = 1 << 20  // the shortest file in base64 that is taken out
	line    = 32       // the shortest line of one
)

const maxFiles = 100 // in base64, of one text

// Text is the beginning of data and, of the rest, the places that may hold a person's
// number, with what stands around them; less tells that it is not all, which out is told.
// Large files in base64 are handed on. A short text comes back as it is.
func Text(data []byte, out *document.Builder) (text []byte, less bool) {
	l := reader{whole: whole, kept: kept, encoded: encoded, out: out}
	if len(data) <= from || !ascii(data) {
		return data, false
	}
	return l.read(data)
}

// ascii tells a text whose tags are single bytes.
func ascii(data []byte) bool {
	head := data[:min(len(data), window)]
	return bytes.IndexByte(head, 0) < 0 && !bytes.HasPrefix(head, []byte{0xff, 0xfe}) && !bytes.HasPrefix(head, []byte{0xfe, 0xff})
}

type reader struct {
	whole, kept, encoded int
	out                  *document.Builder
	text                 bytes.Buffer
	files                int
	before               []byte // the window before, when it was left out
	after                bool   // the one before was kept for a number
	spent                int    // bytes kept behind the beginning
	list                 int    // bytes before which no file in base64 begins
}

// ahead is the length of the file in base64 that data begins with, 0 for none.
func (l *reader) ahead(data []byte) int {
	if l.list > 0 {
		return 0
	}
	n := run(data)
	if n > window && !isFile(data[:n]) {
		l.list, n = n, 0
	}
	return n
}

func (l *reader) read(data []byte) ([]byte, bool) {
	less, over := false, false
	for len(data) > 0 {
		n := l.ahead(data)
		if n >= l.encoded && l.files < maxFiles {
			l.file(data[:n])
			data = data[n:]
			continue
		}
		file := n > window // a small one in base64
		if !file {
			n = end(data)
			l.list -= n
		}
		piece := data[:n]
		data = data[n:]
		switch {
		case l.text.Len() < l.whole && !less:
			l.text.Write(piece)
			continue
		case l.spent > l.kept:
			over = over || file || document.MayHoldNumber(piece)
		case file:
			l.keep(piece)
			continue
		case document.MayHoldNumber(piece):
			l.keep(l.before)
			l.keep(piece)
			l.before, l.after = nil, true
			continue
		case l.after:
			l.keep(piece)
			l.after = false
			continue
		}
		less, l.before = true, piece
	}
	if less {
		l.out.Gap(document.Gap{Why: document.TooBig, Rest: over, Detail: fmt.Sprintf("behind the first %d bytes only places that may hold a person's number were read", l.whole)})
	}
	return l.text.Bytes(), less
}

func (l *reader) keep(piece []byte) {
	l.spent += len(piece)
	l.text.Write(piece)
}

// file hands on what a run of base64 holds.
func (l *reader) file(run []byte) {
	l.files++
	l.out.Child(fmt.Sprintf("indlejret-%d", l.files), Decode(run), document.Input{MadeUp: true})
}

// TakeOut gives data without its large files in base64, and those: in the place of each
// stands the mark that Mark gives for its index.
func TakeOut(data []byte) (text []byte, files [][]byte) {
	if len(data) < encoded {
		return data, nil
	}
	var rest bytes.Buffer
	for len(data) > 0 {
		if n := run(data); n >= encoded && len(files) < maxFiles && isFile(data[:n]) {
			rest.WriteString(Mark(len(files)))
			files, data = append(files, data[:n]), data[n:]
			continue
		}
		n := bytes.IndexByte(data, '>') + 1 // a file stands behind a tag
		if n == 0 {
			n = len(data)
		}
		rest.Write(data[:n])
		data = data[n:]
	}
	return rest.Bytes(), files
}

// Mark stands for the file with the index.
func Mark(n int) string { return fmt.Sprintf("base64:%d", n) }

// Decode reads what a run of base64 holds.
func Decode(run []byte) io.Reader { return base64.NewDecoder(base64.StdEncoding, &signs{run}) }

// run is the length of the base64 that data begins with.
func run(data []byte) int {
	n := 0
	for n < len(data) && sign(data[n]) {
		n++
	}
	return n
}

// isFile tells base64 from a list of numbers or words without blanks: its lines are long,
// and it has small and large letters.
func isFile(run []byte) bool {
	head := bytes.TrimLeft(run[:min(len(run), window)], "\r\n")
	lines := bytes.SplitN(head, []byte("\n"), 3)
	return (len(lines) < 3 || len(lines[1]) >= line) && !bytes.Equal(head, bytes.ToUpper(head)) && !bytes.Equal(head, bytes.ToLower(head))
}

func sign(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '+' || c == '/' || c == '=' || c == '\n' || c == '\r'
}

// signs leaves the line ends out and ends where the padding does.
type signs struct{ rest []byte }

func (s *signs) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) && len(s.rest) > 0 {
		if c := s.rest[0]; c != '\n' && c != '\r' {
			p[n] = c
			n++
		}
		s.rest = s.rest[1:]
	}
	if n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

// end is where the next window ends: behind a tag or a value, or a blank.
func end(data []byte) int {
	if len(data) <= window {
		return len(data)
	}
	head := data[:window]
	for _, marks := range []string{">\"", "\n,", " "} {
		if i := bytes.LastIndexAny(head, marks); i > 0 {
			return i + 1
		}
	}
	return window
}
