package subject_test

import (
	"fmt"
	"strings"
	"testing"

	"brevvagt/detectors/subject"
	"brevvagt/document"
)

// TestListed: a name with a birthday or a home beside it is one certain person.
func TestListed(t *testing.T) {
	for _, c := range []struct {
		line string
		want subject.Told
	}{
		{"Bente Prøvesen, født den 12. marts 1950, er indlagt.", subject.Told{Born: true}},
		{"Bente Prøvesen, f. 12/03-1950", subject.Told{Born: true}},
		{"- Bente Prøvesen (12.03.1950)", subject.Told{Born: true}},
		{"3. Bente Prøvesen; Prøvevej 12, 2. tv; 9999 Prøveby", subject.Told{Home: true}},
		{"Bofællesskabet Engen, Prøvevej 12, 9999 Prøveby", subject.Told{}},
		{"Bente Prøvesen - Prøvevej 12, 9999 Prøveby - f. 12-03-1950", subject.Told{Born: true, Home: true}},
		{"Palle Prøvesen, f. 12-03-1950", subject.Told{Born: true}},
		{"Bente Prøvesen møder den 12.03.2026", subject.Told{}},
		{"Bente Prøvesen, Prøvefirma ApS, Prøvevej 12, 9999 Prøveby", subject.Told{}},
		{"Bente Prøvesen, tlf. 20 12 34 56", subject.Told{}},
		{"Mødet er den 12. marts 1950 på Prøvevej 12, 9999 Prøveby", subject.Told{}},
		{"Kontaktperson: Bente Prøvesen, Prøvevej 12, 9999 Prøveby", subject.Told{}},
	} {
		var got subject.Told
		for _, s := range scan(t, text("a.txt", "Oversigt\n\n"+c.line+"\n")) {
			got = s.Told
		}
		if got != c.want {
			t.Errorf("%q: got %+v", c.line, got)
		}
	}
}

func TestListedInTables(t *testing.T) {
	table := func(columns string, rows ...string) []document.Segment {
		var out []document.Segment
		labels := strings.Split(columns, ";")
		for r, row := range rows {
			for c, v := range strings.Split(row, ";") {
				at := document.Location{Path: "a.xlsx", Cell: fmt.Sprintf("Ark1!%c%d", 'A'+c, r+2), Layer: document.Visible}
				out = append(out, document.Segment{Text: v, Label: labels[c], At: at})
			}
		}
		return out
	}
	for _, c := range []struct {
		columns string
		rows    []string
		want    int
	}{
		{"Navn;Adresse", []string{"Bente Prøvesen;Prøvevej 12", "Anders Testesen;Testvej 3, 9999 Prøveby"}, 2},
		{"Fornavn;Efternavn;Fødselsdato", []string{"Bente;Prøvesen;12-03-1950", "Anders;Testesen;01.04.1961"}, 2},
		{"Medarbejder;Sygedage", []string{"Bente Prøvesen;12"}, 1},
		{"Navn;Diagnose", []string{"Bente Prøvesen;KOL"}, 1},
		{"Navn;Stilling;Adresse", []string{"Bente Prøvesen;Leder;Prøvevej 12"}, 0},
		{"Leverandør;CVR;Adresse;Kontakt", []string{"Prøve ApS;12345678;Prøvevej 12;Bente Prøvesen"}, 0},
		{"Forælder;Institution;Restance kr.", []string{"Bente Prøvesen;Prøvehuset;1200"}, 1},
		{"Medarbejder;Afdeling;Sygedage", []string{"Bente Prøvesen;Prøvehuset;12"}, 0},
		{"Lånernavn;Titel;Gebyr", []string{"Bente Prøvesen;Prøvebogen;65"}, 1},
		{"Navn;By", []string{"Bente Prøvesen;Prøveby"}, 0},
	} {
		if got := scan(t, table(c.columns, c.rows...)...); len(got) != c.want {
			t.Errorf("%s: %d people, want %d", c.columns, len(got), c.want)
		}
		// The same in a text's table, whose cells have no place.
		segs := table(c.columns, c.rows...)
		for i := range segs {
			segs[i].At.Cell, segs[i].At.Path = "", "a.docx"
		}
		told := 0
		for _, s := range scan(t, segs...) {
			if s.Told.Any() {
				told++
			}
		}
		if told != c.want {
			t.Errorf("%s in a text: %d people, want %d", c.columns, told, c.want)
		}
	}
}

func TestMailboxNames(t *testing.T) {
	for local, want := range map[string]string{"b.eksempel": "B. E.", "bhansen": "B. H.", "b_eksempel77": "B. E.", "beksempel": "", "bente.eksempel": "", "info": ""} {
		if n, _ := subject.InitialName(local); n.String() != want {
			t.Errorf("%s: %q, want %q", local, n, want)
		}
	}
	for local, want := range map[string]string{"bente77": "B.", "bente": "B.", "solskin": "", "bo": ""} {
		if n, _ := subject.FirstName(local); n.String() != want {
			t.Errorf("%s: %q, want %q", local, n, want)
		}
	}
}

// TestDepartmentIsNoAddressee: a letterhead with a department's name above its address
// is no address block.
func TestDepartmentIsNoAddressee(t *testing.T) {
	for _, head := range []string{"Opkrævning og Regnskab", "Plan og Byg", "Kultur og Fritid", "Trivsel og Udvikling"} {
		letter := "Eksempel Kommune\n" + head + "\nTorvet 1\n9999 Prøveby\n\nBente Prøvesen\nPrøvevej 12\n9999 Prøveby\n\nDato: 20. november 2026\n\nKære Bente\n\nDu får hjælp.\n"
		doc := &document.Document{Segments: []document.Segment{text("a.txt", letter)}}
		if l, ok := subject.Letter(doc, "a.txt"); !ok || l.Addressee.String() != "B. P." {
			t.Errorf("%s: addressee %s", head, l.Addressee)
		}
	}
	couple := &document.Document{Segments: []document.Segment{text("a.txt", "Bente og Anders Prøvesen\nPrøvevej 12\n9999 Prøveby\n\nDato: 20. november 2026\n\nKære begge\n")}}
	if l, _ := subject.Letter(couple, "a.txt"); l.Addressee.Empty() {
		t.Error("a couple is no addressee")
	}
}

// A surname that could be a road's is one behind a first name in an address block.
func TestRoadSurnames(t *testing.T) {
	for text, want := range map[string]bool{
		"Anders Skovvej": true, "Bente Lund Strandvej": true, "Anders Bakken": true, "Thorgrim Solbakken": true,
		"Peter Bangs Vej": false, "Gamle Solbakken": false, "Nordre Kirkegade": false, "Skovvej": false, "Store Torvegade": false,
	} {
		if _, ok := subject.Named(text); ok != want {
			t.Errorf("%q: %v", text, ok)
		}
	}
}
