package plain

import (
	"bytes"
	"context"
	"io"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"brevvagt/document"
	"brevvagt/document/plain/lean"
	"brevvagt/document/plain/looks"
	"brevvagt/document/plain/styles"
	"brevvagt/internal/prose"
)

// HTML reads web pages and the HTML bodies of mails: the text as it is shown, and
// in layers of its own what is not shown.
type HTML struct{}

// Name is the format's name.
func (HTML) Name() string { return "html" }

var htmlStart = regexp.MustCompile(`(?i)^(<!--.*?-->\s*|<\?xml[^>]*>\s*)*<(!doctype html|html|head|body|table|div|p|span|meta|title|h[1-6]|center|font|style|script)[\s>/]`)

// Match knows pages by their beginning, fragments by their name.
func (HTML) Match(head []byte, name string) bool {
	if looks.Ext(name, ".html", ".htm", ".xhtml", ".mht.html") {
		return looks.Text(head)
	}
	return looks.MayStart(head, "<") && htmlStart.MatchString(looks.Start(head))
}

// Read walks the tags once.
func (HTML) Read(ctx context.Context, in document.Input, out *document.Builder) error {
	charset := looks.Charset(in.Type)
	if charset == "" {
		charset = metaCharset(in.Data)
	}
	p := &page{out: out, in: in, inner: inner{out: out}, line: 1, mail: strings.HasPrefix(strings.ToLower(in.Type), "text/html")}
	data, _ := lean.Text(in.Data, out)
	p.order.sheet.Colours = styles.MayHide(data)
	z := html.NewTokenizer(strings.NewReader(prose.Decode(data, charset)))
	for n := 0; ; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		kind := z.Next()
		raw := z.Raw()
		lines := bytes.Count(raw, []byte("\n"))
		switch kind {
		case html.ErrorToken:
			p.flush()
			p.showOrder()
			p.hidden(strings.Join(p.order.sheet.Contents(), "\n"))
			if err := z.Err(); err != io.EOF {
				return err
			}
			p.hidden(string(raw)) // an unfinished tag
			return nil
		case html.TextToken:
			p.text(string(z.Text()))
		case html.CommentToken:
			p.hidden(stripTags(string(z.Text())))
		case html.StartTagToken, html.SelfClosingTagToken:
			p.start(z, kind == html.SelfClosingTagToken)
		case html.EndTagToken:
			name, _ := z.TagName()
			p.end(atom.Lookup(name))
		}
		p.line += lines
	}
}

var (
	metaRule = regexp.MustCompile(`(?i)<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s*=\s*["']?\s*([a-z0-9_:.-]{2,40})`)
	tagRule  = regexp.MustCompile(`<[^<>]*>`)
)

func metaCharset(data []byte) string {
	if m := metaRule.FindSubmatch(data[:min(len(data), 4096)]); m != nil {
		return string(m[1])
	}
	return ""
}

func stripTags(s string) string {
	return strings.TrimSpace(html.UnescapeString(tagRule.ReplaceAllString(s, " ")))
}

// open is an open element that changes how its content counts.
type open struct {
	tag    atom.Atom
	layer  document.Layer // "" where it changes nothing
	pre    bool
	script bool
	turned bool // written from right to left
	style  bool
	dress  styles.Element
	hue    styles.Hue
	number int    // of the next item of a list, 0 where it is a small one
	after  string // what a style sheet adds behind its text
}

// page collects the text of one page. Hidden text has a builder of its own, so
// that it does not tear apart the shown text around it.
type page struct {
	out   *document.Builder
	in    document.Input
	line  int
	mail  bool
	stack []open

	shown     []byte
	shownLine int
	aside
	rows      int  // open table rows
	cell      bool // a cell has begun after what is in shown
	cellStart int  // where the current cell begins in shown
	history   bool
	inner     inner
	table     grid
	order     order
}

// aside is the text of a paragraph that is not in its line: the hidden, what stands
// above its words (<rt>), and what is crossed out.
type aside struct {
	unseen strings.Builder
	above  []byte
	struck []byte // what is crossed out, with the words before it
}

// maxOpen bounds the stack on pages that never close a tag.
const maxOpen = 4096

// inside reports whether an open element has the layer. Only the innermost ones
// are asked: text deeper inside a hidden element counts as shown, the safer side.
func (p *page) inside(layer document.Layer) bool {
	for i := len(p.stack) - 1; i >= 0 && i > len(p.stack)-64; i-- {
		if p.stack[i].layer == layer {
			return true
		}
	}
	return false
}

// quoted is the layer of shown text: that of the page unless it is history.
func (p *page) quoted() document.Layer {
	if p.inside(document.Quoted) {
		return document.Quoted
	}
	return ""
}

func (p *page) top() open {
	if len(p.stack) == 0 {
		return open{}
	}
	return p.stack[len(p.stack)-1]
}

func (p *page) text(s string) {
	top := p.top()
	switch {
	case top.style:
		p.styleSheet(s)
		return
	case top.script:
		p.hidden(scriptStrings(s))
		return
	}
	if p.inside(document.Hidden) {
		p.unseen.WriteString(s)
		return
	}
	if p.order.sheet.Colours && p.strike(s) {
		return
	}
	if p.isAbove() {
		p.above = append(p.above, collapse(s)...)
		return
	}
	if p.order.meet(s, p.top().dress) {
		p.showOrder()
		p.order.meet(s, p.top().dress)
	}
	if !top.pre {
		s = collapse(s)
	}
	if s == "" || s == " " && (len(p.shown) == 0 || p.shown[len(p.shown)-1] == '\n') {
		return
	}
	if p.cell {
		p.joinCell(s)
	}
	if len(p.shown) == 0 {
		p.shownLine = p.line
		s = strings.TrimLeft(s, " ")
		p.table.mark(0)
	}
	p.differ(s)
	p.shown = append(p.shown, s...)
}

