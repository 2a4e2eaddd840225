package subject_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"brevvagt/detectors"
	"brevvagt/detectors/detectortest"
	"brevvagt/detectors/identity"
	"brevvagt/detectors/subject"
	"brevvagt/document"
	"brevvagt/internal/spent"
)

var key, _ = detectors.NewKey(bytes.Repeat([]byte("n"), 32))

// scan groups the people of segments.
func scan(t testing.TB, segs ...document.Segment) []subject.Subject {
	t.Helper()
	doc := &document.Document{Segments: segs}
	set := &detectors.Set{List: []detectors.Detector{identity.CPR(identity.Config{})}, Key: key}
	found, gaps := set.Scan(context.Background(), doc, detectors.Env{AsOf: detectortest.AsOf})
	if len(gaps) > 0 {
		t.Fatal(gaps)
	}
	return subject.GroupWith(key, doc, found)
}

func text(path, s string) document.Segment {
	return document.Segment{Text: s, At: document.Location{Path: path, Line: 1, Layer: document.Visible}}
}

func cpr(n int) string { return detectortest.Dashed(detectortest.CPR(n)) }

// letter is a letter about one person with a spouse, a caseworker and guidance.
func letter() string {
	return "Prøvekommune\nRådhuspladsen 1\n9999 Prøveby\n\n" +
		"Testperson Eksempel\nTestvej 12, 2. tv\n9998 Eksempelby\n\n" +
		"Den 21. november 2026\nSagsnr. 27.03.00-G01-12-21\nSagsbehandler: Medarbejder Prøvesen\nCPR-nr.: " + cpr(1) + "\n\n" +
		"Kære Testperson\n\nVi har modtaget din ansøgning. Din ægtefælle, Ægtefælle Eksempel, CPR-nr. " + cpr(2) + ", er omfattet.\n\n" +
		"Med venlig hilsen\n\nMedarbejder Prøvesen\nsocialrådgiver\n\nKlagevejledning\nSom i sagen " + cpr(3) + " kan du klage.\nKopi til: " + cpr(4)
}

func TestRolesInALetter(t *testing.T) {
	people := scan(t, text("brev.docx", letter()))
	want := []struct {
		display string
		role    subject.Role
		name    string
	}{
		{cpr(1)[:6] + "-xxxx", subject.Addressee, ""},
		{cpr(2)[:6] + "-xxxx", subject.Mentioned, "Æ. E."},
		{cpr(3)[:6] + "-xxxx", subject.Guided, ""},
		{cpr(4)[:6] + "-xxxx", subject.Copied, ""},
		{"T. E.", subject.Addressee, "T. E."},
	}
	// The number of the reference block has no name beside it, so the addressee is
	// a person by name alone.
	want[0].role = subject.About
	if len(people) != len(want) {
		t.Fatalf("%d people, want %d: %v", len(people), len(want), people)
	}
	for i, w := range want {
		p := people[i]
		if p.Display != w.display || p.Role != w.role || p.Name.String() != w.name {
			t.Errorf("person %d: %s %s %q, want %+v", i, p.Display, p.Role, p.Name, w)
		}
	}
	if !people[4].NameOnly || people[0].NameOnly {
		t.Error("who is known by name alone is mixed up")
	}
}

func TestNameBesideANumber(t *testing.T) {
	for _, c := range []struct{ text, name string }{
		{"Testperson Eksempel, CPR-nr. %s", "Testperson Eksempel"},
		{"Afgørelse til Testperson P. Eksempel (%s) om støtte", "Testperson P. Eksempel"},
		{"Navn: Testperson Eksempel\nCPR: %s", "Testperson Eksempel"},
		{"%s, Testperson von Eksempel", "Testperson von Eksempel"},
		{"%s Testperson Eksempel-Prøve har søgt", "Testperson Eksempel-Prøve"},
		{"Hansen, Testperson Eksempel %s", "Testperson Eksempel"},
		{"CPR %s Navn Åse Ørum", "Åse Ørum"},
		{"Borgeren har CPR-nr. %s", ""},
		{"Sagen vedrører %s\nTestvej 12", ""},
		{"Kommune Borgerservice %s", ""},
	} {
		people := scan(t, text("a.txt", fmt.Sprintf(c.text, cpr(7))))
		if len(people) == 0 {
			t.Errorf("%q: nobody", c.text)
			continue
		}
		p := people[0]
		if got := !p.Name.Empty(); got != (c.name != "") {
			t.Errorf("%q: name %q", c.text, p.Name)
		}
		if c.name == "" {
			continue
		}
		if p.NameID.Digest() != subject.NewName(c.name).Mask(key).Digest() {
			t.Errorf("%q: name %q, want that of %q", c.text, p.Name, c.name)
		}
	}
}

