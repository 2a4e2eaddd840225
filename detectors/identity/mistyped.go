package identity

import (
	"strings"
	"unicode/utf8"

	"brevvagt/detectors"
	"brevvagt/detectors/identity/digits"
)

// This file reads numbers of the form 6-4 in which somebody typed, or a machine read,
// letters for digits, with no label to tell what they are: "22O645-7O26".

// maxMistyped is how many of the ten digits may be letters.
const maxMistyped = 3

// signs is what was met on the way through a text: the hyphens around which such a number
// may stand, and whether digits of another kind were among the rest.
type signs struct {
	hyphens [16]int
	count   int // of hyphens, those included that did not find room
	fancy   bool
}

// meetSign notes the hyphen or the byte from 0xd9 on at i.
func (f *finder) meetSign(i int) {
	switch f.text[i] {
	case '-':
		if aroundHyphen(f.text, i, 1) {
			f.signs.note(i)
		}
	case 0xe2:
		if aroundHyphen(f.text, i, len("–")) && dashAt(f.text, i) {
			f.signs.note(i)
		}
		f.signs.fancy = f.signs.fancy || beginsFancy(f.text, i)
	case 0xf0:
		f.signs.fancy = f.signs.fancy || beginsFancy(f.text, i)
	}
}

func (s *signs) note(i int) {
	if s.count < len(s.hyphens) {
		s.hyphens[s.count] = i
	}
	s.count++
}

// aroundHyphen reports whether signs that may be digits, and are not all plain ones, stand
// around the hyphen at s[i]. Few of a text's hyphens have such signs on both sides, which
// four bytes tell.
func aroundHyphen(s string, i, width int) bool {
	k := i + width
	if i < 6 || k+4 > len(s) || !mayBeDigit[s[k]] || !mayBeDigit[s[i-1]] || !mayBeDigit[s[k+3]] || !mayBeDigit[s[i-6]] {
		return false
	}
	return !plainDigitsIn(s[i-6:i]) || !plainDigitsIn(s[k:k+4])
}

func plainDigitsIn(s string) bool {
	for i := range len(s) {
		if !digits.Digit(s[i]) {
			return false
		}
	}
	return true
}

// readMistyped judges what stands around every hyphen that was noted, the plain ones first.
func (f *finder) readMistyped() {
	if f.signs.count == 0 {
		return
	}
	if f.signs.count > len(f.signs.hyphens) {
		f.readMistypedAround('-', 1)
		f.readMistypedAround(0xe2, len("–"))
		return
	}
	for _, plain := range [...]bool{true, false} {
		for _, i := range f.signs.hyphens[:f.signs.count] {
			if width := 1; plain == (f.text[i] == '-') {
				if !plain {
					width = len("–")
				}
				f.mistypedAt(i, i+width)
			}
		}
	}
}

// readMistypedAround does so for every hyphen of a width that begins with the byte.
func (f *finder) readMistypedAround(first byte, width int) {
	for i := range len(f.text) {
		if f.text[i] == first && aroundHyphen(f.text, i, width) && dashAt(f.text, i) {
			f.mistypedAt(i, i+width)
		}
	}
}

// mistypedAt judges the six signs before the hyphen from byte i on and the four behind it,
// from byte k on. Date and check digit must both prove the number, and nothing may call it
// another.
func (f *finder) mistypedAt(i, k int) {
	c := candidate{start: i, end: k, form: formParted, dashed: true, mistyped: true}
	letters := 0
	for k := 5; k >= 0; k-- {
		width, d, letter := mistypedBefore(f.text, c.start)
		if width == 0 {
			return
		}
		c.start -= width
		c.d[k] = d
		letters += letter
	}
	for k := 6; k < 10; k++ {
		width, d, letter := mistypedDigit(f.text[c.end:])
		if width == 0 {
			return
		}
		c.end += width
		c.d[k] = d
		letters += letter
	}
	if letters == 0 || letters > maxMistyped || !modulus11(&c.d) || !c.real() || !f.apartFromCodes(&c) || f.covered(c.start, c.end) || f.readAt(c.start) {
		return
	}
	if f.moment(&c) || f.labelOf(c.start, c.end).kind == labelOther {
		return
	}
	f.take(c)
}

// apartFromCodes reports whether neither a letter nor a sign that joins the parts of keys,
// addresses and names of files touches the number.
func (f *finder) apartFromCodes(c *candidate) bool {
	before, _ := utf8.DecodeLastRuneInString(f.text[:c.start])
	behind, width := utf8.DecodeRuneInString(f.text[c.end:])
	if c.start > 0 && (digits.IsAlnum(before) || strings.ContainsRune("-_/=.@#+&%", before)) {
		return false
	}
	if c.end == len(f.text) {
		return true
	}
	next, _ := utf8.DecodeRuneInString(f.text[c.end+width:])
	return !digits.IsAlnum(behind) && !strings.ContainsRune("-_/=@#+&%", behind) && (behind != '.' || !digits.IsAlnum(next))
}

// mayBeDigit has the bytes that such a sign begins or ends with.
var mayBeDigit = func() (t [256]bool) {
	for _, c := range []byte("0123456789OolI|SB") {
		t[c] = true
	}
	for c := 0x80; c <= 0xd6; c++ {
		t[c] = true
	}
	return t
}()

// mistypedDigit reads the digit, or the letter that looks like one, at the beginning of s;
// letter is 1 for a letter and width 0 for anything else.
func mistypedDigit(s string) (width int, d byte, letter int) {
	if s == "" {
		return 0, 0, 0
	}
	switch c := s[0]; {
	case digits.Digit(c):
		return 1, c - '0', 0
	case c == '|':
		return 1, 1, 1
	case c == 'O' || c == 'o' || c == 'l' || c == 'I' || c == 'S' || c == 'B':
		return 1, looksLike(c) - '0', 1
	case c < utf8.RuneSelf:
		return 0, 0, 0
	}
	r, width := utf8.DecodeRuneInString(s)
	if v := detectors.ForeignDigit(r); v >= 0 {
		return width, byte(v), 1
	}
	return 0, 0, 0
}

// mistypedBefore is mistypedDigit for the sign that ends at byte i.
func mistypedBefore(s string, i int) (width int, d byte, letter int) {
	_, w := utf8.DecodeLastRuneInString(s[:i])
	return mistypedDigit(s[i-w : i])
}
