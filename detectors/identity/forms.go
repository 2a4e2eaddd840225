package identity

import (
	"slices"

	"brevvagt/detectors/identity/digits"
)

// form is how ten digits are written.
type form byte

const (
	formRun    form = iota // together: needs a check digit, a listed date or a label
	formParted             // six and four, or a date and four: a CPR number's own look
	formLoose              // boxes, table cells, broken lines: needs a label directly before
)

// candidate is ten digits that may be a number.
type candidate struct {
	start, end int
	d          [10]byte
	form       form
	dashed     bool // a hyphen stands before the serial
	broken     bool // only a label makes it one number
	zero       bool // the leading zero was restored
	spoken     bool // date and serial stand apart, each called what it is
	mistyped   bool // letters were read as digits
	disguised  bool // and stand so that somebody must have meant them to
	apart      bool // the date stands in another text
}

// match judges every number that ends with the last run.
func (f *finder) match() {
	last := &f.row.Runs[f.row.Count-1]
	if last.N >= 8 && escapeBefore(f.text, last.Start+2) { // "%22220645-7026%22"
		last.Start, last.N = last.Start+2, last.N-2
		copy(last.Digit[:], last.Digit[2:])
	}
	if last.N > 5 && last.N < 10 && last.Start > 0 && digits.Letter(f.text[last.Start-1]) {
		f.meetTail(last.End - 4)
	}
	taken := false
	switch last.N {
	case 10:
		taken = f.take(f.joined(f.row.Count-1, formRun))
	case 4:
		f.meetFour(last.Start)
		taken = f.matchParted() || f.matchCells() || f.matchSpaced()
	case 9:
		taken = f.matchLostZero(f.row.Count - 1)
	case 7, 1:
		taken = f.matchLetters()
	case 2:
		taken = f.row.Count >= 3 && f.matchTold()
	case 6:
		f.spoken = f.spoken || f.saidNear(last.Start)
		taken = f.matchMasked() || f.matchTold()
	case 12:
		taken = f.matchLongYear(f.row.Count-1, false)
	}
	if taken || f.matchLoose() {
		f.row.Count = 0
	}
}

// joined puts the runs from index first on together.
func (f *finder) joined(first int, as form) candidate {
	c := candidate{start: f.row.Runs[first].Start, end: f.row.Runs[f.row.Count-1].End, form: as}
	k := 0
	for _, r := range f.row.Runs[first:f.row.Count] {
		k += copy(c.d[k:], r.Digit[:min(r.N, len(r.Digit))])
	}
	g := f.row.Runs[f.row.Count-1].Gap
	c.dashed = first < f.row.Count-1 && (g == digits.Dash || g == digits.DashBreak)
	return c
}

// matchParted judges numbers whose last run is the serial of four digits.
func (f *finder) matchParted() bool {
	n := f.row.Count
	if n < 2 {
		return false
	}
	serial := f.row.Runs[n-1].Gap
	dash := serial == digits.Dash || serial == digits.DashBreak
	if f.matchMonth(n-2, dash) {
		return true
	}
	switch f.row.Runs[n-2].N {
	case 6:
		switch {
		case dash || serial == digits.Slash:
			return f.take(f.joined(n-2, formParted))
		case serial == digits.Space || serial == digits.Dot:
			return f.take(f.uncrowded(f.joined(n-2, formParted), n-2))
		case serial == digits.Under:
			return f.take(f.joined(n-2, formRun))
		case serial == digits.Fence: // brackets and quotes stand around many numbers
			c := f.joined(n-2, formRun)
			if f.labelOf(c.start, c.end).kind == labelPerson {
				c.form = formParted
			}
			return f.take(c)
		case (serial == digits.Pipe || serial == digits.Tab) && f.halvesUnderHeadings(n-2):
			c := f.joined(n-2, formParted)
			c.spoken = true
			return f.take(c)
		case serial == digits.Sign:
			return f.take(f.signed(n - 2))
		}
	case 5:
		return dash && f.matchLostZero(n-2)
	case 8:
		return (dash || serial == digits.Space) && f.matchLongYear(n-2, dash)
	case 4:
		if n < 4 || f.row.Runs[n-4].N != 2 || f.row.Runs[n-3].N != 2 || !f.dateGaps(n-4) {
			return false
		}
		return dash && f.matchLongYear(n-4, dash) || serial == digits.Space && f.numbered(n-4) && f.matchLongYear(n-4, false)
	case 2:
		if n >= 4 && f.row.Runs[n-4].N == 4 && (dash || serial == digits.Space) {
			return f.matchYearFirst(n-4, dash)
		}
		if n < 4 || f.row.Runs[n-4].N != 2 || f.row.Runs[n-3].N != 2 {
			return false
		}
		if !f.dateGaps(n - 4) {
			return f.mixed(n-4) && f.take(f.signed(n-4))
		}
		if dash {
			return f.take(f.joined(n-4, formParted))
		}
		if serial == f.row.Runs[n-2].Gap && serial != digits.Space { // "22.06.45.7026"
			return f.numbered(n-4) && f.take(f.joined(n-4, formRun))
		}
		if f.mixed(n - 4) {
			return f.take(f.signed(n - 4))
		}
		// "26 02 43 8069": a date in dots or slashes needs the hyphen, or every
		// date before a post code would be a number.
		if serial == digits.Space && f.row.Runs[n-2].Gap == digits.Space {
			return f.take(f.joined(n-4, formRun))
		}
	}
	return false
}

