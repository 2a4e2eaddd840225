package pdf

import (
	"math"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"brevvagt/document"
)

// This file tells under which heading a number of ten digits stands on the page. The
// text of a page has the cells of a table one after the other; where they stand says
// what they are.

var (
	columnName = regexp.MustCompile(`(?i)(?:cpr|person-?n|pers\.?\s?n|konto|tele|tlf|mobil|cvr|ean|beløb|pris|dato|ordre|faktura|kunde|vare|sags?|journal|løbe|medarb|matr|\bid\b)`)
	personName = regexp.MustCompile(`(?i)cpr|person-?n|pers\.?\s?n`)
	tenDigits  = regexp.MustCompile(`\d{10}`)
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

// cutDate is the first half of a number that goes on in another line.
var cutDate = regexp.MustCompile(`\d{6}[-\x02\x{2010}\x{2011}\x{2013}\x{fffe}]\s`)

var fourDigits = regexp.MustCompile(`\d{4}`)

// overLines hands on the numbers that are cut at the end of their column's line and go on
// where the next line of that column begins. The text of a page has both columns in one
// line.
func (r *reader) overLines(t textPage, page int) {
	for _, m := range cutDate.FindAllStringIndex(t.text, maxNumbers) {
		if m[0] > 0 && t.text[m[0]-1] >= '0' && t.text[m[0]-1] <= '9' {
			continue
		}
		end := m[1] - 1
		from, _, _ := t.cell(m[0], end)
		start, ok := t.box(from, end)
		below := strings.IndexByte(t.text[end:], '\n')
		if !ok || below < 0 {
			continue
		}
		low := end + below + 1
		line, _, _ := strings.Cut(t.text[low:], "\n")
		for _, four := range fourDigits.FindAllStringIndex(line, maxHeadings) {
			a, b := low+four[0], low+four[1]
			first, _, _ := t.cell(a, b)
			c, ok := t.box(a, b)
			if next, _ := utf8.DecodeRuneInString(t.text[b:]); !ok || strings.TrimSpace(t.text[end:a]) == "" || first != a || unicode.IsLetter(next) || unicode.IsDigit(next) {
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
// stands in their place.
func (r *reader) underHeadings(t textPage, page int) {
	r.headings = append(r.headings, t.headings(page)...)
	r.headings = r.headings[max(0, len(r.headings)-maxHeadings):]
	person := false
	for _, h := range r.headings {
		person = person || h.person
	}
	if !person {
		return
	}
	for _, m := range boxed.FindAllStringSubmatch(t.text, maxHeadings) { // one digit a cell
		r.out.Segment(document.Segment{Text: strings.Join(strings.Fields(m[2]), ""), Label: m[1], At: document.Location{Page: page}})
	}
	for _, m := range tenDigits.FindAllStringIndex(t.text, maxNumbers) {
		if !apartFrom(t.text, m[0], m[1]) {
			continue
		}
		c, ok := t.box(m[0], m[1])
		if !ok {
			continue
		}
		if h := r.above(c, page); h != nil && h.person {
			r.out.Segment(document.Segment{Text: t.text[m[0]:m[1]], Label: h.text, At: document.Location{Page: page}})
		}
	}
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
	if !personName.MatchString(t.text) && !tenDigits.MatchString(t.text) {
		return nil
	}
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

// cell widens a word to the cell it stands in: up to where two words of its line are
// further apart than words are. ok is false for what is no name of a column.
func (t textPage) cell(from, to int) (int, int, bool) {
	low := strings.LastIndexAny(t.text[:from], "\r\n") + 1
	high := len(t.text)
	if n := strings.IndexAny(t.text[to:], "\r\n"); n >= 0 {
		high = to + n
	}
	if high-low > 400 {
		return from, to, false
	}
	for to < high && t.text[to] != ' ' {
		to++
	}
	for from > low && t.text[from-1] != ' ' {
		from--
	}
	for to < high && t.near(to, high) {
		to++
		for to < high && t.text[to] != ' ' {
			to++
		}
	}
	for from > low && t.near(from-1, high) {
		from--
		for from > low && t.text[from-1] != ' ' {
			from--
		}
	}
	text := t.text[from:to]
	return from, to, len(text) <= headingBytes && strings.Count(text, " ") < 4 && !strings.ContainsAny(text, "0123456789:")
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
	before := utf16Len(t.text[:i]) - 1
	after := before + 1 + (next - i)
	_, right, ok := t.side(before)
	left, _, ok2 := t.side(after)
	top, bottom, ok3 := t.top(after)
	return ok && ok2 && ok3 && left >= right-1 && left-right < wordGap*max(top-bottom, 6)
}

// box is the place of a piece of text on its page.
func (t textPage) box(from, to int) (heading, bool) {
	first := utf16Len(t.text[:from])
	left, _, ok := t.side(first)
	_, right, ok2 := t.side(first + utf16Len(t.text[from:to]) - 1)
	_, bottom, ok3 := t.top(first)
	return heading{left: left, right: right, bottom: bottom}, ok && ok2 && ok3 && right > left
}