func TestNameInATableRowOrForm(t *testing.T) {
	cell := func(cell, label, s string) document.Segment {
		return document.Segment{Text: s, Label: label, At: document.Location{Path: "liste.xlsx", Cell: cell}}
	}
	people := scan(t, cell("Ark1!A2", "Fornavn", "Testperson"), cell("Ark1!B2", "Efternavn", "Eksempel"), cell("Ark1!C2", "CPR", cpr(1)),
		cell("Ark1!A3", "Fornavn", "Anden"), cell("Ark1!B3", "Efternavn", "Prøve"), cell("Ark1!C3", "CPR", cpr(2)))
	if len(people) != 2 || people[0].Name.String() != "T. E." || people[1].Name.String() != "A. P." || people[0].Role != subject.About {
		t.Errorf("table: %+v", people)
	}
	field := func(label, s string) document.Segment {
		return document.Segment{Text: s, Label: label, At: document.Location{Path: "blanket.pdf", Page: 1}}
	}
	people = scan(t, field("Navn", "Testperson Eksempel"), field("Adresse", "Testvej 1"), field("CPR-nr.", cpr(1)))
	if len(people) != 1 || people[0].Name.String() != "T. E." {
		t.Errorf("form: %+v", people)
	}
	// A table of labels and values: those below the first have its name above them.
	people = scan(t, field("", "Barn/ung"), field("Barn/ung", "Testperson Eksempel"), field("Barn/ung", "CPR-nr."), field("CPR-nr.", cpr(1)), field("Barn/ung", "Adresse"), field("Adresse", "Testvej 1"))
	if len(people) != 1 || people[0].Name.String() != "T. E." {
		t.Errorf("table of labels: %+v", people)
	}
}

// A form in a spreadsheet has its labels to the left, a table above.
func TestFormInASpreadsheet(t *testing.T) {
	cell := func(cell, label, s string) document.Segment {
		return document.Segment{Text: s, Label: label, At: document.Location{Path: "skema.xlsx", Cell: cell}}
	}
	people := scan(t, cell("Ark1!A1", "", "Navn"), cell("Ark1!B1", "Navn", "Testperson Eksempel"), cell("Ark1!A2", "", "Adresse"), cell("Ark1!B2", "Adresse", "Testvej 1"))
	if len(people) != 1 || people[0].Name.String() != "T. E." || people[0].Role != subject.About || !people[0].Where[0].Field {
		t.Errorf("form: %+v", people)
	}
	if people = scan(t, cell("Ark1!A1", "", "Navn"), cell("Ark1!B1", "", "Hold"), cell("Ark1!A2", "Navn", "Testperson Eksempel"), cell("Ark1!B2", "Hold", "4")); len(people) != 0 {
		t.Errorf("table: %+v", people)
	}
}

// In a file put together of several papers, what follows a signature may be the next.
func TestPaperBehindASignature(t *testing.T) {
	const page = "Barn: %s\n\nNotat\n%s er henvist til en undersøgelse på mandag kl. 10.\n\nMed venlig hilsen\n\nMedarbejder Prøvesen\nSocialrådgiver\n\n"
	people := scan(t, text("akter.docx", fmt.Sprintf(page, "Bodil Eksempel", "Bodil Eksempel")+fmt.Sprintf(page, "Jens Testesen", "Jens Testesen")))
	if len(people) != 2 || people[0].Role != subject.About || people[1].Role != subject.About {
		t.Errorf("%+v", people)
	}
}

