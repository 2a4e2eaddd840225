package digits

import (
	"strings"
	"unicode/utf8"
)

// This file reads what people and programs put between the halves of a number when
// it is not a hyphen: brackets, quotes, signs of the keyboard, the escapes of
// addresses on the web. None of them is common in a number, so that each counts
// for little by itself; the reader decides what it takes.

// oddSign has the bytes that such a gap begins with.
var oddSign = func() (t [256]bool) {
	for _, b := range []byte("])\"'%+*~\\=,:;[(#") {
		t[b] = true
	}
	return t
}()

// escapes are a hyphen, a dash and blanks as addresses on the web write them.
var escapes = []struct {
	text string
	gap  Gap
}{
	{"%2D", Dash}, {"%2d", Dash}, {"%E2%80%93", Dash}, {"%e2%80%93", Dash}, {"%E2%80%91", Dash}, {"%e2%80%91", Dash},
	{"%20", Space}, {"%C2%A0", Space}, {"%c2%a0", Space},
}

// oddGap is GapAt for a gap that begins with an odd sign.
func oddGap(s string, i int) (Gap, int) {
	c := s[i]
	switch c {
	case '%':
		for _, e := range escapes {
			if next := i + len(e.text); strings.HasPrefix(s[i:], e.text) && next < len(s) && At(s, next) {
				return e.gap, next
			}
		}
	case ')':
		if next := behindBracket(s, i); next > 0 {
			return Sign, next
		}
		return fence(s, i)
	case ']', '"', '\'':
		return fence(s, i)
	case '(':
		if next := i + 1; halves(s, i, next) && next+4 < len(s) && s[next+4] == ')' {
			return Sign, next
		}
	case '+', '*', '~', '\\', '=', ',', ':', ';', '#':
		next := i + 1
		if c == ',' && next < len(s) && s[next] == ' ' {
			next++
		}
		if halves(s, i, next) {
			return Sign, next
		}
	}
	return None, i
}

// halves reports whether six digits end at i and four stand from next on: such signs
// part so many numbers that only the two halves of one are worth a look.
func halves(s string, i, next int) bool {
	if i < 6 || next+4 > len(s) || i > 6 && Digit(s[i-7]) || next+4 < len(s) && Digit(s[next+4]) {
		return false
	}
	for k := i - 6; k < i; k++ {
		if !Digit(s[k]) {
			return false
		}
	}
	for k := next; k < next+4; k++ {
		if !Digit(s[k]) {
			return false
		}
	}
	return true
}

// behindBracket reads "(220645)-7026": six digits in brackets before i, and where the
// four behind them begin, or 0.
func behindBracket(s string, i int) int {
	if i < 7 || s[i-7] != '(' {
		return 0
	}
	next := i + 1
	if next < len(s) && (s[next] == '-' || s[next] == ' ') {
		next++
	}
	if !halves(s, i, next) {
		return 0
	}
	return next
}

// fence reads "] [", ")-(", "\" \"": closed, at most four blanks, strokes or hyphens,
// and opened again in the same way.
func fence(s string, i int) (Gap, int) {
	open := s[i]
	switch s[i] {
	case ']':
		open = '['
	case ')':
		open = '('
	}
	k := i + 1
	for k < len(s) && k-i <= 4 && (s[k] == ' ' || s[k] == '-' || s[k] == '|' || s[k] == '\t' || s[k] == ',') {
		k++
	}
	if k >= len(s) || s[k] != open {
		return None, i
	}
	for k++; k < len(s) && s[k] == ' '; k++ {
		if k-i > 8 {
			return None, i
		}
	}
	if k < len(s) && At(s, k) {
		return Fence, k
	}
	return None, i
}

// oddRune tells the points and bars that are no hyphen and stand in its place.
func oddRune(r rune) bool {
	return r == 0xb7 || r == 0x2022 || r == 0x2219 || r == 0x22c5 || r == 0x30fb || r == 0x2bd || r == 0x2027
}

// signAt reads one such rune between two digits; w is its width or 0.
func signAt(s string, i int) int {
	r, w := utf8.DecodeRuneInString(s[i:])
	if !oddRune(r) || !halves(s, i, i+w) {
		return 0
	}
	return w
}