// signed is "220645*7026": a label must stand directly before, since the signs part
// amounts, times and fields as well.
func (f *finder) signed(first int) candidate {
	c := f.joined(first, formRun)
	c.broken = true
	return c
}

// mixed reports whether a date and a serial parted by whatever signs ("22/06-45 7026",
// "22-06-45 / 7026") are called a person's number; behind a word for birth, where a post
// code may follow, the check digit must agree.
func (f *finder) mixed(first int) bool {
	serial := f.row.Runs[first+3].Gap
	if f.dateGaps(first) && serial != digits.Sign {
		return false
	}
	c := f.joined(first, formRun)
	switch lab := f.labelOf(c.start, c.end); {
	case lab.kind != labelCPR || !lab.direct:
		return false
	case lab.name == bornLabel:
		return serial == digits.Sign && modulus11(&c.d)
	}
	return serial != digits.Break && serial != digits.Tab
}

// dateGaps reports whether day, month and year are parted by the same sign.
func (f *finder) dateGaps(first int) bool {
	g := f.row.Runs[first+1].Gap
	return g == f.row.Runs[first+2].Gap && (g == digits.Space || g == digits.Dot || g == digits.Slash || g == digits.Dash)
}

// uncrowded weakens a number parted by a blank or dot when further digits stand
// beside it in the same way: a row of numbers has many pairs of six and four.
func (f *finder) uncrowded(c candidate, first int) candidate {
	right, _ := digits.GapAt(f.text, c.end)
	for _, g := range []digits.Gap{f.row.Runs[first].Gap, right} {
		if g == digits.Space || g == digits.Dot {
			c.form = formRun
		}
	}
	return c
}

// matchLongYear judges a date with a year of four digits, which must be the year
// that the serial tells.
func (f *finder) matchLongYear(first int, dash bool) bool {
	var all [16]byte
	k := 0
	for _, r := range f.row.Runs[first:f.row.Count] {
		k += copy(all[k:], r.Digit[:r.N])
	}
	as := formRun
	if dash {
		as = formParted
	}
	c := candidate{start: f.row.Runs[first].Start, end: f.row.Runs[f.row.Count-1].End, form: as, dashed: dash}
	copy(c.d[:4], all[:4])
	copy(c.d[4:], all[6:12])
	if first == f.row.Count-2 && dash && all[0] >= 1 && all[0] <= 2 && !c.real() && f.numbered(first) { // "20450622-7026"
		copy(c.d[:2], all[6:8])
		copy(c.d[2:4], all[4:6])
		copy(c.d[4:6], all[2:4])
		return modulus11(&c.d) && c.bornIn(value(all[:4])) && f.take(c)
	}
	return c.bornIn(value(all[4:8])) && f.take(c)
}

// matchYearFirst judges "2045-06-22-7026", behind a blank only with a label. File
// names have the form, so that without one it must stand alone and the check digit agree.
func (f *finder) matchYearFirst(first int, dash bool) bool {
	r := f.row.Runs[first : first+4]
	numbered := f.numbered(first)
	if r[1].N != 2 || r[2].N != 2 || r[1].Gap != digits.Dash || r[2].Gap != digits.Dash || !numbered && !dash {
		return false
	}
	c := candidate{start: r[0].Start, end: r[3].End, form: formParted, dashed: true}
	copy(c.d[:2], r[2].Digit[:2])
	copy(c.d[2:4], r[1].Digit[:2])
	copy(c.d[4:6], r[0].Digit[2:4])
	copy(c.d[6:], r[3].Digit[:4])
	if !numbered && (!modulus11(&c.d) || f.moment(&c) || !f.aloneInColumn(c.start, c.end)) {
		return false
	}
	return c.bornIn(value(r[0].Digit[:4])) && f.take(c)
}

