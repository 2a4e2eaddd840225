package written

import (
	"strings"
	"unicode/utf8"

	"brevvagt/detectors"
	"brevvagt/detectors/identity/digits"
	"brevvagt/detectors/identity/label"
	"brevvagt/detectors/identity/said"
	"brevvagt/detectors/identity/verdict"
)

// readOCR looks again at a text that a machine read from a picture, or a person typed so
// that no machine should, with letters that look like digits taken for digits. Such a
// reading counts only with a label and when date and check digit both prove it; in the form
// 6-4 it counts a little without the check digit.
func (f *finder) readOCR() {
	if f.Heading.Kind != label.CPR && !mentionsLabel(f.Text) {
		return
	}
	mended, changed := mend(f.Text)
	if !changed {
		return
	}
	again := finder{Reader: said.Reader{Judge: verdict.Judge{Text: mended, Heading: f.Heading, Rules: f.Rules, Today: f.Today, OCR: true, Explain: true}}}
	digits.Scan(mended, &again.Row, again.match, nil, nil)
	for _, r := range again.Out {
		if r.Verdict != verdict.Strong && !(r.Verdict == verdict.NoMod11 && r.Parted) || r.Label == "" || mended[r.Start:r.End] == f.Text[r.Start:r.End] || f.Covered(r.Start, r.End) {
			continue
		}
		r.OCR = true
		f.Add(r)
	}
}

func mentionsLabel(s string) bool {
	low := strings.ToLower(s)
	return strings.Contains(low, "cpr") || strings.Contains(low, "pers") || strings.Contains(low, "pnr") || strings.Contains(low, "født")
}

// mend replaces letters by the digits they look like, in words that hold a digit
// and nothing but digits and such letters. Every byte keeps its place: a letter of two
// bytes becomes the Arabic digit, which has two as well.
func mend(s string) (string, bool) {
	var out []byte
	for i := 0; i < len(s); {
		k, plain, letters, other := i, 0, 0, 0
		for k < len(s) {
			width, d := signAt(s, k)
			if width == 0 {
				break
			}
			switch {
			case digits.Digit(s[k]):
				plain++
			case d != 0:
				letters++
			default:
				other++
			}
			k += width
		}
		if plain > 0 && letters > 0 && other == 0 {
			if out == nil {
				out = []byte(s)
			}
			mendWord(out[i:k], s[i:k])
		}
		i = max(k, i+1)
	}
	if out == nil {
		return s, false
	}
	return string(out), true
}

func mendWord(out []byte, word string) {
	for i := 0; i < len(word); {
		width, d := signAt(word, i)
		switch {
		case d != 0 && width == 2:
			out[i], out[i+1] = 0xd9, 0xa0+d-'0'
		case d != 0:
			out[i] = d
		}
		i += width
	}
}

// signAt gives the width of a letter or digit at s[i], 0 for anything else, and the digit
// that a letter looks like, 0 for none.
func signAt(s string, i int) (width int, d byte) {
	if s[i] < 0x80 {
		if !digits.Alnum(s[i]) {
			return 0, 0
		}
		return 1, looksLike(s[i])
	}
	if s[i] >= 0xce && s[i] <= 0xd6 {
		if r, width := utf8.DecodeRuneInString(s[i:]); detectors.ForeignDigit(r) >= 0 {
			return width, '0' + byte(detectors.ForeignDigit(r))
		}
	}
	return 0, 0
}

func looksLike(c byte) byte {
	switch c {
	case 'O', 'o', 'D', 'Q':
		return '0'
	case 'l', 'I', 'i':
		return '1'
	case 'Z', 'z':
		return '2'
	case 'S', 's':
		return '5'
	case 'B':
		return '8'
	}
	return 0
}