func TestGroupCountsEachPersonOnceOverPapers(t *testing.T) {
	people := scan(t, text("m/a.pdf", "CPR "+cpr(1)), text("m/b.pdf", "CPR "+detectortest.CPR(1)+" og "+cpr(2)))
	if len(people) != 2 || !slices.Equal(people[0].Paths, []string{"m/a.pdf", "m/b.pdf"}) || len(people[0].Findings) != 2 || people[0].RoleIn("m/b.pdf") != subject.About {
		t.Errorf("%+v", people)
	}
	if people[1].RoleIn("m/a.pdf") != "" {
		t.Error("a role in a paper without the person")
	}
}

func TestNobodyIsFound(t *testing.T) {
	if people := scan(t, text("a.txt", "Kære alle\nDer er kage.\nMed venlig hilsen\nMedarbejder Prøvesen")); len(people) != 0 {
		t.Errorf("%+v", people)
	}
	if people := subject.Group(&document.Document{}, nil); len(people) != 0 {
		t.Error(people)
	}
}

func TestNamesNeverPrintThemselves(t *testing.T) {
	people := scan(t, text("brev.docx", letter()))
	info, ok := subject.Letter(&document.Document{Segments: []document.Segment{text("brev.docx", letter())}}, "brev.docx")
	if !ok {
		t.Fatal("no letter")
	}
	var out bytes.Buffer
	slog.New(slog.NewJSONHandler(&out, nil)).Info("fund", "people", people, "letter", info, "name", info.Addressee)
	for _, v := range []any{people, info, people[4].Name, info.Address} {
		fmt.Fprintf(&out, "%v %+v %#v %s", v, v, v, v)
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(b)
	}
	for _, word := range []string{"estperson", "ksempel", "estvej", detectortest.CPR(1)} {
		if strings.Contains(out.String(), word) {
			t.Errorf("%q is shown", word)
		}
	}
}

func TestLetter(t *testing.T) {
	doc := &document.Document{Segments: []document.Segment{text("brev.docx", letter())}}
	info, ok := subject.Letter(doc, "brev.docx")
	if !ok {
		t.Fatal("no letter")
	}
	if !info.Addressee.Same(subject.NewName("Eksempel, Testperson")) || info.Addressee.Same(subject.NewName("Anden Eksempel")) {
		t.Errorf("addressee %v", info.Addressee)
	}
	if !info.Address.Same(subject.NewPlace("Testvej 12, 9998 Eksempelby")) || info.Address.Same(subject.NewPlace("Testvej 13\n9998 Eksempelby")) {
		t.Errorf("address %#v", info.Address)
	}
	if !info.Salutation.Same(info.Addressee) || info.Salutation.Full() {
		t.Errorf("salutation %v", info.Salutation)
	}
	if want := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC); !info.Date.Equal(want) {
		t.Errorf("date %v", info.Date)
	}
	if _, ok := subject.Letter(doc, "andet.docx"); ok {
		t.Error("a letter at a path without text")
	}
}

// TestLetterOfParagraphs reads the same letter as a word processor's file gives it:
// every line a segment and no empty ones.
func TestLetterOfParagraphs(t *testing.T) {
	doc := &document.Document{}
	for l := range strings.Lines(letter()) {
		if strings.TrimSpace(l) != "" {
			doc.Segments = append(doc.Segments, text("brev.docx", strings.TrimSpace(l)))
		}
	}
	info, ok := subject.Letter(doc, "brev.docx")
	if !ok || !info.Addressee.Same(subject.NewName("Testperson Eksempel")) || info.Address.String() != "9998" || info.Date.Day() != 21 {
		t.Errorf("%v %+v", ok, info)
	}
	people := scan(t, doc.Segments...)
	if len(people) != 5 || people[0].Role != subject.About || people[1].Role != subject.Mentioned {
		t.Errorf("%+v", people)
	}
}

func TestCareOfAndOrganisations(t *testing.T) {
	read := func(s string) (subject.LetterInfo, bool) {
		return subject.Letter(&document.Document{Segments: []document.Segment{text("a", s)}}, "a")
	}
	info, ok := read("Testperson Eksempel\nc/o Anden Prøve\nTestvej 1, st. th\n9998 Eksempelby\n\nDato: 2026-11-21")
	if !ok || !info.Addressee.Same(subject.NewName("Testperson Eksempel")) || info.Date.IsZero() {
		t.Errorf("%v %+v", ok, info)
	}
	if _, ok := read("Eksempel Kommune\nTestvej 1\n9998 Eksempelby\n\nNyhedsbrev"); ok {
		t.Error("a letterhead was read as an addressee")
	}
	if info, _ := read("Kære Testperson\nDu er født 21.11.1990 og fristen er 1. maj 2026"); !info.Date.IsZero() {
		t.Errorf("a date of the body was read as the letter's: %v", info.Date)
	}
}

