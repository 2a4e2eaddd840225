package written

import (
	"strings"
	"unicode/utf8"

	"brevvagt/detectors/identity/digits"
	"brevvagt/detectors/identity/label"
	"brevvagt/detectors/identity/number"
	"brevvagt/detectors/identity/verdict"
)

// This file reads the numbers that are not ten digits: masked ones, and the
// replacement numbers of the health service with two letters.

// matchLetters judges a replacement number of the health service: DDMMYY, one of
// 0 1 5 6 7, two capital letters, one digit.
func (f *finder) matchLetters() bool {
	last := &f.Row.Runs[f.Row.Count-1]
	first := f.Row.Count - 1
	var d [7]byte
	switch {
	case last.N == 7:
		copy(d[:], last.Digit[:7])
	case last.N == 1 && f.Row.Count >= 2 && f.Row.Runs[f.Row.Count-2].N == 6 && (last.Gap == digits.Dash || last.Gap == digits.Space):
		first = f.Row.Count - 2
		copy(d[:], f.Row.Runs[first].Digit[:6])
		d[6] = last.Digit[0]
	default:
		return false
	}
	start, end := f.Row.Runs[first].Start, last.End+3
	if end > len(f.Text) || !digits.Letter(f.Text[last.End]) || !digits.Letter(f.Text[last.End+1]) || !digits.Digit(f.Text[end-1]) {
		return false
	}
	small := !label.Capital(f.Text[last.End]) || !label.Capital(f.Text[last.End+1])
	if end < len(f.Text) {
		if r, _ := utf8.DecodeRuneInString(f.Text[end:]); digits.IsAlnum(r) {
			return false
		}
	}
	kind := verdict.ECPRX
	switch d[6] {
	case 1, 7:
	case 0, 5, 6:
		kind = verdict.ECPRD
	default:
		return false
	}
	lab := f.LabelOf(start, end)
	c := verdict.Candidate{Start: start, End: end, Form: verdict.FormParted}
	if !anyCentury(d[:6]) || !f.LeftOpen(&c, lab.Kind == label.CPR) || small && lab.Kind != label.CPR {
		return false
	}
	value := number.ASCII(d[:]) + strings.ToUpper(f.Text[last.End:end])
	f.Add(verdict.Reading{Start: start, End: end, Value: value, Verdict: kind, Label: lab.Name})
	return true
}

// maxMaskGap is how far a mask may stand from its date, in bytes.
const maxMaskGap = 24

// matchMasked judges six digits whose serial was blacked out: 010203-xxxx.
func (f *finder) matchMasked() bool {
	last := &f.Row.Runs[f.Row.Count-1]
	rest, width := f.Text[last.End:], 0
	if goesOn(rest) {
		return false
	}
	dash := false
	for width < len(rest) {
		r, w := utf8.DecodeRuneInString(rest[width:])
		if digits.IsDash(r) && !dash {
			dash = true
		} else if !digits.IsInvisible(r) && (r != ' ' || width > 6) || width > maxMaskGap {
			break
		}
		width += w
	}
	masks, w := maskAt(rest[width:], dash)
	c := verdict.Candidate{Start: last.Start, End: last.End + width + w, Form: verdict.FormRun}
	// After the hyphen a digit or a second hyphen may be the rest of a number.
	if masks == 0 && (!dash || width < len(rest) && (digits.Alnum(rest[width]) || digits.At(rest, width) || dashAt(rest, width))) {
		return false
	}
	lab := f.LabelOf(last.Start, last.End)
	if masks == 0 {
		// In a justified letter the rest stands on the next line.
		if g, next := digits.GapAt(f.Text, last.End); (g == digits.Dash || g == digits.DashBreak) && digits.At(f.Text, next) {
			return false
		}
		// "CPR: 010203-" and nothing more.
		if lab.Kind != label.CPR || !lab.Direct {
			return false
		}
		c.End = last.End + strings.IndexFunc(rest, digits.IsDash) + 1
	}
	if !anyCentury(last.Digit[:6]) || !f.LeftOpen(&c, lab.Kind == label.CPR) {
		return false
	}
	c.End = min(c.End, len(f.Text))
	f.Add(verdict.Reading{Start: c.Start, End: c.End, Value: number.ASCII(last.Digit[:6]) + "xxxx", Verdict: verdict.Masked, Label: lab.Name})
	return true
}

// goesOn reports whether a digit stands at the beginning of s, or behind a blank or hyphen,
// where a mask would stand.
func goesOn(s string) bool {
	if s != "" && (s[0] == ' ' || s[0] == '-') {
		s = s[1:]
	}
	return s != "" && digits.Digit(s[0])
}

func dashAt(s string, i int) bool {
	r, _ := utf8.DecodeRuneInString(s[i:])
	return digits.IsDash(r)
}

// maskAt reads four signs that stand for a serial, of which the last two may be
// digits. Dots and lines need a hyphen before them: leader dots follow numbers too.
func maskAt(s string, dash bool) (masks, width int) {
	n := 0
	for n < 5 && width < len(s) {
		r, w := utf8.DecodeRuneInString(s[width:])
		switch {
		case r == 'x' || r == 'X' || r == '*':
			masks++
		case dash && (r == '#' || r == '.' || r == '_' || r == '•' || r == '●' || r == '?' || r == '█'):
			masks++
		case masks >= 2 && r >= '0' && r <= '9':
		default:
			if n != 4 || digits.IsLetter(r) {
				return 0, 0
			}
			return masks, width
		}
		n++
		width += w
	}
	if n != 4 {
		return 0, 0
	}
	return masks, width
}

// anyCentury reports whether six digits are a date in some century.
func anyCentury(d []byte) bool {
	b := number.Birth{Year: 2000 + int(d[4])*10 + int(d[5]), Month: int(d[2])*10 + int(d[3]), Day: int(d[0])*10 + int(d[1])}
	return b.Exists()
}
