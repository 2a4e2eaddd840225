package mail

import (
	"bytes"
	"strings"

	"brevvagt/document"
	"brevvagt/internal/prose"
)

// text reads a text body: files inside it, encrypted blocks, then paragraphs.
func (r *reader) text(content []byte, m media) {
	if len(bytes.TrimSpace(content)) == 0 {
		return
	}
	if bytes.Contains(content, []byte("begin")) {
		var files []uuFile
		content, files = uudecode(content)
		for _, f := range files {
			r.child(f.name, ".bin", "", f.data)
		}
	}
	content = r.armored(content)
	charset := m.get("charset")
	text := prose.Decode(content, charset)
	r.paragraphs(text, m)
	// A label may hide what is readable without it.
	if plain := prose.Decode(content, ""); plain != text && ascii(content) {
		r.paragraphs(plain, m)
	}
	if raw, ok := bareBase64(content); ok {
		r.walker.anomalies++
		r.paragraphs(prose.Decode(raw, charset), m)
	}
}

func ascii(b []byte) bool {
	return bytes.IndexFunc(b, func(c rune) bool { return c > 0x7e }) < 0
}

// bareBase64 recognises a body that is base64 although nothing says so.
func bareBase64(content []byte) ([]byte, bool) {
	b := bytes.TrimSpace(content)
	if len(b) < 24 || bytes.IndexByte(b[:min(len(b), 76)], ' ') >= 0 {
		return nil, false
	}
	digits, lower, upper := 0, 0, 0
	for _, c := range b {
		switch v := base64Value[c]; {
		case v == isJunk || c == ' ' || c == '\t':
			return nil, false
		case c >= '0' && c <= '9':
			digits++
		case c >= 'a' && c <= 'z':
			lower++
		case c >= 'A' && c <= 'Z':
			upper++
		}
	}
	if digits == 0 || lower == 0 || upper == 0 {
		return nil, false
	}
	raw, _ := decodeBase64(b)
	return raw, !binary(raw)
}

// mailLine is a line of a text body without its quote marks.
type mailLine struct {
	n     int // line number, from 1
	depth int // of quoting
	text  string
}

// chunkBytes is how much of a text is taken apart into lines at a time.
const chunkBytes = 256 << 10

// paragraphs cuts a body at blank lines and where quoting begins or ends.
func (r *reader) paragraphs(text string, m media) {
	text = prose.Lines(text)
	c := &cutter{reader: r, first: 1}
	flowed := strings.EqualFold(m.get("format"), "flowed")
	dropSpace := strings.EqualFold(m.get("delsp"), "yes")
	for text != "" && r.ctx.Err() == nil {
		end, next := chunk(text)
		lines := bodyLines(text[:end], c.first)
		c.first += strings.Count(text[:next], "\n")
		if flowed {
			lines = unflow(lines, dropSpace)
		}
		c.cut(lines)
		text = text[next:]
	}
}

// chunk ends at a blank line, or else at a line end; then the next one begins
// with the last line of this one, so that nothing is lost between them.
func chunk(text string) (end, next int) {
	if len(text) <= 2*chunkBytes {
		return len(text), len(text)
	}
	if i := strings.Index(text[chunkBytes:2*chunkBytes], "\n\n"); i >= 0 {
		return chunkBytes + i + 1, chunkBytes + i + 1
	}
	i := strings.IndexByte(text[chunkBytes:], '\n')
	if i < 0 {
		return len(text), len(text)
	}
	end = chunkBytes + i + 1
	if last := strings.LastIndexByte(text[:end-1], '\n'); last > chunkBytes/2 {
		return end, last + 1
	}
	return end, end
}

// cutter makes paragraphs of lines and remembers whether the older part of the
// exchange has begun.
type cutter struct {
	*reader
	first   int // number of the next chunk's first line
	history bool
}

func (c *cutter) cut(lines []mailLine) {
	var b strings.Builder
	first, layer := 0, c.in.Layer
	flush := func() {
		prose.Paragraphs(b.String(), first, func(line int, p string) {
			c.out.Segment(document.Segment{Text: p, At: document.Location{Path: c.place, Line: line, Layer: layer}})
		})
		b.Reset()
	}
	for i, l := range lines {
		if !c.history && prose.History(l.text, following(lines, i)) {
			c.history = true
		}
		want := c.in.Layer
		if l.depth > 0 || c.history {
			want = document.Quoted
		}
		empty := strings.TrimSpace(l.text) == ""
		if empty || want != layer {
			flush()
		}
		if empty {
			continue
		}
		if b.Len() == 0 {
			first, layer = l.n, want
		} else {
			b.WriteByte('\n')
		}
		b.WriteString(l.text)
	}
	flush()
}

func following(lines []mailLine, i int) func(int) string {
	return func(n int) string {
		if i+n < len(lines) {
			return lines[i+n].text
		}
		return ""
	}
}

func bodyLines(text string, first int) []mailLine {
	var lines []mailLine
	n := first - 1
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		n++
		depth := 0
		for strings.HasPrefix(line, ">") {
			depth++
			line = line[1:]
			if strings.HasPrefix(line, " >") {
				line = line[1:]
			}
		}
		if depth > 0 {
			line = strings.TrimPrefix(line, " ")
		}
		lines = append(lines, mailLine{n, depth, line})
	}
	return lines
}

// unflow joins the lines of format=flowed (RFC 3676): one that ends in a blank
// goes on in the next, if that is quoted as deep.
func unflow(lines []mailLine, dropSpace bool) []mailLine {
	var out []mailLine
	var b strings.Builder
	for i := 0; i < len(lines); i++ {
		l := lines[i]
		b.Reset()
		text := strings.TrimPrefix(l.text, " ")
		for soft(text) && i+1 < len(lines) && lines[i+1].depth == l.depth {
			if dropSpace {
				text = text[:len(text)-1]
			}
			b.WriteString(text)
			i++
			text = strings.TrimPrefix(lines[i].text, " ")
		}
		b.WriteString(text)
		out = append(out, mailLine{l.n, l.depth, b.String()})
	}
	return out
}

func soft(text string) bool { return strings.HasSuffix(text, " ") && text != "-- " }
