package confidence

import (
	"slices"
	"strings"

	"brevvagt/detectors/subject"
)

// This file looks at the sentence around words for a protected address that a detector found.

// addressReach is how far from the words for a protected address the address itself may
// stand, in bytes.
const addressReach = 200

// AddressBeside reports whether the words for a protected address from start to end of a text
// stand beside one that is not its reader's: a house and post code, and no "you"; or a street
// with a number somewhere behind words that say it of somebody else. It is false for places
// outside the text.
func AddressBeside(text string, start, end int) bool {
	if start < 0 || start > end || end > len(text) {
		return false
	}
	before := text[sentenceStart(text, start):start] // another sentence speaks of the reader
	behind := text[start:min(len(text), end+addressReach)]
	if saysOther(before) && subject.StreetIn(before+behind) {
		return true
	}
	return subject.NewPlace(before+behind).String() != "" && !hasWord(before+behind, you)
}

// living is how a sentence says where somebody stays.
var living = words("bor boede opholder ophold indlogeret flyttet")

// Stays reports whether a text tells in which street somebody else than its reader stays.
func Stays(text string) bool {
	if !subject.StreetIn(text) {
		return false
	}
	for said := range strings.SplitSeq(text, ". ") {
		if subject.StreetIn(said) && hasWord(said, living) && (hasWord(said, others) || strings.Contains(said, "in kone ") || strings.Contains(said, "ine børn ")) {
			return true
		}
	}
	return false
}

// sentenceStart is where the sentence begins in which a byte of a text stands, or
// addressReach before that: behind a line end, or a full stop before a capital, for floors
// have full stops too ("3. tv").
func sentenceStart(text string, at int) int {
	low := max(0, at-addressReach)
	for k := at; k > low; k-- {
		if text[k-1] == '\n' || k+1 < len(text) && text[k-1] == '.' && text[k] == ' ' && (text[k+1] >= 'A' && text[k+1] <= 'Z' || text[k+1] == 0xC3) {
			return k
		}
	}
	return low
}

// you are words to the reader; others those by which a sentence speaks of another.
var (
	you    = words("du dig din dit dine")
	others = words("hun han ham hende mor far moren faren moderen faderen moderens faderens barnet børnene datteren sønnen ekskone eksmand ekskonen eksmanden")
)

// saysOther reports whether the last whom the beginning of a sentence speaks of is not
// its reader.
func saysOther(start string) bool {
	words := strings.Fields(start)
	for _, w := range slices.Backward(words) {
		w = strings.Trim(w, ".,;:!?()")
		switch low := strings.ToLower(w); {
		case you[low]:
			return false
		case others[low], w != low && subject.Forename(w):
			return true
		}
	}
	return false
}

func hasWord(text string, list map[string]bool) bool { return has(strings.ToLower(text), list) }
