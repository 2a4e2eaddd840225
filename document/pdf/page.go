package pdf

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"

	"brevvagt/document"
	"brevvagt/document/pdf/bars"
)

// minWritten is from how many characters on, which no map tells, a page is expected to
// show text when it is drawn.
const minWritten = 6

// page reads one page, index from 0.
func (r *reader) page(index int, form bool) error {
	loaded, err := r.p.FPDF_LoadPage(&requests.FPDF_LoadPage{Document: r.doc, Index: index})
	if err != nil {
		return fmt.Errorf("cannot load page %d: %w", index+1, err)
	}
	page := requests.Page{ByReference: &loaded.Page}
	r.drawn = false
	text, err := r.pageText(page)
	if err != nil {
		return fmt.Errorf("cannot read the text of page %d: %w", index+1, err)
	}
	usable := usable(text)
	if usable {
		r.drawn = r.doubtful(text)
		for _, s := range r.paragraphs(text) {
			s.At.Page = index + 1
			r.text(s)
		}
		r.underHeadings(text, index+1)
		r.overLines(text, index+1)
		for _, s := range (bars.Page{Engine: r.p, Page: page, Text: text.ref}).Covered(r.barred) {
			r.text(document.Segment{Text: clean(s), At: document.Location{Page: index + 1, Layer: document.Covered}})
		}
	}
	r.written = (!usable || r.drawn) && text.size >= minWritten
	if form {
		r.fields(page, text, index+1)
	}
	if err := r.closeText(text); err != nil {
		return fmt.Errorf("cannot leave the text of page %d: %w", index+1, err)
	}
	r.annotations(page, index+1)
	if len(r.in.Data) > copied {
		r.undone = append(r.undone, undone{index, usable, r.drawn, r.written})
	} else if err := r.pictures(page, index, usable); err != nil {
		return err
	}
	if _, err := r.p.FPDF_ClosePage(&requests.FPDF_ClosePage{Page: loaded.Page}); err != nil {
		return fmt.Errorf("cannot close page %d: %w", index+1, err)
	}
	return nil
}

// undone is a page whose pictures are still to be read, and what its text told of it.
type undone struct {
	index                  int
	usable, drawn, written bool
}

// allPictures reads the pictures of a large file's pages when all their texts are read: a
// drawing takes a hundred times as long as a text, and the time for a file may end first.
func (r *reader) allPictures() error {
	for _, u := range r.undone {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		loaded, err := r.p.FPDF_LoadPage(&requests.FPDF_LoadPage{Document: r.doc, Index: u.index})
		if err == nil {
			r.drawn, r.written = u.drawn, u.written
			err = r.pictures(requests.Page{ByReference: &loaded.Page}, u.index, u.usable)
		}
		if err == nil {
			_, err = r.p.FPDF_ClosePage(&requests.FPDF_ClosePage{Page: loaded.Page})
		}
		if err != nil {
			r.incomplete(u.index+1, "the pictures of the page")
		}
	}
	return nil
}

// textPage is a page's text with a place for each of its lines.
type textPage struct {
	text string
	unit func(at int) int // the engine's index of a byte of the text
	ref  references.FPDF_TEXTPAGE
	size int // characters
	top  func(index int) (top, bottom float64, ok bool)
	side func(index int) (left, right float64, ok bool) // with the character's own margins
}

