package subject

import (
	"math/bits"
	"slices"
	"strings"
)

// paperStems end the words that a case paper calls itself, before "for" or "om".
var paperStems = []string{"plan", "planen", "notat", "rapport", "udtalelse", "skema", "vurdering", "attest", "erklaering", "journal", "referat", "afgoerelse", "undersoegelse", "udredning", "opgoerelse", "oversigt", "medicinliste", "stamkort", "epikrise", "indstilling", "henvisning", "bevilling", "handleplan", "underretning", "screening", "observation", "observationer", "indkaldelse", "advarsel", "ansoegning", "status", "sag", "sagen"}

// paperReach is how far into its line a paper may name whom it is for, in bytes.
const paperReach = 50

// paperOf reads "Behandlingsplan for Testperson Eksempel, 4.c": a line that calls a
// paper by its kind and says whose it is.
func paperOf(text string) (Name, bool) {
	if len(text) > 100 || len(text) < 12 || !capital(text) {
		return Name{}, false
	}
	head := text[:min(len(text), paperReach+1)]
	for i := nextCapital(head, 0); i > 0; i = nextCapital(head, i) {
		k := i - len(paperLink(text[:i]))
		if k < 3 || k == i || k > paperReach-5 {
			continue
		}
		last := Fold(text[strings.LastIndexByte(text[:k], ' ')+1 : k])
		if !slices.ContainsFunc(paperStems, func(stem string) bool { return strings.HasSuffix(last, stem) }) {
			continue
		}
		if n, ok := nameAt(text[i:], false); ok && n.Common() {
			return n, true
		}
	}
	return Name{}, false
}

// nextCapital gives the first place at or after i, but for the first of all, where a
// capital stands behind a blank, or 0: in most lines of prose there is none. It looks at
// eight bytes at a time, since one by one would be a tenth of what reading a paper costs.
func nextCapital(s string, i int) int {
	const each, top = 0x0101010101010101, 0x8080808080808080
	for ; i+8 < len(s); i += 8 {
		blank, next := eight(s[i:])^' '*each, eight(s[i+1:])
		blanks := (blank - each) &^ blank         // the top bit of each byte: is it a blank
		capitals := next << 1 & (next | ^next<<2) // of the one behind: 0x40 to 0x5f, or 0xc0 and more
		for both := blanks & capitals & top; both != 0; both &= both - 1 {
			if k := i + bits.TrailingZeros64(both)/8; s[k] == ' ' && capital(s[k+1:]) {
				return k + 1
			}
		}
	}
	for i++; i < len(s); i++ {
		if s[i-1] == ' ' && capital(s[i:]) {
			return i
		}
	}
	return 0
}

func eight(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// paperLink is the word between a paper's kind and whose it is with which a text ends,
// blanks included, and empty for other texts. Their last letters tell most apart.
func paperLink(text string) string {
	if len(text) < 4 {
		return ""
	}
	switch text[len(text)-2] {
	case 'r', 'm', 'e', '.', 'l', "å"[1]:
	default:
		return ""
	}
	for _, link := range [...]string{" for ", " om ", " vedrørende ", " vedr. ", " på ", " til "} {
		if strings.HasSuffix(text, link) {
			return link
		}
	}
	return ""
}
