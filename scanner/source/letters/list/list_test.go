package list

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"brevvagt/document"
	tables "brevvagt/document/plain/table"
)

func read(name, text string) *document.Document {
	f := &document.Formats{List: []document.Format{tables.CSV{}}}
	return f.Read(context.Background(), name, []byte(text))
}

func TestHeadings(t *testing.T) {
	want := map[column][]string{
		fullName: {"Navn", "Modtager", "Fulde navn", "BORGERNAVN", "Debitornavn", "Partsrepræsentant", "Kundenavn", "Ejer(e)", "Evt. værge"}, firstName: {"Fornavn", "Fornavn(e)"}, lastName: {"Efternavn"},
		cprNumber: {"CPR", "CPR-nr.", "Cpr nummer", "Personnummer", "Modtagers CPR"}, address: {"Adresse", "Vejnavn", "Adr."},
		postCode: {"Postnr.", "Post nr. og by"}, town: {"By", "Postdistrikt"}, fileName: {"Fil", "Filnavn", "Vedhæftning", "Dokumentnavn", "PDF-fil"},
		nothing: {"E-mail", "Mailadresse", "Løbenr.", "Beløb", "", "Telefon"},
	}
	for c, headings := range want {
		for _, h := range headings {
			if got := columnOf(h); got != c {
				t.Errorf("%q is column %d, want %d", h, got, c)
			}
		}
	}
}

func TestRows(t *testing.T) {
	l, ok := Of(read("a.csv", "Kørsel;;;;\nFil;Efternavn;Fornavn;CPR;Adresse\n\"a.pdf; b.pdf\";Eksempel;Testperson;070761-4285;Testvej 1\n;;;;\nc.pdf;;;120336-3951;\n"))
	if !ok || len(l.Rows) != 2 || !l.HasFiles {
		t.Fatalf("read %+v, %v", l, ok)
	}
	r := l.Rows[0]
	if r.Name != "Testperson Eksempel" || len(r.Number) != 10 || r.Address != "Testvej 1" || strings.Join(r.Files, "|") != "a.pdf; b.pdf|a.pdf|b.pdf" {
		t.Errorf("row %+v", r)
	}
	if Digits("70761-4285") != Digits("070761-4285") || Digits("12345") != "" {
		t.Error("digits")
	}
}

// What counts the rows below a list is nobody; a row that has the same word in a name
// and somebody's number is.
func TestRowsThatCountTheOthers(t *testing.T) {
	l, ok := Of(read("liste.txt", "Lbnr\tNavn\tCPR\tAdresse\n1\tTestperson Eksempel\t070761-4285\tTestvej 1\nSum\tTestperson Prøve\t120336-3951\t\nI alt:\t2 modtagere\t\t\nAntal 2\tbreve\t\t\n"))
	if !ok || len(l.Rows) != 2 || l.Rows[1].Number == "" {
		t.Errorf("read %+v, %v", l.Rows, ok)
	}
}

func TestWhatIsNoList(t *testing.T) {
	for name, text := range map[string]string{
		"one known column":  "Navn;Beløb\nTestperson Eksempel;7\n",
		"no people":         "Fil;Adresse\na.pdf;Testvej 1\n",
		"headings alone":    "Navn;CPR\n",
		"prose with commas": "Kære alle, vi ses\npå mandag, hilsen\n",
	} {
		if l, ok := Of(read("a.csv", text)); ok {
			t.Errorf("%s: %+v", name, l)
		}
	}
	two := read("a.csv", "Navn;CPR\nTestperson Eksempel;070761-4285\n")
	other := read("b.csv", "Navn;CPR\nTestperson Prøve;120336-3951\n")
	two.Segments, two.Parts = append(two.Segments, other.Segments...), append(two.Parts, other.Parts...)
	if _, ok := Of(two); ok {
		t.Error("two lists are not one")
	}
}

func TestSheetsOfOneBook(t *testing.T) {
	cell := func(sheet, at, text string) document.Segment {
		return document.Segment{Text: text, At: document.Location{Path: "a.xlsx", Cell: sheet + "!" + at}}
	}
	doc := &document.Document{Parts: []document.Part{{Path: "a.xlsx", Type: "xlsx"}}}
	for _, sheet := range []string{"Kort", "Lang"} {
		doc.Segments = append(doc.Segments, cell(sheet, "A1", "Navn"), cell(sheet, "B1", "CPR"), cell(sheet, "A2", "Testperson Eksempel"))
	}
	doc.Segments = append(doc.Segments, cell("Lang", "A3", "Testperson Prøve"))
	if l, ok := Of(doc); !ok || len(l.Rows) != 2 {
		t.Errorf("got %+v, %v", l, ok)
	}
	doc.Parts = []document.Part{{Path: "brev.docx", Type: "docx"}}
	for i := range doc.Segments {
		doc.Segments[i].At.Path = "brev.docx/a.xlsx"
	}
	if _, ok := Of(doc); ok {
		t.Error("a sheet within a letter is no list of recipients")
	}
}