// bornIn reports whether the digits tell a birth in the year.
func (c *candidate) bornIn(year int) bool {
	b, raised, ok := birthOf(&c.d)
	return ok && !raised && b.year == year
}

// real reports whether the digits tell a day that is no replacement number's.
func (c *candidate) real() bool {
	_, raised, ok := birthOf(&c.d)
	return ok && !raised
}

func value(d []byte) (n int) {
	for _, v := range d {
		n = n*10 + int(v)
	}
	return n
}

// numbered reports whether a label for a number, and not for a mere date of birth,
// stands before the run.
func (f *finder) numbered(first int) bool {
	lab := f.labelOf(f.row.Runs[first].Start, f.row.Runs[f.row.Count-1].End)
	return lab.kind == labelCPR && lab.name != bornLabel
}

// matchLoose judges ten digits in boxes, cells or over a line break. Only a label
// directly before makes them one number.
func (f *finder) matchLoose() bool {
	if f.row.Digits < 10 {
		return false
	}
	sum, first := 0, f.row.Count
	for first > 0 && sum < 10 {
		first--
		sum += f.row.Runs[first].N
	}
	if sum != 10 || first == f.row.Count-1 || !f.looseGaps(first) {
		return false
	}
	c := f.joined(first, formLoose)
	if runs := f.row.Runs[first:f.row.Count]; spacedOut(runs) && modulus11(&c.d) {
		parted := c
		parted.form, parted.dashed = formParted, true
		if f.take(parted) {
			return true
		}
	}
	c.broken = true
	return f.take(c)
}

// spacedOut tells a number in the form 6-4 with a blank between all its signs, as headings
// are set: "2 2 0 6 4 5 - 7 0 2 6".
func spacedOut(runs []digits.Run) bool {
	if !equalBoxes(runs) || runs[6].Gap != digits.Dash {
		return false
	}
	for k, r := range runs[1:] {
		if k != 5 && (r.Gap != digits.Space || r.Width != 1) {
			return false
		}
	}
	return true
}

func (f *finder) looseGaps(first int) bool {
	runs := f.row.Runs[first:f.row.Count]
	long := false
	for k, r := range runs {
		long = long || r.N >= 4
		if k == 0 {
			continue
		}
		switch r.Gap {
		case digits.Dot, digits.Slash, digits.Under, digits.None, digits.Fence, digits.Sign:
			if len(runs) != 10 {
				return false
			}
		case digits.Cell:
			// Between boxes in markup a number has no bound; six and four have.
			if len(runs) != 2 || runs[0].N != 6 {
				return false
			}
		}
	}
	return long || equalBoxes(runs) || equalPairs(runs) || dateFirst(runs)
}

// dateFirst tells a date in three pairs and a serial in pieces, as a scanner reads
// "17 08 46 - 7 1 7 7".
func dateFirst(runs []digits.Run) bool {
	return len(runs) > 4 && runs[0].N == 2 && runs[1].N == 2 && runs[2].N == 2 && (runs[3].Gap == digits.Dash || len(runs) == 7)
}

// maxBox is how far apart, in bytes, boxes with one digit each may stand.
const maxBox = 5

// equalBoxes tells ten boxes with one digit each. The date's boxes stand equally
// far apart: that is what makes them boxes.
func equalBoxes(runs []digits.Run) bool {
	if len(runs) != 10 {
		return false
	}
	for _, r := range runs[1:6] {
		if r.Gap != runs[1].Gap || r.Width != runs[1].Width || r.Width > maxBox {
			return false
		}
	}
	switch runs[1].Gap {
	case digits.Dash, digits.Dot, digits.Slash, digits.Under, digits.Fence: // "2-2-0-6-4-5-7-0-2-6"
		return !slices.ContainsFunc(runs[6:], func(r digits.Run) bool { return r.Gap != runs[1].Gap })
	}
	return true
}

// equalPairs tells five pairs with one blank between: also how a telephone number
// is written, so that the check digit must agree (see judge).
func equalPairs(runs []digits.Run) bool {
	if len(runs) != 5 {
		return false
	}
	for k, r := range runs {
		if r.N != 2 || k > 0 && (r.Gap != digits.Space || r.Width != 1) {
			return false
		}
	}
	return true
}

// alone reports whether nothing but blanks and quotes stands beside s[start:end].
func (f *finder) alone(start, end int) bool {
	for i := range len(f.text) {
		if i >= start && i < end {
			continue
		}
		switch f.text[i] {
		case ' ', '\t', '\r', '\n', '"', '\'':
		default:
			return false
		}
	}
	return true
}
