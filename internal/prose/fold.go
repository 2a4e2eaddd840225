package prose

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// fold gives letters and digits of full width, and the digits of other scripts, the
// form in which everything below looks for them. Arabic digits and those of
// mathematics are left to the detectors, which know them.
func fold(text string) string {
	text = plainDigits(text)
	// The lead bytes of the blocks in question do not occur in Danish.
	if strings.IndexByte(text, 0xef) < 0 && strings.IndexByte(text, 0xe0) < 0 && strings.IndexByte(text, 0xe1) < 0 {
		return text
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r < 0x800 || r > 0xffff:
			return r
		case r >= 0xff01 && r <= 0xff5e:
			return r - 0xfee0
		case unicode.Is(unicode.Nd, r):
			// Every script's zero stands at the beginning of a row of 16 or at its 7th.
			n := r & 15
			if !unicode.Is(unicode.Nd, r-n) {
				n -= 6
			}
			return '0' + n
		}
		return r
	}, text)
}

// Turned gives a text as it is shown where it holds marks that turn the direction
// of writing: what stands behind such a mark is read from its end.
func Turned(text string) string {
	const turn = "\u202e"
	if !strings.Contains(text, turn) {
		return text
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, turn)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		end := strings.IndexAny(rest, "\u202c\u2069\n")
		if end < 0 {
			end = len(rest)
		}
		run := []rune(rest[:end])
		for i := len(run) - 1; i >= 0; i-- {
			b.WriteRune(run[i])
		}
		text = rest[end:]
	}
}

// styledBlocks are the beginnings of the characters that look like digits in a ring, raised
// or lowered, or of a display.
var styledBlocks = [...]string{"\xe2\x81", "\xe2\x82", "\xe2\x91", "\xe2\x93", "\xe2\x9d", "\xe2\x9e", "\xf0\x9f\x84", "\xf0\x9f\xaf"}

// minStyled is how many such digits in a row are a number and not marks of footnotes,
// powers or items of a list.
const minStyled = 8

// plainDigits writes a long row of digits in a ring, raised or lowered, or of a display
// with plain ones. Blanks and dashes may stand between.
func plainDigits(text string) string {
	found := false
	for _, block := range styledBlocks {
		found = found || strings.Contains(text, block)
	}
	if !found {
		return text
	}
	var b strings.Builder
	done, start, end, digits := 0, 0, 0, 0 // a row is text[start:end]
	flush := func() {
		if digits >= minStyled {
			b.WriteString(text[done:start])
			for _, r := range text[start:end] {
				if d, ok := styled(r); ok {
					r = d
				}
				b.WriteRune(r)
			}
			done = end
		}
		digits = 0
	}
	for i, r := range text {
		_, ok := styled(r)
		switch {
		case ok:
			if digits == 0 {
				start = i
			}
			digits++
			end = i + utf8.RuneLen(r)
		case digits > 0 && (i-end > 3 || r != ' ' && r != '-' && r != 0xa0 && (r < 0x2010 || r > 0x2015)):
			flush()
		}
	}
	flush()
	return b.String() + text[done:]
}

// styled gives the digit that a character looks like.
func styled(r rune) (rune, bool) {
	switch {
	case r == 0xb9:
		return '1', true
	case r == 0xb2 || r == 0xb3:
		return r - 0xb0 + '0', true
	case r == 0x2070 || r >= 0x2074 && r <= 0x2079:
		return r - 0x2070 + '0', true
	case r >= 0x2080 && r <= 0x2089:
		return r - 0x2080 + '0', true
	case r == 0x24ea || r == 0x24ff || r == 0x1f10b || r == 0x1f10c || r == 0x1f100:
		return '0', true
	case r >= 0x1f101 && r <= 0x1f10a:
		return r - 0x1f101 + '0', true
	case r >= 0x1fbf0 && r <= 0x1fbf9:
		return r - 0x1fbf0 + '0', true
	}
	// The rows from one to nine: in a ring, in brackets, with a full stop, filled.
	for _, one := range [...]rune{0x2460, 0x2474, 0x2488, 0x24f5, 0x2776, 0x2780, 0x278a} {
		if r >= one && r < one+9 {
			return r - one + '1', true
		}
	}
	return 0, false
}
