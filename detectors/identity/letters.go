package identity

import (
	"strings"
	"unicode/utf8"

	"brevvagt/detectors/identity/digits"
)

// This file reads the numbers that are not ten digits: masked ones, and the
// replacement numbers of the health service with two letters.

// matchLetters judges a replacement number of the health service: DDMMYY, one of
// 0 1 5 6 7, two capital letters, one digit.
func (f *finder) matchLetters() bool {
	last := &f.row.Runs[f.row.Count-1]
	first := f.row.Count - 1
	var d [7]byte
	switch {
	case last.N == 7:
		copy(d[:], last.Digit[:7])
	case last.N == 1 && f.row.Count >= 2 && f.row.Runs[f.row.Count-2].N == 6 && (last.Gap == digits.Dash || last.Gap == digits.Space):
		first = f.row.Count - 2
		copy(d[:], f.row.Runs[first].Digit[:6])
		d[6] = last.Digit[0]
	default:
		return false
	}
	start, end := f.row.Runs[first].Start, last.End+3
	if end > len(f.text) || !digits.Letter(f.text[last.End]) || !digits.Letter(f.text[last.End+1]) || !digits.Digit(f.text[end-1]) {
		return false
	}
	small := !capital(f.text[last.End]) || !capital(f.text[last.End+1])
	if end < len(f.text) {
		if r, _ := utf8.DecodeRuneInString(f.text[end:]); digits.IsAlnum(r) {
			return false
		}
	}
	verdict := ECPRX
	switch d[6] {
	case 1, 7:
	case 0, 5, 6:
		verdict = ECPRD
	default:
		return false
	}
	lab := f.labelOf(start, end)
	c := candidate{start: start, end: end, form: formParted}
	if !anyCentury(d[:6]) || !f.leftOpen(&c, lab.kind == labelCPR) || small && lab.kind != labelCPR {
		return false
	}
	value := ascii(d[:]) + strings.ToUpper(f.text[last.End:end])
	f.add(Reading{Start: start, End: end, Value: value, Verdict: verdict, Label: lab.name})
	return true
}

func capital(c byte) bool { return c >= 'A' && c <= 'Z' }

// maxMaskGap is how far a mask may stand from its date, in bytes.
const maxMaskGap = 24

// matchMasked judges six digits whose serial was blacked out: 010203-xxxx.
func (f *finder) matchMasked() bool {
	last := &f.row.Runs[f.row.Count-1]
	rest, width := f.text[last.End:], 0
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
	c := candidate{start: last.Start, end: last.End + width + w, form: formRun}
	// After the hyphen a digit or a second hyphen may be the rest of a number.
	if masks == 0 && (!dash || width < len(rest) && (digits.Alnum(rest[width]) || digits.At(rest, width) || dashAt(rest, width))) {
		return false
	}
	lab := f.labelOf(last.Start, last.End)
	if masks == 0 {
		// In a justified letter the rest stands on the next line.
		if g, next := digits.GapAt(f.text, last.End); (g == digits.Dash || g == digits.DashBreak) && digits.At(f.text, next) {
			return false
		}
		// "CPR: 010203-" and nothing more.
		if lab.kind != labelCPR || !lab.direct {
			return false
		}
		c.end = last.End + strings.IndexFunc(rest, digits.IsDash) + 1
	}
	if !anyCentury(last.Digit[:6]) || !f.leftOpen(&c, lab.kind == labelCPR) {
		return false
	}
	c.end = min(c.end, len(f.text))
	f.add(Reading{Start: c.start, End: c.end, Value: ascii(last.Digit[:6]) + "xxxx", Verdict: Masked, Label: lab.name})
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
	b := birth{year: 2000 + int(d[4])*10 + int(d[5]), month: int(d[2])*10 + int(d[3]), day: int(d[0])*10 + int(d[1])}
	return b.exists()
}

func ascii(d []byte) string {
	var b [12]byte
	for i, v := range d {
		b[i] = '0' + v
	}
	return string(b[:len(d)])
}

// placeholder reports whether a text holds template residue in place of a number.
// It serves Classify alone: finding residue is the template rules' work.
func placeholder(s string) bool {
	low := strings.ToLower(s)
	for _, mark := range []string{"xxxxxx-xxxx", "ddmmåå-xxxx", "ddmmyy-xxxx", "000000-0000", "______-____"} {
		if strings.Contains(low, mark) {
			return true
		}
	}
	for _, pair := range [][2]string{{"«", "»"}, {"[", "]"}, {"{{", "}}"}, {"<<", ">>"}} {
		if _, rest, ok := strings.Cut(low, pair[0]); ok {
			if inside, _, ok := strings.Cut(rest, pair[1]); ok && strings.Contains(inside, "cpr") {
				return true
			}
		}
	}
	return false
}
