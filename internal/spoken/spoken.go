// Package spoken finds the passwords that a text tells: "Koden til filen er Sommer26".
package spoken

import (
	"iter"
	"slices"
	"strings"
	"unicode"
)

// Bounds. Every password costs a tenth of a second in the formats that make trying dear.
const (
	maxPasswords = 24
	maxPassword  = 64      // bytes of one
	maxText      = 1 << 20 // bytes looked through
)

// passwordWords announce a password, in small letters.
var passwordWords = []string{"kode", "password", "pasord", "passord", "passw", "løsen", "pwd", "pinkode", "nøgle"}

// Passwords gives the words of some texts that may be a password, the likeliest first:
// those behind a word that announces one, then those before it. Of the texts the first
// megabyte is looked through; the list has at most 24 words of 64 bytes.
func Passwords(texts iter.Seq[string]) []string {
	var c candidates
	left, last := maxText, "" // last: an announcing word at the end of the text before
	for text := range texts {
		if left <= 0 || len(c.list) >= maxPasswords {
			break
		}
		if last != "" { // "Adgangskode:" and a paragraph of its own
			c.behind(last + " " + text[:min(len(text), maxPassword)])
		}
		text = text[:min(len(text), left)]
		left -= len(text)
		last = ""
		for _, at := range announced(text) {
			c.behind(text[at:])
			if len(strings.Fields(text[at:])) == 1 {
				last = text[at:]
			}
			before := strings.Fields(text[max(0, at-60):at])
			c.later = append(c.later, before[max(0, len(before)-4):]...)
		}
	}
	for _, word := range c.later {
		c.add(word, false)
	}
	return c.list[:min(len(c.list), maxPasswords)]
}

// announced gives the places in a text at which a word that announces a password begins.
func announced(text string) (places []int) {
	low := small(text)
	for _, word := range passwordWords {
		for from := 0; len(places) < maxPasswords; {
			at := strings.Index(low[from:], word)
			if at < 0 {
				break
			}
			at += from
			from = at + len(word)
			for at > 0 && low[at-1] > ' ' {
				at-- // "adgangskode", "zip-kode"
			}
			if !slices.Contains(places, at) {
				places = append(places, at)
			}
		}
	}
	return places
}

// small writes the letters of English and Danish small, each in its place: other letters
// may have small forms of another length, and no word looked for has any.
func small(text string) string {
	b := []byte(text)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' || c >= 0x80 && c <= 0x9E && i > 0 && b[i-1] == 0xC3 {
			b[i] += 'a' - 'A'
		}
	}
	return string(b)
}

// candidates collects passwords.
type candidates struct{ list, later []string }

// reach is how many words an announced password may stand behind the word itself.
const reach = 9

// behind takes the words behind the one that a text begins with, which announces a
// password.
func (c *candidates) behind(text string) {
	text = text[:min(len(text), 200)]
	line, _, _ := strings.Cut(text, "\n")
	if _, rest, ok := strings.Cut(line, ":"); ok {
		c.add(strings.TrimSpace(rest), true) // of several words
	}
	if inner := quoted(line); strings.Contains(inner, " ") {
		c.add(inner, true)
	}
	words := strings.Fields(text)
	told := false
	for k, word := range words[:min(len(words), reach)] {
		name, value, colon := strings.Cut(word, ":")
		switch {
		case k == 0 && colon:
			c.add(value, true)
		case k > 0:
			c.add(word, told)
		}
		told = colon && value == "" || name == "er" || name == "is" || name == "="
	}
}

// quoted gives the first text of a line between quotation marks, "" if none is.
func quoted(line string) string {
	const marks = "\"“”„«»"
	start := strings.IndexAny(line, marks)
	if start < 0 {
		return ""
	}
	inner := strings.TrimLeft(line[start:], marks)
	end := strings.IndexAny(inner, marks)
	return inner[:max(end, 0)]
}

// add takes a word as it stands and without the signs of the sentence around it, if it
// may be a password: a short word of small letters is one only in quotes or where the
// sentence tells it.
func (c *candidates) add(word string, told bool) {
	const around = "\"'`„“”«»‘’()<>[],.;:"
	bare := strings.Trim(word, around)
	plain := strings.IndexFunc(bare, func(r rune) bool { return !unicode.IsLower(r) }) < 0
	if plain && !told && strings.TrimLeft(word, around) == word && len(bare) < 10 {
		return
	}
	for _, w := range []string{bare, strings.TrimRight(bare, "!?"), word} {
		if len(w) >= 3 && len(w) <= maxPassword && !slices.Contains(c.list, w) {
			c.list = append(c.list, w)
		}
	}
}
