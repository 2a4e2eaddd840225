package policy

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"brevvagt/detectors"
	"brevvagt/document"
)

// The limits of the matrix people × recipients: five people to one recipient or
// one person to five (Aarhus Universitet's published rule for outgoing mail).
const (
	manyPeople     = 5
	manyRecipients = 5
)

// bulkPersons: many people's data to somebody outside, or one person's to many.
func bulkPersons() Definition {
	return Definition{ID: "bulk-persons", Title: "Mange personer eller mange modtagere", Action: Hold,
		Fires: func(_ Site, f *Facts) (string, string, bool) {
			people, to := f.people(), len(f.Channel.External)
			if !f.outgoing() || people == 0 || to == 0 || people < manyPeople && to < manyRecipients {
				return "", "", false
			}
			return fmt.Sprintf("Oplysninger om %s til %s uden for kommunen", countDa(people, "person", "personer"), countDa(to, "modtager", "modtagere")),
				fmt.Sprintf("Data on %s to %s outside", countEn(people, "person", "people"), countEn(to, "recipient", "recipients")), true
		}}
}

// people counts the subjects that are sure enough to act on.
func (f *Facts) people() int {
	n := 0
	for i := range f.Subjects {
		if slices.ContainsFunc(f.Subjects[i].Findings, func(k int) bool {
			return f.Findings[k].Strength.Rank() >= detectors.Medium.Rank()
		}) {
			n++
		}
	}
	return n
}

// foreignPerson: papers about one person with somebody else's among them,
// protected or not (Gladsaxe 2025-07). A paper is foreign when the person whom
// the others are about does not occur in it at all and another does; a spouse
// mentioned in the person's own papers, or a child beside its parent, is not.
func foreignPerson() Definition {
	return Definition{ID: "foreign-person", Title: "Bilag om en anden person", Action: Hold,
		Fires: func(_ Site, f *Facts) (string, string, bool) {
			if !f.outgoing() || len(f.Channel.External) == 0 {
				return "", "", false
			}
			strangers, papers := f.strangers()
			if len(strangers) == 0 {
				return "", "", false
			}
			name := detectors.RedactNumbers(lastName(strangers[0]))
			return fmt.Sprintf("%d af %d dokumenter ser ud til at vedrøre en anden person end de øvrige: %s", len(strangers), papers, name),
				fmt.Sprintf("%d of %d documents seem to be about another person than the rest: %s", len(strangers), papers, name), true
		}}
}

// strangers are the papers that are about somebody else than most papers are,
// sorted, and the number of papers that are about anybody.
func (f *Facts) strangers() (paths []string, papers int) {
	byPaper := make(map[string]map[string]bool) // paper → people in it
	for i := range f.Subjects {
		s := &f.Subjects[i]
		for _, k := range s.Findings {
			if f.Findings[k].Strength.Rank() < detectors.Medium.Rank() || f.Findings[k].At.Layer == document.Quoted {
				continue
			}
			paper := f.Findings[k].At.Path
			if byPaper[paper] == nil {
				byPaper[paper] = make(map[string]bool)
			}
			byPaper[paper][s.ID] = true
		}
	}
	main, count := mostCommon(byPaper)
	// Two papers about one person are the least that says whom the papers are
	// about; strangers must be few, or it is a bundle about many.
	if count < 2 {
		return nil, len(byPaper)
	}
	for paper, people := range byPaper {
		if !people[main] {
			paths = append(paths, paper)
		}
	}
	slices.Sort(paths)
	if len(paths) > count/2+1 || len(paths) >= count && count < 3 && len(paths) > 1 {
		return nil, len(byPaper)
	}
	return paths, len(byPaper)
}

// mostCommon is the person in most papers; a tie goes to the smaller id, so that
// the answer does not depend on the order of a map.
func mostCommon(byPaper map[string]map[string]bool) (person string, count int) {
	counts := make(map[string]int)
	for _, people := range byPaper {
		for id := range people {
			counts[id]++
		}
	}
	for id, n := range counts {
		if n > count || n == count && id < person {
			person, count = id, n
		}
	}
	return person, count
}