func TestLettersOfAMergedFile(t *testing.T) {
	page := func(n int, name, date string) document.Segment {
		return document.Segment{At: document.Location{Path: "flet.pdf", Page: n, Layer: document.Visible},
			Text: name + "\nTestvej " + fmt.Sprint(n) + "\n9998 Eksempelby\n" + date + "\nKære " + name + "\nTekst.\nMed venlig hilsen\nMedarbejder Prøvesen"}
	}
	doc := &document.Document{Segments: []document.Segment{
		page(1, "Testperson Et", "Dato: 21-03-2022"), page(2, "Testperson To", "21.03.2022"), page(3, "Testperson Tre", "Prøveby, den 5. marts 2022"),
	}}
	all := subject.Letters(doc, "flet.pdf")
	if len(all) != 3 {
		t.Fatalf("%d letters", len(all))
	}
	for i, name := range []string{"Testperson Et", "Testperson To", "Testperson Tre"} {
		if !all[i].Addressee.Same(subject.NewName(name)) || all[i].Page != i+1 || all[i].Date.Year() != 2022 || all[i].Date.Month() != 3 {
			t.Errorf("letter %d: %+v", i, all[i])
		}
	}
}

func TestSameName(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"Åse Ørum", "Aase Oerum", true},
		{"Eksempel, Testperson", "Testperson Eksempel", true},
		{"T. Eksempel", "Testperson Eksempel", true},
		{"Testperson P. Eksempel", "Testperson Prøve Eksempel", true},
		{"Testperson", "Testperson Eksempel", true},
		{"Hr. Testperson Eksempel", "TESTPERSON EKSEMPEL", true},
		{"A\u030ase Eksempel", "Åse Eksempel", true},
		{"Testperson Eksempel", "Anden Eksempel", false},
		{"Testperson Eksempelsen", "Testperson Eksempelson", false},
		{"T. E.", "Testperson Eksempel", false},
		{"", "Testperson Eksempel", false},
		{"Anna Eksempel", "Anne Eksempel", false},
	} {
		if got := subject.SameName(c.a, c.b); got != c.same {
			t.Errorf("SameName(%q, %q) = %v", c.a, c.b, got)
		}
		if got := subject.SameName(c.b, c.a); got != c.same {
			t.Errorf("SameName(%q, %q) = %v", c.b, c.a, got)
		}
	}
}

func TestManyNamesTakeLittleTime(t *testing.T) {
	var segs []document.Segment
	for i := range 3000 {
		segs = append(segs, text(fmt.Sprintf("a/%d.txt", i), "Navn: Testperson Eksempel\nCPR: "+detectortest.CPR(i)+"\nBarn: Andet Barn"))
	}
	start := spent.Processor()
	if people := scan(t, segs...); len(people) < 3000 {
		t.Errorf("%d people", len(people))
	}
	if took := spent.Processor() - start; took > 5*time.Second {
		t.Errorf("took %v", took)
	}
}

func FuzzGroup(f *testing.F) {
	f.Add(letter(), "Navn", "Ark1!B7", 1)
	f.Add("9999 By\n9999 By\nKære\n\nDen 1. a 2026", "", "", 0)
	f.Add("Vedr.: \xffÆ Ø", "x", "!", 3)
	f.Fuzz(func(t *testing.T, s, label, cell string, page int) {
		doc := &document.Document{Segments: []document.Segment{
			text("a", s), {Text: s, Label: label, At: document.Location{Path: "b", Page: page, Cell: cell}}, {Text: "CPR " + cpr(1), Label: label, At: document.Location{Path: "b", Page: page}},
		}}
		set := &detectors.Set{List: []detectors.Detector{identity.CPR(identity.Config{})}, Key: key}
		found, _ := set.Scan(context.Background(), doc, detectors.Env{AsOf: detectortest.AsOf})
		subject.GroupWith(key, doc, found)
		subject.Letters(doc, "a")
	})
}
