package plain

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"brevvagt/document"
	"brevvagt/document/plain/styles"
)

// This file reads numbers that a page shows in another order than its text has them in:
// styles set the boxes of a row, or the letters of a word, from right to left.

var (
	// turnsLetters is a style that sets the letters of an element from right to left.
	turnsLetters = regexp.MustCompile(`(?i)(?:bidi-override.*direction\s*:\s*rtl|direction\s*:\s*rtl.*bidi-override|writing-mode\s*:\s*rl)`)
	turnsBoxes   = regexp.MustCompile(`(?i)row-reverse|float\s*:\s*right|direction\s*:\s*rtl`)
	turnsSheet   = regexp.MustCompile(`(?i)bidi-override`)
	digitRow     = regexp.MustCompile(`\d[\d\s-]{8,14}\d`)
)

// order is what of a page its text does not tell by its order: what styles hide and
// add, and the pieces of a number that stand in boxes of their own.
type order struct {
	sheet   styles.Sheet
	seen    []byte // the current paragraph as it is seen, once that differs
	differs bool
	boxes   bool   // a style of the page sets boxes from right to left
	letters bool   // a style sheet of the page sets letters so
	lead    string // the end of the text before the pieces
	lines   int    // paragraphs since the first of the pieces
	pieces  []boxed
	inputs  following // of a form: a number may have a field for each of its parts
}

// boxed is a piece of a number, and where styles put it.
type boxed struct {
	text   string
	place  float64
	placed bool
}

func (o *order) style(css string) {
	o.boxes = o.boxes || css != "" && turnsBoxes.MatchString(css)
}

const (
	longestPiece = 6  // bytes of the longest box of a number: its date
	longestLead  = 60 // bytes kept of the text before it
)

// meet takes the text of a box; true says that the boxes before it have come to an end.
func (o *order) meet(s string, dress styles.Element) bool {
	s = strings.TrimSpace(s)
	switch {
	case s == "":
		return false
	case len(s) <= longestPiece && strings.Trim(s, "0123456789-") == "":
		if len(o.pieces) == 0 {
			o.lines = 0
		}
		place, placed := o.sheet.Place(dress)
		o.pieces = append(o.pieces, boxed{s, place, placed})
		return false
	}
	if len(o.pieces) > 0 {
		return true
	}
	o.lead = s[max(0, len(s)-longestLead):]
	return false
}

// showOrder gives the numbers that the boxes show when they are read otherwise than one
// after the other: from the last to the first, as they are placed, one below the other,
// or behind the words before them.
func (p *page) showOrder() {
	o := &p.order
	number := joinBoxes(o.pieces)
	if n := len(number) - strings.Count(number, "-"); n == 10 && len(o.pieces) > 1 {
		p.showBoxes(number)
	} else if n == 4 && sixAtEnd.MatchString(o.lead) && cprInside.MatchString(o.lead) {
		p.hidden(o.lead + "-" + strings.TrimLeft(number, "-"))
	}
	o.pieces = o.pieces[:0]
}

func (p *page) showBoxes(number string) {
	o := &p.order
	if placed := slices.Clone(o.pieces); !slices.ContainsFunc(placed, func(b boxed) bool { return !b.placed }) {
		slices.SortStableFunc(placed, func(a, b boxed) int { return cmp.Compare(a.place, b.place) })
		if moved := joinBoxes(placed); moved != number {
			p.hidden(moved)
		}
	}
	if label := cprInside.FindString(o.lead); label != "" && strings.Count(number, "-") < 2 {
		p.out.Segment(document.Segment{Text: number, Label: o.lead, At: document.Location{Line: p.line, Layer: document.Hidden}})
	} else if o.lines > 1 && len(o.pieces) >= 10 {
		p.hidden(number)
	}
	if o.boxes {
		turned := slices.Clone(o.pieces)
		slices.Reverse(turned)
		p.hidden(joinBoxes(turned))
	}
}

// cprInside is a label for a person's number, anywhere in a text.
var cprInside = regexp.MustCompile(`(?i)\b(?:cpr|person-?n)`)

func joinBoxes(list []boxed) string {
	var b strings.Builder
	for _, piece := range list {
		b.WriteString(piece.text)
	}
	return b.String()
}

// dress notes what an element's styles are found by, and adds what they put before it.
func (p *page) dress(o *open, attrs map[string]string) {
	o.dress = styles.Element{Tag: o.tag.String(), Class: attrs["class"], ID: attrs["id"], Style: attrs["style"]}
	if strings.Contains(o.dress.Style, "--") || strings.Contains(o.dress.Style, "counter-") {
		p.order.sheet.Declare(o.dress.Style)
	}
	if p.order.sheet.Generates() {
		var before string
		before, o.after = p.order.sheet.Around(o.dress)
		p.generated(before)
	}
}

// generated adds a text to the paragraph as it is seen.
func (p *page) generated(s string) {
	if s != "" {
		p.depart()
		p.order.seen = append(p.order.seen, s...)
	}
}

func (p *page) depart() {
	if o := &p.order; !o.differs {
		o.differs = true
		o.seen = append(o.seen[:0], p.shown...)
	}
}

// differ adds a text to the paragraph as it is seen, unless its styles hide it. Only what
// stands behind a digit is asked for: a decoy in the middle of a number.
func (p *page) differ(s string) {
	o := &p.order
	if !o.differs && (len(p.shown) == 0 || !digitOrDash(p.shown[len(p.shown)-1])) {
		return
	}
	if top := p.top(); (top.dress.Style != "" || top.dress.Class != "" || top.dress.ID != "") && o.sheet.Faint(top.dress) {
		p.depart()
		return
	}
	if o.differs {
		o.seen = append(o.seen, s...)
	}
}

// showSeen ends a paragraph that is seen otherwise than it is written.
func (p *page) showSeen() {
	o := &p.order
	if !o.differs {
		return
	}
	text := string(o.seen)
	o.differs, o.seen = false, o.seen[:0]
	if strings.ContainsAny(text, "0123456789") {
		p.hidden(text)
	}
}

// reversed gives the rows of digits of a paragraph from their ends, where a style sheet
// may show them so.
func (o *order) reversed(text []byte) string {
	if !o.letters {
		return ""
	}
	rows := digitRow.FindAllString(string(text), 1000)
	for i, row := range rows {
		r := []byte(row)
		slices.Reverse(r)
		rows[i] = string(r)
	}
	return strings.Join(rows, "\n")
}
