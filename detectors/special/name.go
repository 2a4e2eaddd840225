package special

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"brevvagt/internal/forename"
)

// firstNames are common first names with their capital.
var firstNames = setOf(capitals(forename.List))

// capitals writes each word of a list with a capital.
func capitals(words string) string {
	var b strings.Builder
	for _, w := range strings.Fields(words) {
		first, size := utf8.DecodeRuneInString(w)
		b.WriteRune(unicode.ToUpper(first))
		b.WriteString(w[size:] + " ")
	}
	return b.String()
}

// HasName reports whether a text holds a person's full name as far as the list of
// first names knows them, or two capital words after a label such as "Navn:".
func HasName(text string) bool { return hasName(text) }

// states are verbs that say something of whoever stands before them.
var states = setOf("har er fik får blev bliver lider går bor havde var skal kan tager drikker ryger trives mangler")

// hasFirstName reports whether a first name stands before a verb that says how somebody
// is, as colleagues and teachers write of people they know ("Testperson har"), or between
// such a verb and the rest of it ("i går blev Testperson indlagt").
func hasFirstName(s string) bool {
	words := strings.Fields(s)
	for i := 0; i+1 < len(words); i++ {
		if i > 0 && states[words[i-1]] && firstNames[words[i]] && inverted(words[i+1:]) {
			return true
		}
		verb := i + 1
		switch {
		case words[verb] == "og" && i+3 < len(words):
			verb += 2 // "Testperson og børnene har"
		case (words[verb] == "i" || words[verb] == "på" || words[verb] == "fra" || words[verb] == "hos") && i+4 < len(words):
			for verb += 2; verb < min(i+5, len(words)-1) && !states[words[verb]]; verb++ { // "Testperson i nr. 4 er"
			}
		}
		if adverbs[words[verb]] && verb+1 < len(words) {
			verb++ // "Testperson fortsat er"
		}
		if states[words[verb]] && firstNames[strings.TrimLeft(words[i], "\"“”»«(„*")] {
			return true
		}
	}
	return false
}

// inverted reports whether words behind a verb and a first name are the rest of the verb.
func inverted(words []string) bool {
	if adverbs[words[0]] && len(words) > 1 {
		words = words[1:]
	}
	w := strings.TrimRight(words[0], ".,;:!?")
	return w == "blevet" || personStates[w] || befalls[w]
}

// adverbs may stand between a name and its verb in a subordinate clause.
var adverbs = setOf("fortsat stadig nu igen ikke desværre også tidligere aldrig altid længe netop lige just")
