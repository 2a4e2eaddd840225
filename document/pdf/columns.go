package pdf

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/klippa-app/go-pdfium/requests"

	"brevvagt/document"
)

// This file tells under which heading a number of ten digits stands on the page. The
// text of a page has the cells of a table one after the other; where they stand says
// what they are.

var (
	columnName = regexp.MustCompile(`(?i)(?:cpr|person-?n|pers\.?\s?n|konto|tele|tlf|mobil|cvr|ean|beløb|pris|dato|ordre|faktura|kunde|vare|sags?|journal|løbe|medarb|matr|\bid\b)`)
	personName = regexp.MustCompile(`(?i)cpr|person-?n|pers\.?\s?n`)
	boxed      = regexp.MustCompile(`(?i)((?:cpr|person-?n)[\pL.-]*(?:\s+nr)?[.:]*)((?:\s+\d){6}(?:\s+-)?(?:\s+\d){4})(?:\s|$)`)
)

// Bounds of the look at one page.
const (
	maxHeadings  = 200
	maxNumbers   = 5000
	headingBytes = 40  // of a column's name
	wordGap      = 0.6 // heights between two words of one cell, at most
)

// heading is the name of a column where it stands on its page.
type heading struct {
	page                int
	left, right, bottom float64
	text                string
	person              bool
}

// cutDate is what stands behind the first half of a number that goes on in another line.
var cutDate = regexp.MustCompile(`^[-\x02\x{2010}\x{2011}\x{2013}\x{fffe}]\s`)

var fourDigits = regexp.MustCompile(`\d{4}`)

// overLines hands on the numbers that are cut at the end of their column's line and go on
// where the next line of that column begins. The text of a page has both columns in one
// line.
func (r *reader) overLines(t textPage, page int) {
	for _, m := range digitRuns(t.text, 6, maxNumbers) {
		dash := cutDate.FindString(t.text[m[1]:])
		if dash == "" {
			continue
		}
		end := m[1] + len(dash) - 1
		from := t.begin(m[0])
		start, ok := t.box(from, end)
		below := strings.IndexByte(t.text[end:], '\n')
		if !ok || below < 0 {
			continue
		}
		low := end + below + 1
		line, _, _ := strings.Cut(t.text[low:], "\n")
		for _, four := range fourDigits.FindAllStringIndex(line, maxHeadings) {
			a, b := low+four[0], low+four[1]
			next, _ := utf8.DecodeRuneInString(t.text[b:])
			if strings.TrimSpace(t.text[end:a]) == "" || unicode.IsLetter(next) || unicode.IsDigit(next) || t.begin(a) != a {
				continue
			}
			c, ok := t.box(a, b)
			if !ok {
				continue
			}
			if drop := start.bottom - c.bottom; math.Abs(start.left-c.left) < beginsAlike && drop > 0 && drop < farBelow {
				text := t.text[from:m[0]] + t.text[m[0]:m[0]+6] + "-" + t.text[a:b]
				r.out.Segment(document.Segment{Text: text, At: document.Location{Page: page}})
			}
		}
	}
}

// How far two lines of a column begin from each other and stand apart at most, in points.
const (
	beginsAlike = 3
	farBelow    = 40
)

// underHeadings hands on the page's numbers of ten digits that stand under a heading
// which says that they are persons'. Headings of earlier pages go on until another one
// stands in their place. Where they stand is asked for only once a number is met that
// needs one: a number with its own label or with a hyphen does not.
func (r *reader) underHeadings(t textPage, page int) {
	if r.persons = r.persons || saysPerson(t.text); !r.persons {
		return
	}
	r.unasked = append(r.unasked, page)
	numbers := bare(t.text)
	inBoxes := singly(t.text)
	if len(numbers) == 0 && !inBoxes || !r.ask(t, page) {
		return
	}
	if inBoxes {
		for _, m := range boxed.FindAllStringSubmatch(t.text, maxHeadings) { // one digit a cell
			r.out.Segment(document.Segment{Text: strings.Join(strings.Fields(m[2]), ""), Label: m[1], At: document.Location{Page: page}})
		}
	}
	for _, m := range numbers {
		c, ok := t.box(m[0], m[1])
		if !ok {
			continue
		}
		if h := r.above(c, page); h != nil && h.person {
			r.out.Segment(document.Segment{Text: t.text[m[0]:m[1]], Label: h.text, At: document.Location{Page: page}})
		}
	}
}

