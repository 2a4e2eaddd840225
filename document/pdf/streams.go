package pdf

import (
	"bytes"
	"iter"
	"regexp"
	"strconv"
)

// packed is one stream as it lies in the file, asked of nobody but its own bytes.
type packed struct {
	number     int    // of its object, 0 when none stands before it
	start, end int    // of the whole, dictionary and end mark included
	dict       []byte // at most the last bytes before the content
	body       []byte // from the first byte of the content to the end of the file
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

// streams walks all streams of a file from front to end.
func streams(data []byte) iter.Seq[packed] {
	return func(yield func(packed) bool) {
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
			p := packed{start: start, dict: data[max(0, start-600):start]}
			p.number, p.dict = opened(p.dict)
			p.start -= len(p.dict)
			from := at
			if from < len(data) && data[from] == '\r' {
				from++
			}
			if from < len(data) && data[from] == '\n' {
				from++
			}
			p.body, p.end = data[from:], at
			if end := bytes.Index(p.body, []byte("endstream")); end >= 0 {
				p.end = from + end
			}
			if !yield(p) {
				return
			}
			at = max(at, p.end)
		}
	}
}

var lengthEntry = regexp.MustCompile(`/Length\s+(\d{1,9})\s*[/>]`)

// raw is the stream's content as it is packed: as long as its dictionary says when
// its end is there, otherwise up to the end mark.
func (p packed) raw() []byte {
	end := bytes.Index(p.body, []byte("endstream"))
	if end < 0 {
		return nil
	}
	if m := lengthEntry.FindSubmatch(p.dict); m != nil {
		n, _ := strconv.Atoi(string(m[1])) // nine digits at most
		if n < len(p.body) && bytes.HasPrefix(bytes.TrimLeft(p.body[n:min(len(p.body), n+12)], "\r\n "), []byte("endstream")) {
			return p.body[:n]
		}
	}
	return bytes.TrimSuffix(bytes.TrimSuffix(p.body[:end], []byte("\n")), []byte("\r"))
}

// has tells that a name stands in the stream's dictionary.
func (p packed) has(name string) bool { return named(p.dict, name) }
