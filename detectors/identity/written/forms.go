package written

import (
	"slices"

	"brevvagt/detectors/identity/digits"
	"brevvagt/detectors/identity/label"
	"brevvagt/detectors/identity/number"
	"brevvagt/detectors/identity/verdict"
)

// match judges every number that ends with the last run.
func (f *finder) match() {
	last := &f.Row.Runs[f.Row.Count-1]
	if last.N >= 8 && label.EscapeBefore(f.Text, last.Start+2) { // "%22220645-7026%22"
		last.Start, last.N = last.Start+2, last.N-2
		copy(last.Digit[:], last.Digit[2:])
	}
	if last.N > 5 && last.N < 10 && last.Start > 0 && digits.Letter(f.Text[last.Start-1]) {
		f.meetTail(last.End - 4)
	}
	taken := false
	switch last.N {
	case 10:
		taken = f.Take(f.Joined(f.Row.Count-1, verdict.FormRun))
	case 4:
		f.meetFour(last.Start)
		taken = f.matchParted() || f.matchCells() || f.matchSpaced()
	case 9:
		taken = f.matchLostZero(f.Row.Count - 1)
	case 7, 1:
		taken = f.matchLetters()
	case 2:
		taken = f.Row.Count >= 3 && f.MatchTold()
	case 6:
		f.Spoken = f.Spoken || f.SaidNear(last.Start)
		taken = f.matchMasked() || f.MatchTold()
	case 12:
		taken = f.matchLongYear(f.Row.Count-1, false)
	}
	if taken || f.matchLoose() {
		f.Row.Count = 0
	}
}

// matchParted judges numbers whose last run is the serial of four digits.
func (f *finder) matchParted() bool {
	n := f.Row.Count
	if n < 2 {
		return false
	}
	serial := f.Row.Runs[n-1].Gap
	dash := serial == digits.Dash || serial == digits.DashBreak
	if f.matchMonth(n-2, dash) {
		return true
	}
	switch f.Row.Runs[n-2].N {
	case 6:
		switch {
		case dash || serial == digits.Slash:
			return f.Take(f.Joined(n-2, verdict.FormParted))
		case serial == digits.Space || serial == digits.Dot:
			return f.Take(f.uncrowded(f.Joined(n-2, verdict.FormParted), n-2))
		case serial == digits.Under:
			return f.Take(f.Joined(n-2, verdict.FormRun))
		case serial == digits.Fence: // brackets and quotes stand around many numbers
			c := f.Joined(n-2, verdict.FormRun)
			if f.LabelOf(c.Start, c.End).Kind == label.Person {
				c.Form = verdict.FormParted
			}
			return f.Take(c)
		case (serial == digits.Pipe || serial == digits.Tab) && f.halvesUnderHeadings(n-2):
			c := f.Joined(n-2, verdict.FormParted)
			c.Spoken = true
			return f.Take(c)
		case serial == digits.Sign:
			return f.Take(f.signed(n - 2))
		case serial == digits.Tab || serial == digits.Wide:
			return f.matchApart(n - 2)
		}
	case 5:
		return dash && f.matchLostZero(n-2)
	case 8:
		return (dash || serial == digits.Space) && f.matchLongYear(n-2, dash)
	case 4:
		if n < 4 || f.Row.Runs[n-4].N != 2 || f.Row.Runs[n-3].N != 2 || !f.dateGaps(n-4) {
			return false
		}
		return dash && f.matchLongYear(n-4, dash) || serial == digits.Space && f.numbered(n-4) && f.matchLongYear(n-4, false)
	case 2:
		if n >= 4 && f.Row.Runs[n-4].N == 4 && (dash || serial == digits.Space) {
			return f.matchYearFirst(n-4, dash)
		}
		if n < 4 || f.Row.Runs[n-4].N != 2 || f.Row.Runs[n-3].N != 2 {
			return false
		}
		if !f.dateGaps(n - 4) {
			return f.mixed(n-4) && f.Take(f.signed(n-4))
		}
		if dash {
			return f.Take(f.Joined(n-4, verdict.FormParted))
		}
		if serial == f.Row.Runs[n-2].Gap && serial != digits.Space { // "22.06.45.7026"
			c := f.Joined(n-4, verdict.FormRun)
			return (f.numbered(n-4) || serial == digits.Dot && number.Modulus11(&c.Digits) && !f.Moment(&c)) && f.Take(c)
		}
		if f.mixed(n - 4) {
			return f.Take(f.signed(n - 4))
		}
		// "26 02 43 8069": a date in dots or slashes needs the hyphen, or every
		// date before a post code would be a number.
		if serial == digits.Space && f.Row.Runs[n-2].Gap == digits.Space {
			return f.Take(f.Joined(n-4, verdict.FormRun))
		}
	}
	return false
}

// matchApart judges six and four digits that a tab or several blanks part, as a scanner's
// text has them: a word for a person must stand directly before, and the check digit agree.
func (f *finder) matchApart(first int) bool {
	c := f.Joined(first, verdict.FormParted)
	if lab := f.LabelOf(c.Start, c.End); lab.Kind != label.Person || !lab.Direct || f.Moment(&c) || !number.Modulus11(&c.Digits) {
		return false
	}
	return f.Take(c)
}

// signed is "220645*7026": a label must stand directly before, since the signs part
// amounts, times and fields as well.
func (f *finder) signed(first int) verdict.Candidate {
	c := f.Joined(first, verdict.FormRun)
	c.Broken = true
	return c
}