// joinCell puts a tab between two cells, but nothing where one number was spread
// over both: "201043" and "-6276", or one box a digit.
func (p *page) joinCell(next string) {
	next = strings.TrimSpace(next)
	if next == "" {
		return
	}
	p.cell = false
	p.shown = bytes.TrimRight(p.shown, " \t\n")
	last := bytes.TrimSpace(p.shown[min(p.cellStart, len(p.shown)):])
	if len(p.shown) > 0 && !oneNumber(string(last[max(0, len(last)-200):]), next) {
		p.shown = append(p.shown, '\t')
		p.table.mark(len(p.shown))
	}
	p.cellStart = len(p.shown)
}

var (
	sixAtEnd    = regexp.MustCompile(`(^|\D)\d{6}\s*[-–]?$`)
	fourAtStart = regexp.MustCompile(`^[-–]?\s*\d{4}(\D|$)`)
)

func oneNumber(a, b string) bool {
	if len(a) == 1 && len(b) == 1 {
		return digitOrDash(a[0]) && digitOrDash(b[0])
	}
	b = b[:min(len(b), 200)]
	dashes := strings.HasSuffix(a, "-") || strings.HasSuffix(a, "–") || strings.HasPrefix(b, "-") || strings.HasPrefix(b, "–")
	return dashes && sixAtEnd.MatchString(a) && fourAtStart.MatchString(b)
}

func digitOrDash(c byte) bool { return c >= '0' && c <= '9' || c == '-' }

// flush ends a paragraph.
func (p *page) flush() {
	if p.unseen.Len() > 0 {
		p.hidden(p.unseen.String())
		p.unseen.Reset()
	}
	p.showAbove()
	p.showStruck()
	p.showSeen()
	p.order.lines++
	if len(p.shown) == 0 {
		return
	}
	defer func() {
		p.shown = p.shown[:0]
		p.cell, p.cellStart = false, 0
		p.table.marks = p.table.marks[:0]
	}()
	layer := p.quoted()
	if marks := p.table.marks; p.rows > 0 && p.table.headings != nil && len(marks) > 0 && marks[0].start == 0 {
		p.labelled(layer)
		return
	}
	p.table.learn(p.shown)
	p.spread(layer)
	p.hidden(p.order.reversed(p.shown))
	if bytes.Contains(p.shown, []byte("\u202e")) {
		p.out.Segment(document.Segment{Text: prose.Turned(string(p.shown)), At: document.Location{Line: p.shownLine, Layer: layer}})
	}
	prose.Paragraphs(string(p.shown), p.shownLine, func(line int, text string) {
		if p.mail && !p.history {
			lines := strings.SplitN(text, "\n", 8)
			p.history = prose.History(lines[0], func(i int) string {
				if i < len(lines) {
					return lines[i]
				}
				return ""
			})
		}
		if p.history {
			layer = document.Quoted
		}
		p.out.Segment(document.Segment{Text: text, At: document.Location{Line: line, Layer: layer}})
	})
}

// showAbove gives what stands above the words as a text of its own: it must not tear
// apart a number under it, nor may a number in it be lost.
func (p *page) showAbove() {
	layer := p.quoted()
	if p.history {
		layer = document.Quoted
	}
	if looks.Sign(string(p.above)) {
		p.out.Segment(document.Segment{Text: strings.TrimSpace(string(p.above)), At: document.Location{Line: p.line, Layer: layer}})
	}
	p.above = p.above[:0]
}

// isAbove reports whether text stands above a word: in <rt> or in an element of it.
func (p *page) isAbove() bool {
	for i := len(p.stack) - 1; i >= 0 && i > len(p.stack)-8; i-- {
		switch tag := p.stack[i].tag; {
		case tag == atom.Rt || tag == atom.Rp || tag == atom.Rtc:
			return true
		case tag == atom.Ruby || isBlock(tag):
			return false
		}
	}
	return false
}

func (p *page) hidden(text string) {
	if looks.Sign(text) {
		p.out.Segment(document.Segment{Text: strings.TrimSpace(text), At: document.Location{Line: p.line, Layer: document.Hidden}})
	}
}

// lineBreak ends a block inside a table row. A short cell goes on: Outlook puts
// a paragraph into each.
func (p *page) lineBreak() {
	if p.rows > 0 && len(p.shown)-p.cellStart < 40 {
		if n := len(p.shown); n > p.cellStart && p.shown[n-1] != '\n' {
			p.shown = append(p.shown, '\n')
		}
		return
	}
	p.flush()
}

// collapse writes every run of blanks as one blank; a no-break space is none.
func collapse(s string) string {
	var b strings.Builder
	blank := false
	for i := range len(s) {
		switch c := s[i]; c {
		case ' ', '\t', '\n', '\r', '\f':
			if !blank {
				b.WriteByte(' ')
			}
			blank = true
		default:
			b.WriteByte(c)
			blank = false
		}
	}
	return b.String()
}
