package written

import (
	"strings"
	"unicode/utf8"

	"brevvagt/detectors"
	"brevvagt/detectors/identity/digits"
	"brevvagt/detectors/identity/said"
	"brevvagt/detectors/identity/verdict"
)

// This file reads numbers in raised, lowered or circled digits. They stand for plain
// ones only where plain ones do not touch them: there they are a footnote's sign or an
// exponent.

// readFancy judges the numbers in such digits.
func (f *finder) readFancy() {
	if !f.signs.fancy {
		return
	}
	plain, place := plainDigits(f.Text)
	if place == nil {
		return
	}
	again := finder{Reader: said.Reader{Judge: verdict.Judge{Text: plain, Heading: f.Heading, Rules: f.Rules, Today: f.Today, Cell: f.Cell, Explain: f.Explain}}}
	digits.Scan(plain, &again.Row, again.match, nil, nil)
	for _, r := range again.Out {
		if start, end := place[r.Start], place[r.End]; end-start > r.End-r.Start {
			r.Start, r.End = start, end
			f.Out = append(f.Out, r)
		}
	}
	for _, sp := range again.Spans {
		if start, end := place[sp.Start], place[sp.End]; end-start > sp.End-sp.Start {
			sp.Start, sp.End = start, end
			f.Spans = append(f.Spans, sp)
		}
	}
}

// beginsFancy reports whether such a digit begins at s[i]: all but the raised 1, 2 and 3,
// which stand in every text about areas.
func beginsFancy(s string, i int) bool {
	if i+1 >= len(s) || s[i] == 0xe2 && !fancySecond[s[i+1]] {
		return false
	}
	r, _ := utf8.DecodeRuneInString(s[i:])
	return detectors.FancyDigit(r) >= 0
}

// fancySecond has the second bytes of those that begin with 0xe2.
var fancySecond = func() (t [256]bool) {
	for _, c := range []byte("\x81\x82\x91\x92\x93\x9d\x9e") {
		t[c] = true
	}
	return t
}()

// plainDigits writes such digits as plain ones. place has, for every byte of the
// result and its end, where it stood in s; nil when there was nothing to write.
func plainDigits(s string) (plain string, place []int) {
	var b strings.Builder
	b.Grow(len(s))
	place = make([]int, 0, len(s)+1)
	bare, changed := false, false // bare: a plain digit stands right before
	whole := 0                    // up to here all digits are one number's
	for i := 0; i < len(s); {
		r, w := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, w = utf8.DecodeRuneInString(s[i:])
		}
		v := detectors.FancyDigit(r)
		if v >= 0 && i >= whole && !bare {
			whole = i + mixedNumber(s[i:])
		}
		switch {
		case v >= 0 && (!bare || i < whole):
			b.WriteByte('0' + byte(v))
			place = append(place, i)
			changed = true
		default:
			bare = digits.At(s, i) || bare && v >= 0
			b.WriteString(s[i : i+w])
			for k := range w {
				place = append(place, i+k)
			}
		}
		i += w
	}
	if !changed {
		return s, nil
	}
	return b.String(), append(place, len(s))
}

// mixedNumber gives the length of a row of exactly ten digits at the beginning of s in
// which several are such ones, 0 when there is none.
func mixedNumber(s string) int {
	n, fancy, i := 0, 0, 0
	for i < len(s) {
		r, w := utf8.DecodeRuneInString(s[i:])
		switch {
		case detectors.FancyDigit(r) >= 0:
			fancy++
		case !digits.At(s, i):
			w = 0
		}
		if w == 0 {
			break
		}
		n++
		i += w
	}
	if n != 10 || fancy < 3 {
		return 0
	}
	return i
}