// mixed reports whether a date and a serial parted by whatever signs ("22/06-45 7026",
// "22-06-45 / 7026") are called a person's number; behind a word for birth, where a post
// code may follow, the check digit must agree.
func (f *finder) mixed(first int) bool {
	serial := f.Row.Runs[first+3].Gap
	if f.dateGaps(first) && serial != digits.Sign {
		return false
	}
	c := f.Joined(first, verdict.FormRun)
	switch lab := f.LabelOf(c.Start, c.End); {
	case lab.Kind != label.CPR || !lab.Direct:
		return false
	case lab.Name == label.Born:
		return serial == digits.Sign && number.Modulus11(&c.Digits)
	}
	return serial != digits.Break && serial != digits.Tab
}

// dateGaps reports whether day, month and year are parted by the same sign.
func (f *finder) dateGaps(first int) bool {
	g := f.Row.Runs[first+1].Gap
	return g == f.Row.Runs[first+2].Gap && (g == digits.Space || g == digits.Dot || g == digits.Slash || g == digits.Dash)
}

// uncrowded weakens a number parted by a blank or dot when further digits stand
// beside it in the same way: a row of numbers has many pairs of six and four.
func (f *finder) uncrowded(c verdict.Candidate, first int) verdict.Candidate {
	right, _ := digits.GapAt(f.Text, c.End)
	for _, g := range []digits.Gap{f.Row.Runs[first].Gap, right} {
		if g == digits.Space || g == digits.Dot {
			c.Form = verdict.FormRun
		}
	}
	return c
}

// matchLongYear judges a date with a year of four digits, which must be the year
// that the serial tells.
func (f *finder) matchLongYear(first int, dash bool) bool {
	var all [16]byte
	k := 0
	for _, r := range f.Row.Runs[first:f.Row.Count] {
		k += copy(all[k:], r.Digit[:r.N])
	}
	as := verdict.FormRun
	if dash {
		as = verdict.FormParted
	}
	c := verdict.Candidate{Start: f.Row.Runs[first].Start, End: f.Row.Runs[f.Row.Count-1].End, Form: as, Dashed: dash}
	copy(c.Digits[:4], all[:4])
	copy(c.Digits[4:], all[6:12])
	// "20450622-7026": a day with its time never has the century that the serial tells.
	if first == f.Row.Count-2 && dash && all[0] >= 1 && all[0] <= 2 && !c.Real() {
		copy(c.Digits[:2], all[6:8])
		copy(c.Digits[2:4], all[4:6])
		copy(c.Digits[4:6], all[2:4])
		born, _, _ := number.BirthOf(&c.Digits)
		return number.Modulus11(&c.Digits) && c.BornIn(number.Value(all[:4])) && (f.numbered(first) || !f.Recent(born)) && f.Take(c)
	}
	return c.BornIn(number.Value(all[4:8])) && f.Take(c)
}

// matchYearFirst judges "2045-06-22-7026", behind a blank only with a label. File
// names have the form, so that without one it must stand alone and the check digit agree.
func (f *finder) matchYearFirst(first int, dash bool) bool {
	r := f.Row.Runs[first : first+4]
	numbered := f.numbered(first)
	if r[1].N != 2 || r[2].N != 2 || r[1].Gap != digits.Dash || r[2].Gap != digits.Dash || !numbered && !dash {
		return false
	}
	c := verdict.Candidate{Start: r[0].Start, End: r[3].End, Form: verdict.FormParted, Dashed: true}
	copy(c.Digits[:2], r[2].Digit[:2])
	copy(c.Digits[2:4], r[1].Digit[:2])
	copy(c.Digits[4:6], r[0].Digit[2:4])
	copy(c.Digits[6:], r[3].Digit[:4])
	if !numbered && (!number.Modulus11(&c.Digits) || f.Moment(&c) || !f.AloneInColumn(c.Start, c.End)) {
		return false
	}
	return c.BornIn(number.Value(r[0].Digit[:4])) && f.Take(c)
}

// numbered reports whether a label for a number, and not for a mere date of birth,
// stands before the run.
func (f *finder) numbered(first int) bool {
	lab := f.LabelOf(f.Row.Runs[first].Start, f.Row.Runs[f.Row.Count-1].End)
	return lab.Kind == label.CPR && lab.Name != label.Born
}

// matchLoose judges ten digits in boxes, cells or over a line break. Only a label
// directly before makes them one number.
func (f *finder) matchLoose() bool {
	if f.Row.Digits < 10 {
		return false
	}
	sum, first := 0, f.Row.Count
	for first > 0 && sum < 10 {
		first--
		sum += f.Row.Runs[first].N
	}
	if sum != 10 || first == f.Row.Count-1 || !f.looseGaps(first) {
		return false
	}
	c := f.Joined(first, verdict.FormLoose)
	if runs := f.Row.Runs[first:f.Row.Count]; spacedOut(runs) && number.Modulus11(&c.Digits) {
		parted := c
		parted.Form, parted.Dashed = verdict.FormParted, true
		if f.Take(parted) {
			return true
		}
	}
	c.Broken = true
	return f.Take(c)
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
	runs := f.Row.Runs[first:f.Row.Count]
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
	return long || equalBoxes(runs) || verdict.EqualPairs(runs) || dateFirst(runs)
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