// ask finds the headings of the pages up to this one whose headings were not asked for
// yet, and tells whether any says that it is a person's.
func (r *reader) ask(t textPage, page int) bool {
	for _, p := range r.unasked {
		if p == page {
			r.headings = append(r.headings, t.headings(page)...)
		} else {
			r.headings = append(r.headings, r.headingsAgain(p)...)
		}
		r.headings = r.headings[max(0, len(r.headings)-maxHeadings):]
	}
	r.unasked = nil
	return slices.ContainsFunc(r.headings, func(h heading) bool { return h.person })
}

// headingsAgain opens an earlier page for its headings; one that cannot be had a second
// time gives none.
func (r *reader) headingsAgain(page int) []heading {
	loaded, err := r.p.FPDF_LoadPage(&requests.FPDF_LoadPage{Document: r.doc, Index: page - 1})
	if err != nil || r.ctx.Err() != nil {
		return nil
	}
	var found []heading
	if t, err := r.pageText(requests.Page{ByReference: &loaded.Page}); err == nil {
		found = t.headings(page)
		_ = r.closeText(t) // both give memory back, which the file's end does too
	}
	_, _ = r.p.FPDF_ClosePage(&requests.FPDF_ClosePage{Page: loaded.Page})
	return found
}

// saysPerson is a sieve before personName: each of its words has one of these in it.
func saysPerson(text string) bool {
	for i := 0; i+2 < len(text); i++ {
		a, b, c := text[i]|0x20, text[i+1]|0x20, text[i+2]|0x20
		if b == 'p' && a == 'c' && c == 'r' || a == 'p' && b == 'e' && c == 'r' {
			return personName.MatchString(text)
		}
	}
	return false
}

// bare gives the words of ten digits that begin with a date, as those of persons do.
func bare(text string) (found [][2]int) {
	for _, m := range digitRuns(text, 10, maxNumbers) {
		day, month := text[m[0]:m[0]+2], text[m[0]+2:m[0]+4]
		if day >= "60" { // replacement numbers
			day = string(day[0]-6) + day[1:]
		}
		if day > "00" && day < "32" && month > "00" && month < "13" && apartFrom(text, m[0], m[1]) {
			found = append(found, m)
		}
	}
	return found
}

// singly tells ten digits in a row that each stand alone, between blanks or with one
// hyphen among them.
func singly(text string) bool {
	row, last := 0, -1
	for _, m := range digitRuns(text, 1, len(text)) {
		if last < 0 || m[0] == last || strings.Trim(text[last:m[0]], "- \t\r\n\f") != "" {
			row = 0
		}
		if row++; row == 10 {
			return true
		}
		last = m[1]
	}
	return false
}

// above is the nearest heading over a place, nil for none.
func (r *reader) above(c heading, page int) (best *heading) {
	for i := len(r.headings) - 1; i >= 0; i-- {
		h := &r.headings[i]
		if min(h.right, c.right)-max(h.left, c.left) <= 0 || h.page == page && h.bottom <= c.bottom {
			continue
		}
		if best != nil && (h.page < best.page || h.bottom >= best.bottom) {
			continue
		}
		best = h
	}
	return best
}

// apartFrom tells that s[from:to] is a word by itself.
func apartFrom(s string, from, to int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:from])
	after, _ := utf8.DecodeRuneInString(s[to:])
	return (from == 0 || unicode.IsSpace(before)) && (to == len(s) || unicode.IsSpace(after))
}

