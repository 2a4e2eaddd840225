package mail

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"brevvagt/document"
	"brevvagt/document/mail/uncover"
	"brevvagt/internal/prose"
)

// text reads a text body: files inside it, encrypted blocks, then paragraphs.
func (r *reader) text(content []byte, m media) {
	if len(bytes.TrimSpace(content)) == 0 {
		return
	}
	content, files := uncover.Files(content)
	for _, f := range files {
		r.child(decoded(f.Name), ".bin", "", f.Data)
	}
	content = r.armored(content)
	charset := m.get("charset")
	text := prose.DecodeLines(content, charset)
	r.paragraphs(text, m)
	// A label may hide what is readable without it.
	if prose.Shifts(charset) && ascii(content) {
		if plain := prose.DecodeLines(content, ""); plain != text {
			r.paragraphs(plain, m)
		}
	}
	if raw, ok := bareBase64(content); ok {
		r.walker.anomalies++
		r.text(raw, m)
		return
	}
	r.disguised(content, text, m)
}

// disguised reads a text once more in the ways that some mail program may take it.
func (r *reader) disguised(content []byte, text string, m media) {
	for _, raw := range uncover.Base64(content) {
		r.paragraphs(prose.DecodeLines(raw, m.get("charset")), media{})
	}
	for _, raw := range uncover.Quoted(content) {
		if plain := prose.QuotedPrintable(raw); !bytes.Equal(plain, raw) {
			r.paragraphs(prose.DecodeLines(plain, m.get("charset")), media{})
		}
	}
	if bytes.IndexByte(content, 0) >= 0 {
		if plain := prose.DecodeLines(bytes.ReplaceAll(content, []byte{0}, nil), ""); plain != text {
			r.paragraphs(plain, m) // zero bytes at every other place are not always UTF-16
		}
	}
	if turned := prose.Turned(text); turned != text {
		r.paragraphs(turned, m)
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
	at    int // where it begins in the chunk, -1 if it is not there as it stands
	text  string
}

// chunkBytes is how much of a text is taken apart into lines at a time.
const chunkBytes = 256 << 10

// paragraphs cuts a body, its lines ended by LF, at blank lines and where quoting begins or ends.
func (r *reader) paragraphs(text string, m media) {
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
		c.cut(text[:end], lines)
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

func (c *cutter) cut(chunk string, lines []mailLine) {
	p, layer := paragraph{chunk: chunk}, c.in.Layer
	flush := func() {
		c.emit(p.String(), p.first, layer)
		p.lines = 0
	}
	for i, l := range lines {
		if !c.history && prose.History(l.text, following(lines, i)) {
			c.history = true
		}
		want := c.in.Layer
		if l.depth > 0 || c.history {
			want = document.Quoted
		}
		empty := emptyLine(l.text)
		if p.lines > 0 && (empty || want != layer) {
			flush()
		}
		if empty {
			continue
		}
		layer = want
		p.add(l)
	}
	if p.lines > 0 {
		flush()
	}
}

// emptyLine reports whether a line is white space. Most are told by their first byte.
func emptyLine(line string) bool {
	if line != "" && line[0] > ' ' && line[0] < utf8.RuneSelf {
		return false
	}
	return strings.TrimSpace(line) == ""
}

func (c *cutter) emit(text string, first int, layer document.Layer) {
	segment := func(line int, p string) {
		c.out.Segment(document.Segment{Text: p, At: document.Location{Path: c.place, Line: line, Layer: layer}})
	}
	if len(text) <= prose.LongParagraph {
		segment(first, text)
		return
	}
	prose.Paragraphs(text, first, segment)
}

// paragraph gathers lines that follow each other. Where they stand in the chunk as
// they are it is a piece of that, which costs no copy.
type paragraph struct {
	chunk      string
	lines      int
	first      int // number of the first line
	begin, end int // of the piece, while it is one
	whole      bool
	joined     strings.Builder
}

func (p *paragraph) add(l mailLine) {
	switch {
	case p.lines == 0:
		p.first, p.begin, p.whole = l.n, l.at, l.at >= 0
		p.joined.Reset()
		if !p.whole {
			p.joined.WriteString(l.text)
		}
	case p.whole && l.at == p.end+1:
	case p.whole:
		p.joined.WriteString(p.chunk[p.begin:p.end])
		p.whole = false
		fallthrough
	default:
		p.joined.WriteByte('\n')
		p.joined.WriteString(l.text)
	}
	p.end = l.at + len(l.text)
	p.lines++
}

func (p *paragraph) String() string {
	if p.whole {
		return p.chunk[p.begin:p.end]
	}
	return p.joined.String()
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
	text = strings.TrimSuffix(text, "\n")
	lines := make([]mailLine, 0, strings.Count(text, "\n")+1)
	for n, at := first, 0; at <= len(text); n++ {
		end := len(text)
		if i := strings.IndexByte(text[at:], '\n'); i >= 0 {
			end = at + i
		}
		from, depth := at, 0
		for from < end && text[from] == '>' {
			depth++
			from++
			if strings.HasPrefix(text[from:end], " >") {
				from++
			}
		}
		if depth > 0 && from < end && text[from] == ' ' {
			from++
		}
		lines = append(lines, mailLine{n, depth, from, text[from:end]})
		at = end + 1
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
		out = append(out, mailLine{l.n, l.depth, -1, b.String()})
	}
	return out
}

func soft(text string) bool { return strings.HasSuffix(text, " ") && text != "-- " }