// A lawyer gets the letter, from a firm and about a client: all three are the row's.
func TestRepresentatives(t *testing.T) {
	l, ok := Of(read("a.csv", "Partsrepræsentant;Firma;Adresse;Part;Parts cpr-nr.\nAdvokat Testperson Eksempel;Prøve Advokater;Testvej 1;Testperson Prøve;070761-4285\n"))
	if !ok || len(l.Rows) != 1 {
		t.Fatalf("read %+v, %v", l, ok)
	}
	if r := l.Rows[0]; r.Name != "Advokat Testperson Eksempel" || r.Number != "" || r.Address != "Testvej 1" || len(r.Others) != 2 || r.Others[1] != (Person{"Testperson Prøve", "0707614285"}) {
		t.Errorf("row %+v", r)
	}
}

func FuzzOf(f *testing.F) {
	f.Add("Navn;CPR;Fil\nTestperson Eksempel;070761-4285;a.txt\n")
	f.Add("Fornavn\tEfternavn\tPersonnr\n\"a\nb\"\t\t1\n")
	f.Add(fmt.Sprintf("Navn;CPR\n%s", strings.Repeat("x;1\n", 50)))
	f.Fuzz(func(t *testing.T, text string) {
		l, ok := Of(read("a.csv", text))
		if ok && len(l.Rows) == 0 {
			t.Error("a list without rows")
		}
	})
}

func TestSeveralPeopleARow(t *testing.T) {
	l, ok := Of(read("a.csv", "Forældremyndighedsindehaver;CPR forælder;Barnets navn;Barnets CPR;Vej\nTestperson Eksempel;070761-4285;Testbarn Eksempel;120336-3951;Testvej 1\n"))
	if !ok || len(l.Rows) != 1 {
		t.Fatalf("read %+v, %v", l, ok)
	}
	r := l.Rows[0]
	if r.Name != "Testperson Eksempel" || r.Number != "0707614285" || len(r.Others) != 1 || r.Others[0] != (Person{"Testbarn Eksempel", "1203363951"}) {
		t.Errorf("row %+v", r)
	}
}

// Pages are where letters begin, by ranges or first pages, and not how many there are;
// addresses alone are a list, too, when they are three.
func TestPagesAndHomes(t *testing.T) {
	for _, c := range []struct {
		text         string
		first        int
		pages, homes bool
	}{
		{"Navn;Adresse;Sider\nAnders Prøve;Testvej 1;3-4\nBente Prøve;Testvej 2;1-2\n", 3, true, false},
		{"Navn;Adresse;Fra side;Til side\nAnders Prøve;Testvej 1;1;1\nBente Prøve;Testvej 2;2;3\n", 1, true, false},
		{"Navn;Adresse;Sidetal\nAnders Prøve;Testvej 1;1\nBente Prøve;Testvej 2;1\n", 1, false, false},
		{"Navn;Adresse;Antal sider\nAnders Prøve;Testvej 1;1\nBente Prøve;Testvej 2;2\n", 0, false, false},
		{"Navn;Adresse;Sider\nAnders Prøve;Testvej 1;1000001\nBente Prøve;Testvej 2;2\n", 0, false, false},
		{"Vejnavn;Husnr;Postnr;By\nTestvej;1;9999;Prøveby\nTestvej;2;9999;Prøveby\nTestvej;3;9999;Prøveby\n", 0, false, true},
	} {
		l, ok := Of(read("a.csv", c.text))
		if !ok || l.Rows[0].Page != c.first || l.HasPages != c.pages || l.Homes != c.homes {
			t.Errorf("%q: %+v, %v", c.text, l, ok)
		}
	}
}

// TestFieldWithoutEnd: fields that share a label and have no end of a record between
// them are kept up to a limit.
func TestFieldWithoutEnd(t *testing.T) {
	doc := &document.Document{}
	add := func(label, text string) {
		doc.Segments = append(doc.Segments, document.Segment{Text: text, Label: label, At: document.Location{Path: "liste.docx", Layer: document.Visible}})
	}
	for i := range 5 {
		add("Navn", fmt.Sprintf("Testperson Nummer%d Eksempel", i))
		add("Adresse", fmt.Sprintf("Prøvevej %d, 9999 Prøveby", i))
		add("Note", "kort")
	}
	for range 3000 {
		add("Note", "en note, der bliver ved")
	}
	found, ok := Of(doc)
	if !ok || len(found.Rows) != 5 {
		t.Fatalf("%v, %d rows", ok, len(found.Rows))
	}
	kept := 0
	for _, cell := range found.Rows[4].Cells {
		kept += len(cell)
	}
	if kept < maxField || kept > maxField+1000 {
		t.Errorf("%d bytes of the last row are kept", kept)
	}
}
