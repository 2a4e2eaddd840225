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
		switch {
		case c >= 'A' && c <= 'Z', c >= 0x80 && c <= 0x9E && c != 0x97 && i > 0 && b[i-1] == 0xC3: // "À" to "Þ", without "×"
			b[i] = c + 'a' - 'A'
		case c > 0xC3:
			return beyond(text)
		}
	}
	return string(b)
}

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
