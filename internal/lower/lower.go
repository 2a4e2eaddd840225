// Package lower writes text in small letters, each in as many bytes as before, so that a
// place in one text is the same place in the other.
package lower

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// InPlace is a text in small letters with every letter in its place. The few letters whose
// small form is shorter or longer, such as "İ" and the sign for kelvin, stay as they are, as
// do bytes that are no UTF-8.
func InPlace(text string) string {
	b := []byte(text)
	for i, c := range b {
		switch kinds[c] {
		case capital:
			b[i] = c + 'a' - 'A'
		case latin: // "À" to "Þ"
			if i > 0 && b[i-1] == 0xC3 {
				b[i] = c + 'a' - 'A'
			}
		case other:
			return beyond(text)
		}
	}
	return string(b)
}

// What a byte can be in UTF-8.
const (
	small   = iota // its own small form, or a sign's
	capital        // a capital of ASCII
	latin          // behind 0xC3, the second of a capital of Latin-1
	other          // the first of a sign beyond Latin-1, or of none
)

// kinds are what each byte can be.
var kinds = func() (of [256]byte) {
	for c := range of {
		switch {
		case c >= 'A' && c <= 'Z':
			of[c] = capital
		case c >= 0x80 && c <= 0x9E && c != 0x97: // without "×"
			of[c] = latin
		case c > 0xC3:
			of[c] = other
		}
	}
	return of
}()

// beyond is InPlace for a text with letters beyond Latin-1, or with bytes that are no UTF-8.
func beyond(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		if low := unicode.ToLower(r); low != r && utf8.RuneLen(low) == size {
			b.WriteRune(low)
		} else {
			b.WriteString(text[at : at+size])
		}
		at += size
	}
	return b.String()
}
