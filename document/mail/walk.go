package mail

import (
	"bytes"
	"context"
	"strings"
)

// part is one piece of a mail as it stands there: its own header and its body,
// not yet decoded. Loose text before, between and after the parts of a multipart
// comes without a header and with loose set.
type part struct {
	header header
	body   []byte
	within string // subtype of the multipart around it: "digest", "signed"
	loose  bool
}

// walker goes over a mail once, line by line. Instead of readers within readers
// it keeps the set of every boundary that was ever declared: a boundary line is
// one whoever declared it, and nesting costs nothing.
type walker struct {
	data       []byte
	boundaries map[string]*boundary
	yield      func(part) bool

	parts       int
	fields      int
	headerBytes int
	headerCut   bool
	partsCut    bool
	anomalies   int
}

type boundary struct {
	within string
	seen   bool
}

func newWalker(data []byte, yield func(part) bool) *walker {
	return &walker{data: data, boundaries: map[string]*boundary{}, yield: yield}
}

// walk yields every part of the mail in order, until yield says no or ctx ends.
func (w *walker) walk(ctx context.Context) error {
	pos := 0
	if bytes.HasPrefix(w.data, []byte("\xef\xbb\xbf")) {
		pos = 3
	}
	for pos < len(w.data) { // lines before the header
		end, next := nextLine(w.data, pos)
		if !blank(w.data[pos:end]) {
			break
		}
		pos = next
	}
	return w.from(ctx, pos, false, "")
}

// from walks on at pos, where a header stands or, when loose, text without one.
func (w *walker) from(ctx context.Context, pos int, loose bool, within string) error {
	for first := true; first || pos < len(w.data); first = false {
		if err := ctx.Err(); err != nil {
			return err
		}
		if w.parts++; w.parts > maxParts {
			w.partsCut = true
			w.yield(part{body: w.data[pos:], loose: true})
			return nil
		}
		p := part{within: within, loose: loose}
		multi := loose
		if !loose {
			p.header, pos = w.header(pos)
			multi = w.declare(p.header)
		}
		at, line, closing, found := w.next(pos, multi)
		p.body = w.data[pos:at]
		if found {
			p.body = dropLineEnd(p.body)
		}
		if !w.yield(p) || !found {
			return nil
		}
		_, pos = nextLine(w.data, at)
		loose, within = closing, w.boundaries[line].within
	}
	return nil
}

// declare adds every boundary that a header names, also in a second or third
// Content-Type, and reports whether it is the header of a multipart.
func (w *walker) declare(h header) bool {
	multi := false
	for _, value := range h.all("Content-Type") {
		m := parseMedia(value)
		within, ok := strings.CutPrefix(m.kind, "multipart/")
		multi = multi || ok
		for _, b := range m.boundaries {
			w.know(b, within, false)
		}
		for _, b := range m.variants {
			w.know(b, within, true)
		}
	}
	return multi
}

// know adds a boundary; what is only one for some readers need not come. Of one
// that is longer than a boundary line its beginning counts.
func (w *walker) know(b, within string, maybe bool) {
	b = strings.TrimRight(b[:min(len(b), maxBoundary)], " \t")
	if b != "" && w.boundaries[b] == nil {
		w.boundaries[b] = &boundary{within: within, seen: maybe}
	}
}

// next finds the next boundary line at or after pos. In a multipart a line of
// two hyphens with a Content- header below it is taken for a boundary even if
// nobody declared it.
func (w *walker) next(pos int, multi bool) (at int, name string, closing, found bool) {
	for at = pos; at < len(w.data); {
		i := bytes.Index(w.data[at:], []byte("--"))
		if i < 0 {
			break
		}
		at += i
		if at == pos || at > 0 && (w.data[at-1] == '\n' || w.data[at-1] == '\r') {
			if name, closing, ok := w.delimiter(at); ok {
				return at, name, closing, true
			}
			if name, ok := w.undeclared(at, multi); ok {
				return at, name, false, true
			}
		}
		for at < len(w.data) && w.data[at] == '-' {
			at++
		}
	}
	return len(w.data), "", false, false
}

// delimiter reports whether a declared boundary stands on the line at pos.
func (w *walker) delimiter(pos int) (name string, closing, ok bool) {
	if len(w.boundaries) == 0 || !bytes.HasPrefix(w.data[pos:], []byte("--")) {
		return "", false, false
	}
	window := w.data[pos+2 : min(len(w.data), pos+2+maxBoundary)]
	end, _ := nextLine(window, 0)
	line := bytes.TrimRight(window[:end], " \t\x00")
	if b := w.boundaries[string(line)]; b != nil {
		b.seen = true
		return string(line), false, true
	}
	if cut, isEnd := bytes.CutSuffix(line, []byte("--")); isEnd {
		if b := w.boundaries[string(cut)]; b != nil {
			b.seen = true
			return string(cut), true, true
		}
	}
	return "", false, false
}

func (w *walker) undeclared(pos int, multi bool) (string, bool) {
	if !multi {
		return "", false
	}
	window := w.data[pos+2 : min(len(w.data), pos+2+maxBoundary)]
	end, next := nextLine(window, 0)
	line := bytes.TrimRight(window[:end], " \t")
	if next+8 > len(window) || !bytes.EqualFold(window[next:next+8], []byte("content-")) {
		return "", false
	}
	w.anomalies++
	w.boundaries[string(line)] = &boundary{within: "mixed", seen: true}
	return string(line), true
}

// missing counts the boundaries that were declared and never came.
func (w *walker) missing() int {
	n := 0
	for _, b := range w.boundaries {
		if !b.seen {
			n++
		}
	}
	return n
}

func dropLineEnd(b []byte) []byte {
	if bytes.HasSuffix(b, []byte("\r\n")) {
		return b[:len(b)-2]
	}
	if n := len(b); n > 0 && (b[n-1] == '\n' || b[n-1] == '\r') {
		return b[:n-1]
	}
	return b
}
