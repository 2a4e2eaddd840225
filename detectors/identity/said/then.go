package said

import (
	"strings"

	"brevvagt/detectors/identity/number"
	"brevvagt/detectors/identity/verdict"
)

// thenSigns bounds, in bytes, what stands between a date and the words of its last four digits.
const thenSigns = 8

// MatchThen judges the last four digits that somebody gives in a sentence of their own,
// directly behind a date that is called one of birth: "Hun er født 220645. Det er 7026."
// Nothing else calls them so, and the check digit must agree: what follows such a date may
// be a post code, a price or a year.
func (f *Reader) MatchThen(start int) {
	end := start + 4
	if end < len(f.Text) && strings.IndexByte(".,;!)\r\n", f.Text[end]) < 0 || end+1 < len(f.Text) && f.Text[end+1] >= '0' && f.Text[end+1] <= '9' {
		return
	}
	low := max(0, start-verdict.BirthWindow)
	before := thenWords(f.Text[low:start])
	date := strings.TrimRight(before, " .,;:!)\r\n-")
	if date == "" || len(before)-len(date) > thenSigns || len(before) == len(date) {
		return
	}
	all := verdict.SpokenDate.FindAllStringSubmatchIndex(date, -1)
	if len(all) == 0 || all[len(all)-1][1] != len(date) {
		return
	}
	c, ok := f.SpokenNumber(low, all[len(all)-1], [4]byte{f.Text[start] - '0', f.Text[start+1] - '0', f.Text[start+2] - '0', f.Text[start+3] - '0'})
	c.End = end
	called := f.Text[max(low, c.Start-birthLabel):c.Start]
	if ok && number.Modulus11(&c.Digits) && birthWords.MatchString(called) && !cardWords.MatchString(called) {
		f.Take(c)
	}
}

// thenWords is s without the words at its end that give four digits, "" without any.
func thenWords(s string) string {
	for _, words := range [...]string{"Det er ", "det er ", "Resten er ", "resten er "} {
		if before, ok := strings.CutSuffix(s, words); ok {
			return strings.TrimSuffix(strings.TrimSuffix(before, "og "), "så ")
		}
	}
	return ""
}
