package subject

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// PeopleIn finds full names where it is known that people are spoken of: those of NamesIn,
// and two words with capitals in the middle of a sentence or behind a title, however rare.
func PeopleIn(text string) []Found {
	var out []Found
	for i := 0; i < len(text) && len(out) < maxFound; {
		r, size := utf8.DecodeRuneInString(text[i:])
		if !unicode.IsLetter(r) {
			i += size
			continue
		}
		end := wordEnd(text, i)
		if unicode.IsUpper(r) && (Forename(firstPart(text[i:end])) || within(text[:i]) || opens(text, i)) && !noName[Fold(text[i:end])] && !isStreet(Fold(text[i:end])) {
			if f := nameFrom(text, i); f.Name.Full() && !organisation(text[f.Start:f.End]) && !byOffice(text, f) {
				out = append(out, f)
				end = max(end, f.End)
			}
		}
		i = end
	}
	return out
}

// within reports whether a text ends in the middle of a sentence, and not with a word
// that leads to a place, or with a title.
func within(before string) bool {
	before = strings.TrimRight(before, " \n")
	if before == "" {
		return false
	}
	word := before[strings.LastIndexAny(before, " \n(")+1:]
	if honorifics[word] {
		return true
	}
	r, _ := utf8.DecodeRuneInString(word)
	if strings.HasSuffix(word, ",") {
		return true // "Leietakeren, Geir Eksempel"
	}
	return unicode.IsLower(r) && strings.IndexByte(".!?:", before[len(before)-1]) < 0 && !leading[word]
}

// opens reports whether two words with capitals begin a sentence at byte i that goes on
// with a small letter: "Freya Eksempel will start".
func opens(text string, i int) bool {
	if openers[text[i:wordEnd(text, i)]] {
		return false
	}
	if before := strings.TrimRight(text[:i], " "); before != "" && strings.IndexByte("\n.!?", before[len(before)-1]) < 0 {
		return false
	}
	f := nameFrom(text, i)
	rest := text[f.End:]
	return len(rest) > 1 && rest[0] == ' ' && rest[1] >= 'a' && rest[1] <= 'z'
}

var (
	honorifics = map[string]bool{"Hr.": true, "Fr.": true, "Fru": true, "Herr": true, "Herrn": true, "Frau": true, "Mr": true, "Mr.": true, "Mrs": true, "Mrs.": true, "Ms": true, "Ms.": true}
	// openers begin a sentence about somebody who is called by first name: "Hvis Testa er syg".
	openers = map[string]bool{"Hvis": true, "Når": true, "Da": true, "Mens": true, "Fordi": true, "Selvom": true, "Er": true, "Har": true, "Får": true, "Skal": true, "Kan": true, "Vil": true, "Må": true, "Bliver": true, "Kommer": true, "Både": true, "Og": true, "Men": true, "Så": true, "Nu": true, "Måske": true, "Også": true, "Om": true, "Lad": true, "Giv": true, "Hjælp": true, "Hent": true, "Send": true, "Ring": true, "If": true, "When": true}
	leading = map[string]bool{"i": true, "på": true, "in": true, "im": true, "am": true, "ved": true, "af": true}
)
