package written

import (
	"brevvagt/detectors/identity/digits"
	"brevvagt/detectors/identity/label"
	"brevvagt/detectors/identity/number"
	"brevvagt/detectors/identity/verdict"
)

// This file reads numbers that lost their leading zero in a spreadsheet.

// matchLostZero restores the leading zero that a spreadsheet ate: only where the
// whole cell is the number, under a CPR heading or one for persons, or in a column whose
// other cells prove it (see settle).
func (f *finder) matchLostZero(first int) bool {
	start, end := f.Row.Runs[first].Start, f.Row.Runs[f.Row.Count-1].End
	c := verdict.Candidate{Start: start, End: end, Form: verdict.FormRun, Zero: true}
	k := 1
	for _, r := range f.Row.Runs[first:f.Row.Count] {
		k += copy(c.Digits[k:], r.Digit[:r.N])
	}
	if !(f.Heading.Kind == label.CPR && f.Alone(start, end)) && !(f.AloneInColumn(start, end) && f.ColumnLabel(start).Kind == label.CPR) && !f.zeroLost(&c) {
		// In running text the check digit must agree.
		if c.Broken = number.Modulus11(&c.Digits) && first == f.Row.Count-1 && (start == 0 || !digits.Alnum(f.Text[start-1])) && f.numbered(first); !c.Broken {
			return false
		}
	}
	return f.Take(c)
}

// zeroLost reports whether a whole cell without a CPR heading may be a number that lost its
// zero: date and check digit agree. When readings are kept, those of which they do not are
// asked for, too.
func (f *finder) zeroLost(c *verdict.Candidate) bool {
	if !f.Explain && (!number.Modulus11(&c.Digits) || !c.Real()) {
		return false
	}
	if f.Cell || f.Heading.Kind == label.Person {
		return f.Alone(c.Start, c.End)
	}
	return f.AloneInColumn(c.Start, c.End) && f.ColumnLabel(c.Start).Kind == label.Person
}
