package parties

import (
	"fmt"
	"strings"
	"testing"

	"brevvagt/document"
)

// said is how a mail is judged by the papers and sentences that are another's.
func said(it *Item) string {
	got := ""
	for _, o := range append(it.Conflicts(false), it.Conflicts(true)...) {
		if got = "warn"; !o.Weak {
			return "hold"
		}
	}
	return got
}

// TestDecidedOfAnother: a decision on another grown-up is not the reader's, of whatever
// surname; a child's, a spouse's in a common household and a ward's are.
func TestDecidedOfAnother(t *testing.T) {
	const paper = "%s\nPrøvevej 12\n9999 Prøveby\n\n20. november 2026\n\nKære %s\n\n%s\n\nDu kan klage inden fire uger.\n\nMed venlig hilsen\n\nKaren Mønster\nSagsbehandler"
	for body, want := range map[string]string{
		"Peter Testesen opfylder ikke betingelserne for førtidspension, og vi giver afslag.":                                       "hold",
		"Vi har besluttet at bevilge Peter Testesen fleksjob. Peter Testesen kan arbejde 10 timer.":                                "hold",
		"Peter Testesen skal tilbagebetale 3.200 kr. i boligstøtte.":                                                               "hold",
		"Vi har truffet afgørelse i Peter Testesens sag. Peter Testesen er visiteret til plejehjem":                                "hold",
		"Peter Prøvesen er visiteret til plejehjem på grund af demens.":                                                            "hold",
		"Din mand, Peter Testesen, er visiteret til plejehjem.":                                                                    "",
		"Som værge for Peter Testesen får du afgørelsen. Peter Testesen er visiteret til plejehjem":                                "",
		"Peter Testesen er uden pårørende og er visiteret til plejehjem.":                                                          "hold",
		"Peter Testesen er bevilget ridefysioterapi. Betingelserne er opfyldt.":                                                    "",
		"Peter Testesen er bevilget støtte i 3. klasse på Bakkeskolen, betingelserne er opfyldt.":                                  "",
		"Du får boligstøtte. Peter Testesen får folkepension, som indgår i din husstand.":                                          "",
		"I får boligstøtte. Peter Testesen får folkepension, som indgår i jeres indkomst.":                                         "",
		"Du får boligstøtte. Peter Prøvesen bor på adressen og skal betale resten af lejen. Peter Prøvesen modtager folkepension.": "",
		"Hegnsynet har afgjort sagen mellem Anders Testesen og Peter Prøvesen. Peter Prøvesen skal betale halvdelen.":              "",
		"Peter Prøvesen skal tilbagebetale 3.200 kr. i boligstøtte, da en samlever er flyttet ind på adressen.":                    "hold",
		"Anders Peter Testesen er bevilget fleksjob og kan ikke arbejde på fuld tid.":                                              "",
	} {
		to := "Anders Testesen <at@mail.example>"
		if got := said(item(to, "Afgørelse\n\nKære Anders Testesen\n\n"+body+"\n\nDu kan klage inden fire uger.")); got != want {
			t.Errorf("%q in the mail: %q, want %q", body, got, want)
		}
		if got := said(item(to, "Hermed afgørelsen.", fmt.Sprintf(paper, "Anders Testesen", "Anders Testesen", body))); got != want {
			t.Errorf("%q in a letter: %q, want %q", body, got, want)
		}
	}
}

// TestContractOfAnother: an employee's paper goes to the employee.
func TestContractOfAnother(t *testing.T) {
	for _, c := range []struct{ body, paper, want string }{
		{"Kære Anders\n\nSom aftalt.", "Fratrædelsesaftale\nMellem Prøve Kommune og Anders Mønster er der indgået aftale.", "hold"},
		{"Kære Anders\n\nHermed aftalen til underskrift.", "Ansættelsesbrev\nPrøve Kommune ansætter Anders Mønster, pædagog.", "hold"},
		{"Kære Anders\n\nHermed din fratrædelsesaftale.", "Fratrædelsesaftale\nMellem Prøve Kommune og Lone Mønster er der indgået aftale.", "hold"},
		{"Kære Anders\n\nHermed din fratrædelsesaftale.", "Fratrædelsesaftale\nMellem Prøve Kommune og Anders Testesen er der indgået aftale. For kommunen: Anders Mønster.", ""},
		{"Kære Anders\n\nHermed din fratrædelsesaftale.", "Fratrædelsesaftale\nMellem Prøve Kommune og Anders Bo Testesen er der indgået aftale.", ""},
		{"Kære Anders\n\nBrevet til din nye medarbejder.", "Ansættelsesbrev\nPrøve Kommune ansætter Anders Mønster, pædagog.", ""},
		{"Kære Anders\n\nAftalen til underskrift.", "Samarbejdsaftale\nMellem Prøve Kommune og foreningen ved Anders Mønster.", ""},
	} {
		if got := said(item("Anders Testesen <at@mail.example>", c.body, c.paper)); got != c.want {
			t.Errorf("%q with %q: %q, want %q", c.body, c.paper, got, c.want)
		}
	}
}

// TestReferredBelow: what colleagues write to each other of a child is for no other parent.
func TestReferredBelow(t *testing.T) {
	const head = "Fra: Karen Mønster <km@kommune.example>\nTil: Lis Lærer <ll@kommune.example>\n\n"
	for _, c := range []struct {
		readers            int
		below, want, above string
	}{
		{4, "Jeg har indstillet Bo Prøvesen til PPR. Han mistrives.", "hold", "Husk madpakker."},
		{4, "Bo Prøvesen er blevet testet af skolepsykologen.", "hold", "Husk madpakker."},
		{2, "Jeg har indstillet Bo Prøvesen til PPR. Han mistrives.", "warn", "Husk madpakker."},
		{4, "Jeg har indstillet Bo Prøvesen til PPR.", "", "Her er mailen om Bo Prøvesen, som I bad om."},
		{4, "Skolepsykolog Bo Prøvesen holder oplæg om trivsel og udredning.", "", "Husk madpakker."},
		{4, "Forældre henvises til hjemmesiden. Bo Prøvesen fra Teknik ordner vejen.", "", "Husk madpakker."},
	} {
		it := item("Anders Testesen <at@mail.example>", "Kære forældre\n\n"+c.above)
		it.Internal = func(a string) bool { return strings.HasSuffix(a, "@kommune.example") }
		for i := 1; i < c.readers; i++ {
			a := fmt.Sprintf("p%d@mail.example", i)
			it.Doc.Mail.To, it.External = append(it.Doc.Mail.To, document.Address{Mail: a}), append(it.External, a)
		}
		it.Doc.Segments = append(it.Doc.Segments, document.Segment{Text: head + c.below, At: document.Location{Path: "m.eml", Layer: document.Quoted}})
		if got := said(it); got != c.want {
			t.Errorf("%q to %d: %q, want %q", c.below, c.readers, got, c.want)
		}
	}
}
