package special

import (
	"slices"
	"strings"

	"brevvagt/detectors"
	"brevvagt/document"
)

// anchorRow ties a cell of a table or a field of a form to the person whose row or
// form it is. One cell cannot tell, so it stands until settle has seen the others.
const anchorRow = "i en række med et navn"

// maxRow is how many cells to either side are asked for a name.
const maxRow = 30

// maxNameCell is more than the bytes of any name.
const maxNameCell = 60

// matterless are words in the headings of columns that name a course, a body, a place
// or a piece of work, not what is the matter with somebody.
var matterless = []string{"kursus", "hold", "foredrag", "oplæg", "arrangement", "titel", "afdeling", "stilling", "arbejd", "uddannelse", "tema", "emne", "center", "enhed", "team", "funktion", "firma", "virksomhed", "leverandør", "organisation", "forening", "institution", "skole", "konto", "kompetence", "område", "opgave", "projekt", "ordning", "produkt", "vare", "mail", "link", "fil", "udvalg", "parti", "tilbud", "sted", "budget", "aktivitet", "program", "workshop", "session"}

// inRow reports whether a segment is a cell or field that may tell something of
// whoever its row or form is about.
func inRow(seg *document.Segment) bool {
	label := strings.ToLower(seg.Label)
	return (seg.At.Cell != "" || label != "") && (!containsAny(label, matterless) || containsAny(label, tasks) || asksOut(label))
}

// asking are headings of columns that ask everybody, staff too, for what GDPR article 9 is
// about.
var asking = []string{"fagforening", "fagforbund", "fagligt tilhør", "religion", "trosretning", "etnici", "seksu", "diagnose", "partimedlem"}

// asksOut reports whether a heading in small letters is one of asking.
func asksOut(label string) bool {
	return slices.ContainsFunc(asking, func(a string) bool { return strings.HasPrefix(label, a) })
}

// tasks are those of them that tell of a citizen what is to be done for him, in a list of
// citizens: "Borger, Adresse, Opgave".
var (
	tasks         = []string{"opgave", "tilbud", "ordning", "aktivitet", "indsats"}
	citizenLabels = []string{"borger", "beboer", "patient", "klient", "elev", "barn", "ansøger"}
)

// settle leaves out what cells say whose rows name nobody, points of lists that are about
// nobody, the houses of signatures and what members of councils speak for.
func settle(doc *document.Document, found []detectors.Finding, _ detectors.Env) []detectors.Finding {
	var councils map[string]map[string]bool // path → its council's members
	for i := range found {
		if f := &found[i]; f.Detector == "protected-address" && ofWords(doc, f) && inSign(doc, f) {
			f.Strength = detectors.Weak // whoever writes works in such a house
		}
	}
	found = slices.DeleteFunc(found, func(f detectors.Finding) bool {
		if !ofWords(doc, &f) {
			return false
		}
		if councils == nil {
			councils = make(map[string]map[string]bool)
		}
		names, known := councils[f.At.Path]
		if !known {
			names = members(doc, &f)
			councils[f.At.Path] = names
		}
		return f.Detector != "protected-address" && inSign(doc, &f) || seat(doc, &f) || ofMember(doc, &f, names)
	})
	if !slices.ContainsFunc(found, func(f detectors.Finding) bool { return pending(&f, anchorRow) || pending(&f, anchorPoint) }) {
		return found
	}
	enough := told(doc, found)
	return slices.DeleteFunc(found, func(f detectors.Finding) bool {
		return pending(&f, anchorRow) && !namedRow(doc, f.Segment) || pending(&f, anchorPoint) && !enough(&f)
	})
}

// pending reports whether a finding waits for what stands around its segment.
func pending(f *detectors.Finding, anchor string) bool { return slices.Contains(f.Why, anchor) }

// namedRow reports whether another cell of the row, or another field of the form, is
// a person's name.
func namedRow(doc *document.Document, cell int) bool {
	at := &doc.Segments[cell]
	label := strings.ToLower(at.Label)
	asks := asksOut(label)
	citizens := !asks && containsAny(label, matterless)
	for _, step := range [2]int{-1, 1} {
		for k := 1; k <= maxRow; k++ {
			i := cell + step*k
			if i < 0 || i >= len(doc.Segments) || !sameRow(at, &doc.Segments[i]) {
				break
			}
			if s := &doc.Segments[i]; len(s.Text) <= maxNameCell && (isName(s.Label, s.Text) || asks && isName("", s.Text)) && (!citizens || containsAny(strings.ToLower(s.Label), citizenLabels)) {
				return true
			}
		}
	}
	return false
}

// sameRow reports whether b is a cell of a's row. Tables of a text have no numbers for
// their rows: a row ends where its heading comes again.
func sameRow(a, b *document.Segment) bool {
	if a.At.Path != b.At.Path || a.At.Layer != b.At.Layer || (a.At.Cell == "") != (b.At.Cell == "") {
		return false
	}
	if a.At.Cell == "" {
		return b.Label != "" && b.Label != a.Label
	}
	return rowOf(a.At.Cell) == rowOf(b.At.Cell)
}

// rowOf gives the sheet and row of a cell: "Ark1!B7" makes "Ark1!7".
func rowOf(cell string) string {
	n := strings.LastIndexByte(cell, '!') + 1
	return cell[:n] + strings.TrimLeft(cell[n:], "$ABCDEFGHIJKLMNOPQRSTUVWXYZ")
}

// nameLabels are words in headings of columns that hold people's names.
var nameLabels = []string{"navn", "borger", "elev", "barn", "beboer", "deltager", "patient", "klient", "ansøger", "name"}

// isName reports whether a cell is a name and nothing else: a known first name with
// another word, or under such a heading any two words with capitals.
func isName(label, text string) bool {
	words := strings.Fields(strings.ReplaceAll(text, ",", " "))
	if len(words) == 0 || len(words) > 5 || slices.ContainsFunc(words, func(w string) bool { return !nameLike(strings.TrimRight(w, ".")) && len(w) > 2 }) {
		return false
	}
	label = strings.ToLower(label)
	if containsAny(label, matterless) || strings.Contains(label, "kontakt") {
		return false
	}
	known := slices.ContainsFunc(words, func(w string) bool { return firstNames[w] })
	return known && len(words) > 1 || (known || len(words) > 1) && containsAny(label, nameLabels)
}
