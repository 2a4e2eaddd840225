package parties

import (
	"fmt"
	"strings"
	"testing"

	"brevvagt/detectors"
	"brevvagt/detectors/subject"
	"brevvagt/document"
)

// TestOtherParent: a letter about a child to one parent, sent to the other.
func TestOtherParent(t *testing.T) {
	const letter = "Lone Mønster\nPrøvevej 12\n9999 Prøveby\n\n20. november 2026\n\nKære Lone Mønster\n\nVi bevilger støtte til Bo Testesen, nr=A. %s\n\nMed venlig hilsen\n\nKaren Prøvesen\nSagsbehandler"
	for _, c := range []struct{ to, body, paper, want string }{
		{toAnders, "Se vedhæftede.", "Du har alene forældremyndigheden.", "hold"},
		{toAnders, "Kære Anders\n\nSe vedhæftede.", "Bo er ked af det, når han har været hos sin far.", "hold"},
		{toAnders, "Kære Anders\n\nSe vedhæftede.", "Du får pengene den første.", "warn"},
		{toAnders, "Kære Anders\n\nHermed kopi af brevet til Bos mor.", "Du får pengene den første.", ""},
		{toAnders, "Kære Anders\n\nHermed afgørelsen til Lone.", "Du får pengene den første.", ""},
		{toAnders, "Kære Anders\n\nSe vedhæftede.", "Bos far har fået samme brev.", ""},
		{toAnders, "Kære Anders\n\nSe vedhæftede.", "Anders Testesen har også fået brevet.", ""},
		{"Lone Mønster <lone.moenster@mail.example>", "Kære Lone\n\nSe vedhæftede.", "Du har alene forældremyndigheden.", ""},
	} {
		it := item(c.to, c.body, fmt.Sprintf(letter, c.paper))
		for i := range it.Subjects {
			if !it.Subjects[i].NameOnly {
				it.Subjects[i].Display = "010218-xxxx" // a child's
			}
		}
		if got := said(it); got != c.want {
			t.Errorf("%s: %q with %q: %q, want %q", c.to, c.body, c.paper, got, c.want)
		}
	}
}

// TestOtherHouse: a paper for one school, sent to another.
func TestOtherHouse(t *testing.T) {
	const paper = "Engvangskolen\nAtt. skoleleder Lone Mønster\nPrøvevej 2\n9999 Prøveby\n\nElev: Bo Testesen, nr=A\n\nBo har brug for støtte."
	for _, c := range []struct{ to, body, want string }{
		{"Leder <leder@bakkelyfriskole.example>", "Hermed vurderingen.", "hold"},
		{"Leder <leder@engvangskolen.example>", "Hermed vurderingen.", ""},
		{"Lone Mønster <lm@bakkelyfriskole.example>", "Hermed vurderingen.", ""},
		{"Leder <leder@bakkelyfriskole.example>", "Hermed vurderingen. Eleven flytter til jer.", ""},
		{"Leder <leder@bakkelyfriskole.example>", "Hermed vurderingen til Engvangskolen.", "warn"},
		{"Leder <leder@solskin.example>", "Hermed vurderingen.", ""},
	} {
		it := item(c.to, c.body, paper)
		it.Personal = true
		it.Partner = func(a string) bool {
			return strings.HasSuffix(a, "skolen.example") || strings.HasSuffix(a, "skole.example")
		}
		if got := said(it); got != c.want {
			t.Errorf("%s: %q: %q, want %q", c.to, c.body, got, c.want)
		}
		it = item(c.to, c.body, paper)
		it.Personal, it.Partner = true, func(string) bool { return false }
		if got := said(it); got == "hold" {
			t.Errorf("%s: %q: held for a school that nobody knows", c.to, c.body)
		}
	}
}

// TestFormOfOtherChild: the mail says by first name of which child its form is.
func TestFormOfOtherChild(t *testing.T) {
	for _, c := range []struct{ body, want string }{
		{"Kære Anders\n\nVil du skrive under på samtykket om din søn Emil?", "hold"},
		{"Kære Anders\n\nVil du skrive under på samtykket om din søn Bo?", ""},
		{"Kære Anders\n\nVil du skrive under på samtykket om din søn?", ""},
	} {
		it := item("Anders Testesen <anders.testesen@mail.example>", c.body, "Samtykkeerklæring\n\nBarnets navn: Bo Mønster, nr=A\n\nJeg giver samtykke.")
		if got := said(it); got != c.want {
			t.Errorf("%q: %q, want %q", c.body, got, c.want)
		}
	}
}

// TestNoteAnother: a note on somebody's health below another's number in the reader's form.
func TestNoteAnother(t *testing.T) {
	for _, c := range []struct{ name, body, note, want string }{
		{"Karen Mønster", "Skriv under.", "Demens.", "hold"},
		{"Karen Mønster", "Skriv under.", "Taler jysk.", ""},
		{"Karen Testesen", "Skriv under.", "Demens.", ""},
		{"Karen Mønster", "Skriv under, også for Karen Mønster.", "Demens.", ""},
		{"Karen Mønster", "Skemaet om din mor.", "Demens.", ""},
	} {
		it := item(toAnders, c.body, "Ansøgning om kørsel", "Anders Testesen", "nr=A", c.name, "nr=B", c.note)
		for i, label := range []string{"", "", "navn", "cpr", "navn2", "cpr2", "noter"} {
			if s := &it.Doc.Segments[i]; i > 0 {
				s.At, s.Label = document.Location{Path: "m.eml/blanket.pdf", Layer: document.Visible, Page: 1}, label
			}
		}
		for i := range it.Findings {
			it.Findings[i].At = it.Doc.Segments[it.Findings[i].Segment].At
		}
		it.Subjects = subject.GroupWith(detectors.RandomKey(), it.Doc, it.Findings)
		if c.note == "Demens." {
			it.Findings = append(it.Findings, detectors.Finding{Detector: "special-category", Strength: detectors.Medium, At: it.Doc.Segments[6].At, Segment: 6, End: 6})
		}
		if got := said(it); got != c.want {
			t.Errorf("%q with %s, %s: %q, want %q", c.body, c.name, c.note, got, c.want)
		}
	}
}
