package prose

import (
	"strings"
	"unicode"
)

// mayFold tells the lead bytes of the blocks in question, which do not occur in Danish.
func mayFold(lead byte) bool { return lead == 0xef || lead == 0xe0 || lead == 0xe1 }

// fold gives letters and digits of full width, and the digits of other scripts, the
// form in which everything below looks for them. Arabic digits and those of
// mathematics are left to the detectors, which know them.
func fold(text string) string {
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
