package verdict

import (
	"brevvagt/detectors/identity/digits"
	"brevvagt/detectors/identity/number"
)

// Form is how ten digits are written.
type Form byte

// The forms.
const (
	FormRun    Form = iota // together: needs a check digit, a listed date or a label
	FormParted             // six and four, or a date and four: a CPR number's own look
	FormLoose              // boxes, table cells, broken lines: needs a label directly before
)

// Candidate is ten digits that may be a number.
type Candidate struct {
	Start, End int
	Digits     [10]byte
	Form       Form
	Dashed     bool // a hyphen stands before the serial
	Broken     bool // only a label makes it one number
	Zero       bool // the leading zero was restored
	Spoken     bool // date and serial stand apart, each called what it is
	Mistyped   bool // letters were read as digits
	Disguised  bool // and stand so that somebody must have meant them to
	Apart      bool // the date stands in another text
}

// BornIn reports whether the digits tell a birth in the year.
func (c *Candidate) BornIn(year int) bool {
	b, raised, ok := number.BirthOf(&c.Digits)
	return ok && !raised && b.Year == year
}

// Real reports whether the digits tell a day that is no replacement number's.
func (c *Candidate) Real() bool {
	_, raised, ok := number.BirthOf(&c.Digits)
	return ok && !raised
}

// EqualPairs tells five pairs with one blank between: also how a telephone number
// is written, so that the check digit must agree (see climb).
func EqualPairs(runs []digits.Run) bool {
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

// Joined puts the runs from index first on together.
func (f *Judge) Joined(first int, as Form) Candidate {
	c := Candidate{Start: f.Row.Runs[first].Start, End: f.Row.Runs[f.Row.Count-1].End, Form: as}
	k := 0
	for _, r := range f.Row.Runs[first:f.Row.Count] {
		k += copy(c.Digits[k:], r.Digit[:min(r.N, len(r.Digit))])
	}
	g := f.Row.Runs[f.Row.Count-1].Gap
	c.Dashed = first < f.Row.Count-1 && (g == digits.Dash || g == digits.DashBreak)
	return c
}
