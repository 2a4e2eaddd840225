package written

import (
	"strings"
	"unicode/utf8"

	"brevvagt/detectors"
	"brevvagt/detectors/identity/digits"
	"brevvagt/detectors/identity/label"
	"brevvagt/detectors/identity/number"
	"brevvagt/detectors/identity/verdict"
)

// This file reads numbers in which somebody typed, or a machine read, letters for digits,
// with no label to tell what they are: "22O645-7O26".

// How many of the ten digits may be letters in the form 6-4, by itself and where more than
// date and check digit speaks for a person's number.
const (
	maxMistyped  = 3
	maxDisguised = 7
)

// signs is what was met on the way through a text: the hyphens around which such a number
// may stand, the digits that may be the last four of one written without a hyphen, and
// whether digits of another kind were among the rest.
type signs struct {
	hyphens [16]int
	count   int // of hyphens, those included that did not find room
	tails   [8]int
	tailed  int // of tails; further ones are not looked at
	fancy   bool
}

// meetFour looks at the four digits at start as the end of a number in a chat, of one in
// which letters stand for digits, and of one whose date stands apart.
func (f *finder) meetFour(start int) {
	if start > 1 && f.Text[start-1] == ' ' && f.Text[start-2] == ':' {
		f.MatchChat(start)
	}
	if start > 10 && f.Text[start-1] == ' ' && f.Text[start-2] == 'r' && f.Text[start-3] == 'e' && f.Text[start-4] == ' ' {
		f.MatchThen(start)
	}
	if start > 6 && (mayBeDigit[f.Text[start-7]] || mayBeDigit[f.Text[start-1]] || !digits.Letter(f.Text[start-2])) { // few years
		f.meetTail(start)
	}
	f.NoteFour(start)
}

// meetTail notes the four digits from byte k on where letters that look like digits stand
// before them: most have a look at two bytes.
func (f *finder) meetTail(k int) {
	if f.signs.tailed == len(f.signs.tails) {
		return
	}
	if i := dateEnd(f.Text, k); i >= 6 && mayBeDigit[f.Text[i-1]] && mayBeDigit[f.Text[i-6]] && !plainDigitsIn(f.Text[i-6:i]) {
		f.signs.tails[f.signs.tailed] = k
		f.signs.tailed++
	}
}

// dateEnd gives where a date ends before four digits from byte k on, with nothing, a blank,
// or a dash between blanks after it.
func dateEnd(s string, k int) int {
	i := k
	if i > 0 && s[i-1] == ' ' {
		i--
	}
	switch {
	case i > 0 && s[i-1] == '-':
		i--
	case i > 2 && s[i-1] >= 0x80 && dashAt(s, i-len("–")):
		i -= len("–")
	default:
		return i
	}
	if i > 0 && s[i-1] == ' ' {
		i--
	}
	return i
}

// meetSign notes the hyphen or the byte from 0xd9 on at i.
func (f *finder) meetSign(i int) {
	switch f.Text[i] {
	case '-':
		if aroundHyphen(f.Text, i, 1) {
			f.signs.note(i)
		}
	case 0xe2:
		if aroundHyphen(f.Text, i, len("–")) && dashAt(f.Text, i) {
			f.signs.note(i)
		}
		f.signs.fancy = f.signs.fancy || beginsFancy(f.Text, i)
	case 0xf0:
		f.signs.fancy = f.signs.fancy || beginsFancy(f.Text, i)
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
	for _, k := range f.signs.tails[:f.signs.tailed] {
		f.mistypedAt(dateEnd(f.Text, k), k)
	}
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
			if width := 1; plain == (f.Text[i] == '-') {
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
	for i := range len(f.Text) {
		if f.Text[i] == first && aroundHyphen(f.Text, i, width) && dashAt(f.Text, i) {
			f.mistypedAt(i, i+width)
		}
	}
}

// mistypedAt judges the six signs before byte i and the four from byte k on. Date and check
// digit must both prove the number, and nothing may call it another.
func (f *finder) mistypedAt(i, k int) {
	c := verdict.Candidate{Start: i, End: k, Form: verdict.FormParted, Dashed: k > i && f.Text[i:k] != " ", Mistyped: true}
	if i == k {
		c.Form = verdict.FormRun
	}
	letters := 0
	for n := 5; n >= 0; n-- {
		width, d, letter := mistypedBefore(f.Text, c.Start)
		if width == 0 {
			return
		}
		c.Start -= width
		c.Digits[n] = d
		letters += letter
	}
	plain := letters
	for n := 6; n < 10; n++ {
		width, d, letter := mistypedDigit(f.Text[c.End:])
		if width == 0 {
			return
		}
		c.End += width
		c.Digits[n] = d
		letters += letter
	}
	if letters == 0 || letters > maxDisguised || !number.Modulus11(&c.Digits) || !c.Real() || !f.apartFromCodes(&c) || f.Covered(c.Start, c.End) || f.ReadAt(c.Start) {
		return
	}
	lab := f.LabelOf(c.Start, c.End)
	if f.Moment(&c) || lab.Kind == label.Other {
		return
	}
	hyphen := k > i && !strings.Contains(f.Text[i:k], " ")
	c.Disguised = plain == letters && letters > 1 && disguise(f.Text[c.Start:i])
	if hyphen && letters <= maxMistyped || lab.Kind == label.CPR || lab.Kind == label.Person || c.Disguised || f.NameBefore(c.Start) {
		f.Take(c)
	}
}

// disguise reports whether a capital stands behind a small letter, as in "lOO15O": codes and
// words are not written so, and numbers that are to pass by are.
func disguise(s string) bool {
	small := false
	for _, c := range []byte(s) {
		if small && label.Capital(c) {
			return true
		}
		small = small || c >= 'a' && c <= 'z'
	}
	return false
}

// apartFromCodes reports whether neither a letter nor a sign that joins the parts of keys,
// addresses and names of files touches the number.
func (f *finder) apartFromCodes(c *verdict.Candidate) bool {
	before, _ := utf8.DecodeLastRuneInString(f.Text[:c.Start])
	behind, width := utf8.DecodeRuneInString(f.Text[c.End:])
	if c.Start > 0 && (digits.IsAlnum(before) || strings.ContainsRune("-_/=.@#+&%", before)) {
		return false
	}
	if c.End == len(f.Text) {
		return true
	}
	next, _ := utf8.DecodeRuneInString(f.Text[c.End+width:])
	return !digits.IsAlnum(behind) && !strings.ContainsRune("-_/=@#+&%", behind) && (behind != '.' || !digits.IsAlnum(next))
}

// mayBeDigit has the bytes that such a sign begins or ends with.
var mayBeDigit = func() (t [256]bool) {
	for _, c := range []byte("0123456789OoDQlIi|ZzSsB") {
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
	case c < utf8.RuneSelf:
		if d := looksLike(c); d != 0 {
			return 1, d - '0', 1
		}
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
