// Package streams reads the streams of a PDF from the file's own bytes, without asking
// the engine: what is packed in them, and whether any of them can show a picture.
package streams

import (
	"bytes"
	"iter"
	"regexp"
	"strconv"
)

// Packed is one stream as it lies in the file, asked of nobody but its own bytes.
type Packed struct {
	Number     int    // of its object, 0 when none stands before it
	Start, End int    // of the whole, dictionary and end mark included
	Dict       []byte // at most the last bytes before the content
	Body       []byte // from the first byte of the content to the end of the file
}

var objectMark = regexp.MustCompile(`(\d{1,9})\s+\d{1,5}\s+obj$`)

// markSize is how many bytes the mark before an object has at most, but for odd blanks.
const markSize = 40

// opened gives the number of the last object that is opened in data and what follows its
// mark; 0 and all where none is.
func opened(data []byte) (number int, rest []byte) {
	for end := len(data); ; {
		i := bytes.LastIndex(data[:end], []byte("obj"))
		if i < 0 {
			return 0, data
		}
		if m := objectMark.FindSubmatch(data[max(0, i-markSize) : i+3]); m != nil {
			number, _ = strconv.Atoi(string(m[1])) // nine digits at most
			return number, data[i+3:]
		}
		end = i
	}
}

// Of walks all streams of a file from front to end.
func Of(data []byte) iter.Seq[Packed] {
	return func(yield func(Packed) bool) {
		for at := 0; ; {
			i := bytes.Index(data[at:], []byte("stream"))
			if i < 0 {
				return
			}
			start := at + i
			at = start + len("stream")
			if bytes.HasSuffix(data[:start], []byte("end")) {
				continue
			}
			p := Packed{Start: start, Dict: data[max(0, start-600):start]}
			p.Number, p.Dict = opened(p.Dict)
			p.Start -= len(p.Dict)
			from := at
			if from < len(data) && data[from] == '\r' {
				from++
			}
			if from < len(data) && data[from] == '\n' {
				from++
			}
			p.Body, p.End = data[from:], at
			if end := bytes.Index(p.Body, []byte("endstream")); end >= 0 {
				p.End = from + end
			}
			if !yield(p) {
				return
			}
			at = max(at, p.End)
		}
	}
}

var lengthEntry = regexp.MustCompile(`/Length\s+(\d{1,9})\s*[/>]`)

// Raw is the stream's content as it is packed: as long as its dictionary says when
// its end is there, otherwise up to the end mark.
func (p Packed) Raw() []byte {
	end := bytes.Index(p.Body, []byte("endstream"))
	if end < 0 {
		return nil
	}
	if m := lengthEntry.FindSubmatch(p.Dict); m != nil {
		n, _ := strconv.Atoi(string(m[1])) // nine digits at most
		if n < len(p.Body) && bytes.HasPrefix(bytes.TrimLeft(p.Body[n:min(len(p.Body), n+12)], "\r\n "), []byte("endstream")) {
			return p.Body[:n]
		}
	}
	return bytes.TrimSuffix(bytes.TrimSuffix(p.Body[:end], []byte("\n")), []byte("\r"))
}

// Has tells that a name stands in the stream's dictionary.
func (p Packed) Has(name string) bool { return named(p.Dict, name) }
