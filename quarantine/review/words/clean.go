package words

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"brevvagt/detectors"
)

// Longest values the page shows, in runes. A sender decides how long a subject
// or a file name is; the page must stay readable all the same.
const (
	Short = 120 // names, addresses, subjects in a list
	Long  = 600 // the same on the case's own page, context around a finding
)

// Clean makes a value from outside fit to be shown: at most limit runes, no
// control or invisible characters, no marks that turn the direction of writing,
// and no full CPR number even when an earlier step let one through. Escaping is
// left to html/template.
func Clean(s string, limit int) string {
	// A megabyte of subject is not worth walking: cut by bytes first.
	const widest = 4 // bytes of the longest rune
	cut := false
	if most := (limit + 16) * widest; len(s) > most {
		s, cut = s[:most], true
		for len(s) > 0 && !utf8.RuneStart(s[len(s)-1]) {
			s = s[:len(s)-1]
		}
		if r, n := utf8.DecodeLastRuneInString(s); r == utf8.RuneError && n == 1 {
			s = s[:len(s)-1]
		}
	}
	s = detectors.RedactNumbers(s)
	var b strings.Builder
	runes := 0
	for _, r := range s {
		if runes == limit {
			cut = true
			break
		}
		b.WriteRune(harmless(r))
		runes++
	}
	if cut {
		b.WriteRune('…')
	}
	return b.String()
}

// harmless replaces a rune that has no place on a page: white space becomes a
// space, everything that is invisible or steers the writing becomes U+FFFD.
func harmless(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r), !unicode.IsGraphic(r):
		return utf8.RuneError
	}
	return r
}

// Unmasked makes a value fit to be shown without masking it: for the one value that a
// person opened for a reason, and for nothing else.
func Unmasked(s string) string {
	runes := []rune(strings.ToValidUTF8(s, "?"))
	for i, r := range runes {
		runes[i] = harmless(r)
	}
	return string(runes[:min(len(runes), Short)])
}

// CleanLines is clean for text of several lines, limit runes each.
func CleanLines(s string, limit int) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	for i, line := range lines {
		lines[i] = Clean(line, limit)
	}
	return strings.Join(lines, "\n")
}
