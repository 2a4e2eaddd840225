package identity

import "brevvagt/detectors/identity/digits"

// This file reads numbers that lost their leading zero in a spreadsheet.

// matchLostZero restores the leading zero that a spreadsheet ate: only where the
// whole cell is the number, under a CPR heading or one for persons, or in a column whose
// other cells prove it (see settle).
func (f *finder) matchLostZero(first int) bool {
	start, end := f.row.Runs[first].Start, f.row.Runs[f.row.Count-1].End
	c := candidate{start: start, end: end, form: formRun, zero: true}
	k := 1
	for _, r := range f.row.Runs[first:f.row.Count] {
		k += copy(c.d[k:], r.Digit[:r.N])
	}
	if !(f.heading.kind == labelCPR && f.alone(start, end)) && !(f.aloneInColumn(start, end) && f.columnLabel(start).kind == labelCPR) && !f.zeroLost(&c) {
		// In running text the check digit must agree.
		if c.broken = modulus11(&c.d) && first == f.row.Count-1 && (start == 0 || !digits.Alnum(f.text[start-1])) && f.numbered(first); !c.broken {
			return false
		}
	}
	return f.take(c)
}

// zeroLost reports whether a whole cell without a CPR heading may be a number that lost its
// zero: date and check digit agree. When readings are kept, those of which they do not are
// asked for, too.
func (f *finder) zeroLost(c *candidate) bool {
	if !f.explain && (!modulus11(&c.d) || !c.real()) {
		return false
	}
	if f.cell || f.heading.kind == labelPerson {
		return f.alone(c.start, c.end)
	}
	return f.aloneInColumn(c.start, c.end) && f.columnLabel(c.start).kind == labelPerson
}
