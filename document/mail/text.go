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
	at    int // where it begins in the body, -1 if it is not there as it stands
	text  string
	lines int // how many lines of the body it is made of
	next  int // where the next one begins; beyond the end of the body behind the last
}

// chunkBytes is how much of a text is cut before the time is looked at.
const chunkBytes = 256 << 10

// cutter makes paragraphs of a body and remembers whether the older part of the
// exchange has begun.
type cutter struct {
	*reader
	body      string // its lines ended by LF, the last one not
	flowed    bool
	dropSpace bool
	history   bool
}

// paragraphs cuts a body, its lines ended by LF, at blank lines and where quoting begins or ends.
func (r *reader) paragraphs(text string, m media) {
	c := &cutter{
		reader: r, body: strings.TrimSuffix(text, "\n"),
		flowed: strings.EqualFold(m.get("format"), "flowed"), dropSpace: strings.EqualFold(m.get("delsp"), "yes"),
	}
	c.cut()
}

func (c *cutter) cut() {
	p, layer, timely := paragraph{body: c.body}, c.in.Layer, 0
	flush := func() {
		c.emit(p.String(), p.first, layer)
		p.lines = 0
	}
	var l mailLine
	following := func(n int) string {
		k := l
		for ; n > 0 && k.next <= len(c.body); n-- {
			k = c.line(k.next, 0)
		}
		if n > 0 {
			return ""
		}
		return k.text
	}
	for at, n := 0, 1; at <= len(c.body); at, n = l.next, n+l.lines {
		if at >= timely {
			if c.ctx.Err() != nil {
				return
			}
			timely = at + chunkBytes
		}
		l = c.line(at, n)
		if !c.history && prose.History(l.text, following) {
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
		p.add(&l)
	}
	if p.lines > 0 {
		flush()
	}
}

// line reads the line with number n that begins at a byte of the body.
func (c *cutter) line(at, n int) mailLine {
	l := bodyLine(c.body, at)
	l.n = n
	if c.flowed {
		c.unflow(&l)
	}
	return l
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

// paragraph gathers lines that follow each other. Where they stand in the body as
// they are it is a piece of that, which costs no copy.
type paragraph struct {
	body       string
	lines      int
	first      int // number of the first line
	begin, end int // of the piece, while it is one
	whole      bool
	joined     strings.Builder
}

func (p *paragraph) add(l *mailLine) {
	switch {
	case p.lines == 0:
		p.first, p.begin, p.whole = l.n, l.at, l.at >= 0
		p.joined.Reset()
		if !p.whole {
			p.joined.WriteString(l.text)
		}
	case p.whole && l.at == p.end+1:
	case p.whole:
		p.joined.WriteString(p.body[p.begin:p.end])
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
		return p.body[p.begin:p.end]
	}
	return p.joined.String()
}

func bodyLine(body string, at int) mailLine {
	end := len(body)
	if i := strings.IndexByte(body[at:], '\n'); i >= 0 {
		end = at + i
	}
	from, depth := at, 0
	for from < end && body[from] == '>' {
		depth++
		from++
		if strings.HasPrefix(body[from:end], " >") {
			from++
		}
	}
	if depth > 0 && from < end && body[from] == ' ' {
		from++
	}
	return mailLine{depth: depth, at: from, text: body[from:end], lines: 1, next: end + 1}
}

// unflow joins the lines of format=flowed (RFC 3676): one that ends in a blank
// goes on in the next, if that is quoted as deep.
func (c *cutter) unflow(l *mailLine) {
	var b strings.Builder
	text := strings.TrimPrefix(l.text, " ")
	for soft(text) && l.next <= len(c.body) {
		more := bodyLine(c.body, l.next)
		if more.depth != l.depth {
			break
		}
		if c.dropSpace {
			text = text[:len(text)-1]
		}
		b.WriteString(text)
		text = strings.TrimPrefix(more.text, " ")
		l.next, l.lines = more.next, l.lines+1
	}
	b.WriteString(text)
	l.at, l.text = -1, b.String()
}

func soft(text string) bool { return strings.HasSuffix(text, " ") && text != "-- " }
