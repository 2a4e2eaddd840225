package verdict

import (
	"regexp"
	"slices"
	"strings"

	"brevvagt/detectors"
	"brevvagt/detectors/identity/number"
)

// bornBeside reports whether the date of birth that a number tells is written out
// within reach of it: "220645-7026, født 22.06.2045".
func (f *Judge) bornBeside(c *Candidate, born number.Birth) bool {
	low, high := max(0, c.Start-BirthWindow/2), min(len(f.Text), c.End+BirthWindow/2)
	for _, side := range [...]string{f.Text[low:c.Start], f.Text[c.End:high]} {
		for _, m := range SpokenDate.FindAllStringSubmatch(side, -1) {
			day, month, year := number.Pad(m[1]), number.Pad(m[2]), m[3]
			switch {
			case m[7] != "":
				day, month, year = number.Pad(m[7]), number.TwoDigits(number.MonthOf(strings.ToLower(m[8]))), m[9]
			case m[10] != "":
				day, month, year = m[12], m[11], m[10]
			}
			if len(year) == 4 && day == number.TwoDigits(born.Day) && month == number.TwoDigits(born.Month) && year == number.TwoDigits(born.Year/100)+number.TwoDigits(born.Year%100) {
				return true
			}
		}
	}
	return false
}

// NameBefore reports whether two words with capitals and a parenthesis, comma or
// dash stand directly before a number: "Testperson Eksempel (2206457026)".
func (f *Judge) NameBefore(start int) bool {
	s := strings.TrimRight(f.Text[max(0, start-60):start], " ")
	t := strings.TrimRight(s, "([<,;|\t–-")
	return len(t) < len(s) && namePair.MatchString(strings.TrimRight(t, " "))
}

var namePair = regexp.MustCompile(`(?:^|[\s>"|])\p{Lu}\p{Ll}+(?:[ -]\p{Lu}[\p{Ll}.]*)*[ -]\p{Lu}\p{Ll}{2,}$`)

// ReadAt reports whether a number was read at a place already.
func (f *Judge) ReadAt(i int) bool {
	return slices.ContainsFunc(f.Spans, func(sp detectors.Span) bool { return sp.Start <= i && i < sp.End }) ||
		slices.ContainsFunc(f.Out, func(r Reading) bool { return r.Start <= i && i < r.End })
}

// Covered reports whether the place was read as it stands already.
func (f *Judge) Covered(start, end int) bool {
	for _, sp := range f.Spans {
		if sp.Start < end && start < sp.End && sp.Detector != IDTypo {
			return true
		}
	}
	return false
}

// BirthWindow is how many bytes are looked back from a serial's words for the date.
const BirthWindow = 160

// SpokenDate is a date as people write one.
var SpokenDate = regexp.MustCompile(`(?i)(?:^|[^\d.\-/])(?:(\d{1,2})[./-](\d{1,2})[./ -](\d{4}|\d{2})|(\d{2})(\d{2})(\d{2})|(\d{1,2})\.?\s+(jan|feb|mar|apr|maj|may|jun|jul|aug|sep|okt|oct|nov|dec)[a-zæøå]*\.?\s+(\d{4}|\d{2})|(\d{4})-(\d{2})-(\d{2}))(?:$|[^\d\-/])`)