func (r *reader) pageText(page requests.Page) (textPage, error) {
	t, err := r.p.FPDFText_LoadPage(&requests.FPDFText_LoadPage{Page: page})
	if err != nil {
		return textPage{}, err
	}
	n, err := r.p.FPDFText_CountChars(&requests.FPDFText_CountChars{TextPage: t.TextPage})
	if err != nil {
		return textPage{}, err
	}
	out := textPage{ref: t.TextPage, size: n.Count}
	if n.Count <= 0 {
		return out, nil
	}
	got, err := r.p.FPDFText_GetText(&requests.FPDFText_GetText{TextPage: t.TextPage, StartIndex: 0, Count: n.Count})
	if err != nil {
		return out, err
	}
	out.text = clean(got.Text)
	var u units
	out.unit = func(at int) int {
		if u.marks == nil { // few pages ask
			u = unitsOf(out.text)
		}
		return u.at(at)
	}
	same := utf16Len(got.Text) == n.Count // each character of the page is in the text
	char := func(index int) int {
		if same {
			return index
		}
		at, err := r.p.FPDFText_GetCharIndexFromTextIndex(&requests.FPDFText_GetCharIndexFromTextIndex{TextPage: t.TextPage, NTextIndex: index})
		if err != nil {
			return -1
		}
		return at.CharIndex
	}
	out.side = func(index int) (float64, float64, bool) {
		if index = char(index); index < 0 {
			return 0, 0, false
		}
		b, err := r.p.FPDFText_GetLooseCharBox(&requests.FPDFText_GetLooseCharBox{TextPage: t.TextPage, Index: index})
		if err != nil {
			return 0, 0, false
		}
		return float64(b.Rect.Left), float64(b.Rect.Right), true
	}
	out.top = func(index int) (float64, float64, bool) {
		if index = char(index); index < 0 {
			return 0, 0, false
		}
		b, err := r.p.FPDFText_GetCharBox(&requests.FPDFText_GetCharBox{TextPage: t.TextPage, Index: index})
		if err != nil {
			return 0, 0, false
		}
		return b.Top, b.Bottom, true
	}
	return out, nil
}

// doubtful asks some characters of a page whether their font says which letters they
// are. Where it does not, the text may be another than the one that is shown.
func (r *reader) doubtful(t textPage) bool {
	const asked = 24
	bad := 0
	for i := range min(asked, t.size) {
		m, err := r.p.FPDFText_HasUnicodeMapError(&requests.FPDFText_HasUnicodeMapError{TextPage: t.ref, Index: i * t.size / min(asked, t.size)})
		if err == nil && m.HasUnicodeMapError {
			bad++
		}
	}
	return bad*6 > min(asked, t.size)
}

// closeText gives the memory of a page's text back: a long file needs it.
func (r *reader) closeText(t textPage) error {
	_, err := r.p.FPDFText_ClosePage(&requests.FPDFText_ClosePage{TextPage: t.ref})
	return err
}

// clean takes pdfium's marks away, one rune for one: a hyphen it put at the end of
// a line is U+0002 or U+FFFE. NUL ends the text.
func clean(s string) string {
	s, _, _ = strings.Cut(s, "\x00")
	return strings.Map(func(c rune) rune {
		if c == 2 || c == 0xfffe {
			return '-'
		}
		return c
	}, strings.ToValidUTF8(s, "\ufffd"))
}

// usable tells text from what a font without a map to letters gives: there it
// consists of control and private characters.
func usable(t textPage) bool {
	letters, junk := 0, 0
	for _, c := range t.text {
		switch {
		case c > ' ' && c < 0x7f:
			letters++
		case unicode.IsSpace(c):
		case unicode.IsControl(c), unicode.Is(unicode.Co, c), c == utf8.RuneError:
			junk++
		default:
			letters++
		}
	}
	return letters > 0 && junk*10 <= letters+junk
}

// paragraphs cuts the text where lines stand further apart than one and a half
// lines are high, or where the next line stands higher on the page: a new column.
func (r *reader) paragraphs(t textPage) []document.Segment {
	var out []document.Segment
	var b strings.Builder
	flush := func(line int) {
		if strings.TrimSpace(b.String()) != "" {
			out = append(out, document.Segment{Text: b.String(), At: document.Location{Line: line}})
		}
		b.Reset()
	}
	at, first := 0, 1
	lastTop, lastBottom, known := 0.0, 0.0, false
	lastLine, lastAt := "", 0
	for number, raw := range strings.SplitAfter(t.text, "\n") {
		line := strings.TrimRight(raw, "\r\n")
		if strings.TrimSpace(line) != "" {
			indent := len(line) - len(strings.TrimLeftFunc(line, unicode.IsSpace))
			top, bottom, ok := t.top(at + indent)
			height := max(top-bottom, lastTop-lastBottom, 6)
			if known && ok && b.Len() > 0 && (lastBottom-top > 1.5*height || bottom-lastTop > height) {
				flush(first)
				first = number + 1
			}
			row := ok && nextBox(b.String(), line) && math.Abs(top-t.endTop(lastLine, lastAt)) < height/3
			lastLine, lastAt = line, at
			if ok {
				lastTop, lastBottom, known = top, bottom, true
			}
			switch {
			case row:
				b.WriteByte(' ')
			case b.Len() > 0:
				b.WriteByte('\n')
			}
			text := t.parted(line, at)
			if singles(line) >= minSpaced/2 {
				text = unspaced(text)
				if s := scattered(line); s != "" {
					out = append(out, document.Segment{Text: s, At: document.Location{Line: number + 1}})
				}
			}
			b.WriteString(text)
		}
		at += utf16Len(raw)
	}
	flush(first)
	return out
}

