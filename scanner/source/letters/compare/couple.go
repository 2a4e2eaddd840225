package compare

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"brevvagt/detectors/subject"
)

// This file reads the name line of a letter to two people who live together, in the ways
// that it is written.

// coupleWithin is how far into a letter such a line is looked for, in bytes, and maxCouple
// how long it is.
const coupleWithin, maxCouple = 1000, 90

// joins stand between the two names, families before the one of both.
var (
	joins    = []string{" og ", " & ", " + ", " and ", " samt ", "/"}
	families = []string{"familien ", "familie ", "ægteparret ", "til familien ", "til ægteparret "}
)

// coupled reports whether one of two names in the block of a letter is the recipient's, at
// the recipient's address where both are known.
func (p *recipient) coupled(l *letter) bool {
	if p.name.Empty() || len(p.places) > 0 && !l.info.Address.Empty() && !p.lives(l.info.Address) {
		return false
	}
	block := l.beginning(coupleWithin)
	for line := range strings.SplitSeq(block[:min(len(block), coupleWithin)], "\n") {
		line = subject.LeftOfReference(strings.TrimSpace(line))
		for _, n := range couple(line) {
			if n.Full() && p.is(n) {
				return true
			}
		}
		if len(p.places) > 0 && p.ofFamily(line) {
			return true
		}
	}
	return false
}

// ofFamily reports whether a line is for the recipient's whole family, by surname.
func (p *recipient) ofFamily(line string) bool {
	low := strings.ToLower(line)
	for _, f := range families {
		if rest, ok := strings.CutPrefix(low, f); ok && p.surname != "" {
			return subject.SameName(rest, p.surname)
		}
	}
	return false
}

// couple gives the two names of a line, none when it is not two names. A surname that
// stands once is both's: "Testa og Prøve Eksempel".
func couple(line string) []subject.Name {
	if len(line) > maxCouple || strings.ContainsAny(line, "0123456789:@!?") {
		return nil
	}
	for _, j := range joins {
		one, other, ok := strings.Cut(line, j)
		last := strings.Fields(other)
		if !ok || len(last) == 0 || !named(one) || !named(other) {
			continue
		}
		first := subject.NewName(one)
		if !first.Full() {
			first = subject.NewName(one + " " + last[len(last)-1])
		}
		return []subject.Name{first, subject.NewName(other)}
	}
	return nil
}

// named reports whether all words of a text begin with capitals, but for titles.
func named(text string) bool {
	for w := range strings.FieldsSeq(text) {
		if first, _ := utf8.DecodeRuneInString(w); !unicode.IsUpper(first) && w != "hr." && w != "fru" && w != "al" && w != "von" && w != "de" {
			return false
		}
	}
	return strings.TrimSpace(text) != ""
}