// headings finds the names of columns: words that stand apart from those beside them.
func (t textPage) headings(page int) (found []heading) {
	last := -1
	for _, m := range columnName.FindAllStringIndex(t.text, maxHeadings) {
		if m[0] < last {
			continue
		}
		from, to, ok := t.cell(m[0], m[1])
		last = to
		if !ok {
			continue
		}
		if h, ok := t.box(from, to); ok {
			h.page, h.text = page, strings.TrimSpace(t.text[from:to])
			h.person = personName.MatchString(h.text)
			found = append(found, h)
		}
	}
	return found
}

// maxLine is the length, in bytes, of the longest line with cells in it.
const maxLine = 400

// line gives the bounds of the line around a piece of the text; ok is false for one that
// is too long for a row of cells.
func (t textPage) line(from, to int) (low, high int, ok bool) {
	low = strings.LastIndexAny(t.text[:from], "\r\n") + 1
	high = len(t.text)
	if n := strings.IndexAny(t.text[to:], "\r\n"); n >= 0 {
		high = to + n
	}
	return low, high, high-low <= maxLine
}

// cell widens a word to the cell it stands in: up to where two words of its line are
// further apart than words are. ok is false for what is no name of a column, and then
// the cell may be longer. The engine is asked only as long as it may still be one.
func (t textPage) cell(from, to int) (int, int, bool) {
	low, high, ok := t.line(from, to)
	if !ok {
		return from, to, false
	}
	to = wordEnd(t.text, to, high)
	from = wordStart(t.text, from, low)
	for to < high && aName(t.text[from:to]) {
		end := wordEnd(t.text, to+1, high)
		if ownNumber(t.text[to:end]) {
			return from, end, false
		}
		if !t.near(to, high) {
			break
		}
		to = end
	}
	for from > low && aName(t.text[from:to]) && t.near(from-1, high) {
		from = wordStart(t.text, from-1, low)
	}
	return from, to, aName(t.text[from:to])
}

// begin is where the cell begins in which the word at from stands.
func (t textPage) begin(from int) int {
	low, high, ok := t.line(from, from)
	if !ok {
		return from
	}
	from = wordStart(t.text, from, low)
	for from > low && t.near(from-1, high) {
		from = wordStart(t.text, from-1, low)
	}
	return from
}

func wordEnd(s string, at, high int) int {
	for at < high && s[at] != ' ' {
		at++
	}
	return at
}

func wordStart(s string, at, low int) int {
	for at > low && s[at-1] != ' ' {
		at--
	}
	return at
}

// aName tells what may be the name of a column.
func aName(s string) bool {
	return len(s) <= headingBytes && strings.Count(s, " ") < 4 && !strings.ContainsAny(s, "0123456789:")
}

// ownNumber tells a word with six digits or more: it has its name before it, which is then
// no heading of what stands below.
func ownNumber(word string) bool {
	n := 0
	for i := range len(word) {
		if isDigit(word[i]) {
			n++
		}
	}
	return n >= 6
}

// near tells whether the words around the blank at byte i stand as close as in a text.
func (t textPage) near(i, high int) bool {
	next := i
	for next < high && t.text[next] == ' ' {
		next++
	}
	for i > 0 && t.text[i-1] == ' ' {
		i--
	}
	if next == high || i == 0 {
		return false
	}
	before := t.unit(i) - 1
	after := before + 1 + (next - i)
	_, right, ok := t.side(before)
	left, _, ok2 := t.side(after)
	top, bottom, ok3 := t.top(after)
	return ok && ok2 && ok3 && left >= right-1 && left-right < wordGap*max(top-bottom, 6)
}

// box is the place of a piece of text on its page.
func (t textPage) box(from, to int) (heading, bool) {
	first := t.unit(from)
	left, _, ok := t.side(first)
	_, right, ok2 := t.side(t.unit(to) - 1)
	_, bottom, ok3 := t.top(first)
	return heading{left: left, right: right, bottom: bottom}, ok && ok2 && ok3 && right > left
}
