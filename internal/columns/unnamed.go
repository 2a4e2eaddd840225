package columns

import (
	"strings"
	"unicode"
)

// Unnamed reports whether a field's name says nothing of what it holds: what is called f0,
// Tekst1 or undefined_2 is known by the printed words alone.
func Unnamed(name string) bool {
	name = name[strings.LastIndex(name, ".")+1:]
	word := strings.ToLower(strings.TrimFunc(name, func(c rune) bool { return !unicode.IsLetter(c) }))
	switch word {
	case "felt", "tekst", "tekstfelt", "text", "field", "textfield", "text field", "undefined", "untitled", "fill", "input":
		return true
	}
	return len(word) <= 2
}