func lastName(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// internalSpread: one citizen's private matter to more colleagues than need it
// (Gladsaxe 2025-04). A matter is private when it holds a CPR number or words of
// a special category, or when it is a citizen's own mail that is passed on.
func internalSpread() Definition {
	return Definition{ID: "internal-spread", Title: "Borgers sag til mange kolleger", Action: Hold,
		Fires: func(site Site, f *Facts) (string, string, bool) {
			if f.Kind != "mail" || f.Channel.Members <= site.BulkLimitInternal || len(f.Channel.Internal) == 0 {
				return "", "", false
			}
			if f.numbers(detectors.Medium) == 0 && !(f.forwardedFromOutside(site) && (f.sensitive() > 0 || f.ownWords())) {
				return "", "", false
			}
			return fmt.Sprintf("En borgers forhold til %d medarbejdere; grænsen er %d", f.Channel.Members, site.BulkLimitInternal),
				fmt.Sprintf("A citizen's matter to %d colleagues; the limit is %d", f.Channel.Members, site.BulkLimitInternal), true
		}}
}

// sensitive counts findings of special categories that are at least weak.
func (f *Facts) sensitive() int {
	n := 0
	for i := range f.Findings {
		switch f.Findings[i].Detector {
		case "special-category", "protected-address":
			n++
		}
	}
	return n
}

// forwardedFromOutside reports whether the mail passes on a mail that somebody
// outside wrote: the subject says so, or an address outside stands in a quoted
// "Fra:" line.
func (f *Facts) forwardedFromOutside(site Site) bool {
	for i := range f.Doc.Segments {
		s := &f.Doc.Segments[i]
		if s.At.Layer != document.Quoted && !strings.Contains(s.Text, "Fra:") && !strings.Contains(s.Text, "From:") {
			continue
		}
		for line := range strings.SplitSeq(s.Text, "\n") {
			line = strings.TrimLeft(line, "> \t*")
			from, ok := strings.CutPrefix(line, "Fra:")
			if !ok {
				from, ok = strings.CutPrefix(line, "From:")
			}
			if ok && strings.Contains(from, "@") && !site.Internal(strings.Trim(addressIn(from), "<>")) {
				return true
			}
		}
	}
	return false
}

// ownWords reports whether the quoted part speaks of its writer, as a citizen's
// mail about his own affairs does and a circular does not: "jeg", "min" and their
// forms at least twice.
func (f *Facts) ownWords() bool {
	n := 0
	for i := range f.Doc.Segments {
		if f.Doc.Segments[i].At.Layer != document.Quoted {
			continue
		}
		for w := range strings.FieldsFuncSeq(strings.ToLower(f.Doc.Segments[i].Text), func(r rune) bool { return !unicode.IsLetter(r) }) {
			switch w {
			case "jeg", "mig", "min", "mit", "mine":
				n++
			}
		}
	}
	return n >= 2
}

// addressIn is the first word of a line that looks like a mail address.
func addressIn(line string) string {
	for _, w := range strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" \t<>[]();,\"", r) }) {
		if strings.Contains(w, "@") {
			return strings.TrimPrefix(w, "mailto:")
		}
	}
	return ""
}

// placeholders: merge marks left in what leaves stop it; weaker signs warn.
func placeholders() Definition {
	return Definition{ID: "placeholder", Title: "Pladsholder fra en skabelon", Action: Hold,
		Fires: func(_ Site, f *Facts) (string, string, bool) {
			n := f.placeholders(detectors.Strong)
			if !f.outgoing() || n == 0 || len(f.Channel.External) == 0 {
				return "", "", false
			}
			return countDa(n, "pladsholder", "pladsholdere") + " fra en skabelon står stadig i brevet",
				countEn(n, "placeholder", "placeholders") + " of a template still in the letter", true
		}}
}

func weakPlaceholders() Definition {
	return Definition{ID: "placeholder-weak", Title: "Mulig pladsholder fra en skabelon", Action: Warn,
		Fires: func(_ Site, f *Facts) (string, string, bool) {
			strong := f.placeholders(detectors.Strong)
			n := f.placeholders(detectors.Medium)
			if weak := f.placeholders(detectors.Weak); n == 0 && weak >= 2 {
				n = weak
			}
			if !f.outgoing() || strong > 0 || n == 0 || len(f.Channel.External) == 0 {
				return "", "", false
			}
			return "Der står måske en pladsholder fra en skabelon i brevet", "There may be a template's placeholder in the letter", true
		}}
}

func (f *Facts) placeholders(atLeast detectors.Strength) int {
	n := 0
	for i := range f.Findings {
		if f.Findings[i].Category == "placeholder" && f.Findings[i].Strength.Rank() >= atLeast.Rank() {
			n++
		}
	}
	return n
}

// specialCategory: sensitive text about a person to somebody outside without a
// secure connection, or abroad.
func specialCategory() Definition {
	return Definition{ID: "special-category", Title: "Følsomme oplysninger uden sikker forbindelse", Action: Warn,
		Fires: func(_ Site, f *Facts) (string, string, bool) {
			n := f.sensitiveSure()
			if !f.outgoing() || n == 0 || len(f.Channel.Unprotected) == 0 {
				return "", "", false
			}
			return "Følsomme eller fortrolige oplysninger om en person til en modtager uden sikker forbindelse",
				"Sensitive or confidential data on a person to a recipient without a secure connection", true
		}}
}

func (f *Facts) sensitiveSure() int {
	n := 0
	for i := range f.Findings {
		x := &f.Findings[i]
		if (x.Detector == "special-category" || x.Detector == "protected-address") && x.Strength.Rank() >= detectors.Medium.Rank() {
			n++
		}
	}
	return n
}
