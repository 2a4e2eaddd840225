package subject

import (
	"slices"
	"strings"
)

// This file reads names where nothing else tells them: in a subject or a file's name.

// NameIn finds a person's name in a short text that is no sentence, such as a subject
// or a file's name: a common first name and at least one more word of a name.
func NameIn(s string) (Name, bool) {
	if len(s) > 200 || organisation(s) {
		return Name{}, false
	}
	fields := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" _,;:()[]\t\n/–", r) })
	if last, first, ok := strings.Cut(s, ","); ok {
		// "Eksempel, Testperson - sagen": as lists and file systems have it.
		behind, ahead := strings.Fields(first), strings.Fields(last)
		if len(behind) > 0 && len(ahead) > 0 && Forename(behind[0]) && !Forename(ahead[len(ahead)-1]) {
			if n, ok := nameAt(behind[0]+" "+ahead[len(ahead)-1], false); ok {
				return n, true
			}
		}
	}
	if len(fields) == 1 && strings.Count(s, "-") >= 2 {
		fields = strings.Split(s, "-") // "Brev-Testperson-Eksempel"
	}
	for i, w := range fields {
		if first, _, _ := strings.Cut(w, "-"); !Forename(first) || i > 0 && saints[Fold(fields[i-1])] {
			continue
		}
		if n, ok := nameAt(strings.Join(fields[i:], " "), false); ok && !calledAfter(fields[i:]) {
			return n, true
		}
	}
	return Name{}, false
}

var saints = set("sankt skt sct st")

// calledAfter reports whether words that begin like a name go on as what is called after
// somebody: "Peter Bangs Vej", "Karen Blixen Prisen". Gade and Park are last names as well,
// but for behind a genitive.
func calledAfter(words []string) bool {
	for i, w := range words[1:] {
		if f := Fold(w); slices.Contains(streets, f) && !landSurnames[f] && (isStreet(f) || strings.HasSuffix(words[i], "s")) || nounsInSen[f] {
			return true
		}
		if ok, _ := nameWord(w); !ok {
			break
		}
	}
	return false
}

// NameInSmall finds a person's name in a file's name written in small letters,
// "afgoerelse_testperson_eksempelsen": a common first name and right behind it, at most
// one more first name between, a common last name or one in -sen.
func NameInSmall(s string) (Name, bool) {
	if len(s) > 200 || strings.ToLower(s) != s || organisation(s) {
		return Name{}, false
	}
	fields := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" _-,;:()[]", r) })
	for i, w := range fields {
		if !Forename(w) {
			continue
		}
		for k := i + 1; k < len(fields) && k <= i+2; k++ {
			f := Fold(fields[k])
			if surnames[loose.Replace(f)] || len(f) > len("sen")+2 && strings.HasSuffix(f, "sen") && !nounsInSen[f] {
				return NewName(strings.Join(fields[i:k+1], " ")), true
			}
			if !Forename(fields[k]) {
				break
			}
		}
	}
	return Name{}, false
}

// nounsInSen are words that end like last names, folded.
var nounsInSen = set("rejsen prisen krisen analysen diagnosen klassen kassen adressen processen graensen pausen ydelsen afgoerelsen indkaldelsen undersoegelsen ledelsen bestyrelsen styrelsen forlaengelsen udtalelsen opsigelsen tilladelsen godkendelsen henvendelsen meddelelsen")