// endTop is where the sign that ends a line has its top, nowhere when it is none of a
// number.
func (t textPage) endTop(line string, at int) float64 {
	line = strings.TrimRightFunc(line, unicode.IsSpace)
	if line == "" || !sign(line[len(line)-1]) {
		return math.Inf(1)
	}
	top, _, ok := t.top(at + utf16Len(line) - 1)
	if !ok {
		return math.Inf(1)
	}
	return top
}

// nextBox tells one sign that goes on from another on the same row, as in a form with a box
// a digit: the engine puts each on a line of its own.
func nextBox(before, line string) bool {
	line = strings.TrimSpace(line)
	n := len(before)
	return len(line) == 1 && sign(line[0]) && n > 0 && sign(before[n-1]) && (n == 1 || before[n-2] == ' ' || before[n-2] == '\n')
}

func sign(c byte) bool { return isDigit(c) || c == '-' }

// glued is a number with a letter right before it, as in a table whose name column
// is too narrow: the name is cut off where the next cell begins.
var glued = regexp.MustCompile(`\pL(?:\d{6}-?\d{4})\b`)

// written is how far, in points, a letter and the next one stand from each other at
// most when they were written as one word.
const written = 0.4

// parted puts a blank before a number that does not go on where the letter before it
// ends. line begins at index at of the text.
func (t textPage) parted(line string, at int) string {
	if !gluedDigit(line) {
		return line
	}
	for from := 0; ; {
		m := glued.FindStringIndex(line[from:])
		if m == nil {
			return line
		}
		start := from + m[0]
		_, size := utf8.DecodeRuneInString(line[start:])
		before := at + utf16Len(line[:start])
		_, right, ok := t.side(before)
		left, _, ok2 := t.side(before + utf16Len(line[start:start+size]))
		from = start + size
		if ok && ok2 && math.Abs(left-right) > written {
			line = line[:from] + " " + line[from:]
			from++
			at-- // the blank is none of the page's characters
		}
	}
}

// gluedDigit tells that a digit stands right behind what may be a letter.
func gluedDigit(line string) bool {
	for i := 1; i < len(line); i++ {
		if before := line[i-1]; isDigit(line[i]) && (before >= 0x80 || before|0x20 >= 'a' && before|0x20 <= 'z') {
			return true
		}
	}
	return false
}

// utf16Len is the length in the units that pdfium counts text in.
func utf16Len(s string) int { return count(s) }

// remember keeps the lines of the newest revision and tells whether there were any.
func (r *reader) remember(text string) bool {
	any := false
	for l := range strings.SplitSeq(text, "\n") {
		if k := key(l); k != "" {
			r.lines[k] = true
			any = true
		}
	}
	return any
}

// key is a line with one blank wherever it has blanks.
func key(line string) string {
	if line = strings.TrimSpace(line); evenly(line) {
		return line
	}
	return strings.Join(strings.Fields(line), " ")
}

// evenly tells that the words of a line have one common blank between them. In doubt it
// is false.
func evenly(line string) bool {
	for i := range len(line) {
		if c := line[i]; c < ' ' || oddBlank(c) || c == ' ' && line[i-1] == ' ' {
			return false
		}
	}
	return true
}

// oddBlank tells a byte that may begin a blank other than those of ASCII.
func oddBlank(c byte) bool { return c == 0xc2 || c >= 0xe1 && c <= 0xe3 }
