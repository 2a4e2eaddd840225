package parties

import (
	"cmp"
	"strings"
	"testing"

	"brevvagt/detectors"
	"brevvagt/document"
)

const ownLetter = "Testperson Eksempel\nPrøvevej 1\n9999 Prøveby\n\nDato: 3. december 2026\nCPR-nr.: nr=b\n\n"

// A letter to the right reader in which an earlier citizen was left.
func TestLeftInside(t *testing.T) {
	for _, c := range []struct {
		name, letter string
		odd, weak    bool
	}{
		{"clean", "Kære Testperson\n\nDin ansøgning er bevilget.", false, false},
		{"another's full name", "Kære Bodil Skyggebæk\n\nDin ansøgning er bevilget.", true, false},
		{"another's first name", "Kære Bodil\n\nDin ansøgning er bevilget.", true, true},
		{"no name", "Kære Nabo\n\nDin ansøgning er bevilget.", false, false},
		{"another in the text", "Kære Testperson\n\nVi har talt med Bodil Skyggebæk, CPR nr=a, om bevillingen af aflastning.", true, true},
		{"one who is tied to the reader", "Kære Testperson\n\nVi har talt med din ægtefælle Bodil Skyggebæk, CPR nr=a, om bevillingen.", false, false},
	} {
		it := item("Testperson Eksempel <te@mail.example>", "Se brev.", ownLetter+c.letter)
		it.Personal = true
		odd := it.Conflicts(false)
		if (len(odd) > 0) != c.odd || c.odd && odd[0].Weak != c.weak {
			t.Errorf("%s: %+v", c.name, odd)
		}
	}
}

// A paragraph about somebody else, by name alone, in the reader's own letter.
func TestStrayParagraph(t *testing.T) {
	for _, c := range []struct {
		name, text string
		odd        bool
	}{
		{"a stranger", "Bodil Skyggebæk har epilepsi. Bodil Skyggebæk er henvist og har angst.", true},
		{"told once", "Bodil Skyggebæk har epilepsi.", false},
		{"the reader", "Testperson Eksempel har epilepsi og angst.", false},
		{"a relative by name", "Bodil Eksempel har epilepsi og angst.", false},
		{"a spouse", "Din samlever Bodil Skyggebæk er hørt. Bodil Skyggebæk har epilepsi og angst.", false},
		{"a father", "Jens Skyggebæk (far) har epilepsi. Jens Skyggebæk har angst.", false},
	} {
		it := item("Testperson Eksempel <te@mail.example>", "Se brev.", "Testperson Eksempel\nPrøvevej 1\n9999 Prøveby\n\nKære Testperson Eksempel\n\n"+c.text)
		for i := range it.Doc.Segments {
			for _, w := range []string{"epilepsi", "angst"} {
				if k := strings.Index(it.Doc.Segments[i].Text, w); k >= 0 {
					it.Findings = append(it.Findings, detectors.Finding{Detector: "special-category", Category: "helbred", Strength: detectors.Medium, Segment: i, Start: k, End: k + len(w), At: it.Doc.Segments[i].At})
				}
			}
		}
		odd := it.Conflicts(false)
		if (len(odd) > 0) != c.odd || c.odd && !odd[0].Weak {
			t.Errorf("%s: %+v", c.name, odd)
		}
	}
}

func TestPageHeaderOfAnother(t *testing.T) {
	it := item("Testperson Eksempel <te@mail.example>", "Se brev.", ownLetter+"Kære Testperson\n\nDin ansøgning er bevilget.", "Sag om CPR nr=a")
	for i := range it.Doc.Segments {
		if s := &it.Doc.Segments[i]; s.At.Path == "m.eml/2.txt" {
			s.At.Path, s.At.Layer = "m.eml/1.txt", document.Header
		}
	}
	for i := range it.Findings {
		it.Findings[i].At = it.Doc.Segments[it.Findings[i].Segment].At
	}
	for i := range it.Subjects {
		for k := range it.Subjects[i].Where {
			o := &it.Subjects[i].Where[k]
			o.Path, o.Layer = it.Doc.Segments[o.Segment].At.Path, it.Doc.Segments[o.Segment].At.Layer
		}
	}
	if odd := it.Conflicts(false); len(odd) != 1 || odd[0].Weak {
		t.Errorf("%+v", odd)
	}
}

// What a file is called may name somebody else.
func TestTitled(t *testing.T) {
	for title, want := range map[string]bool{"Afgørelse - Bodil Skyggebæk.docx": true, "Afgørelse - Testperson Eksempel.docx": false, "Vejledning Digital Post.docx": false} {
		it := item("Testperson Eksempel <te@mail.example>", "Hermed afgørelsen i din sag.", "Du er bevilget et tilskud.")
		at := document.Location{Path: "m.eml/" + title, Layer: document.Metadata}
		it.Doc.Segments = append(it.Doc.Segments, document.Segment{Text: title, At: at})
		it.Personal = true
		if odd := it.Conflicts(false); (len(odd) > 0) != want {
			t.Errorf("%s: %+v", title, odd)
		}
	}
}

// A letter's file is called after whom it was written to, also where it says only "du".
func TestFileFor(t *testing.T) {
	const decision, mail = "Du får afslag på tilskud.\n\nVenlig hilsen\nGry Testlund", "Kære Testperson\n\nHermed svar."
	for _, c := range []struct {
		file, paper, mail, to string
		odd, weak             bool
	}{
		{file: "Afgørelse - Bodil Skyggebæk.docx", odd: true},
		{file: "Skyggebæk, Bodil - afgørelse.docx", odd: true},
		{file: "Brev-Bodil-Skyggebæk.docx", odd: true},
		{file: "afgoerelse_bodil_skyggesen_2026.docx", odd: true},
		{file: "Brev til Bodil Skyggebæk.docx", paper: "Vi ser dig til mødet.", to: "testperson.eksempel@gmail.com", mail: "Hej\n\nSe brev.", odd: true},
		{file: "Afgørelse - Bodil Skyggebæk.docx", mail: "Kære Testperson\n\nHer er svaret til Bodil Skyggebæk.", odd: true, weak: true},
		{file: "Oplæg Bodil Skyggebæk.docx", paper: "Fremtidens bibliotek", odd: true, weak: true},
		{file: "Handleplan Bodil Skyggebæk.docx", paper: "Handleplan for dit barn\nBarnet er bevilget støtte.", odd: true, weak: true},
		{file: "Nabohøring Bodil Skyggebæk.docx", paper: "Nabohøring\nDu kan klage over afgørelsen.", odd: true, weak: true},
		{file: "Afgørelse - Testperson Eksempel.docx"},
		{file: "Afgørelse Bodil Eksempel.docx"},
		{file: "Brev fra Gry Testlund.docx"},
		{file: "Afgørelse Peter Bangs Vej 12.docx"},
		{file: "Karen Blixen Prisen afgørelse.docx"},
		{file: "maj_ydelsen_afgoerelse.docx"},
		{file: "Sankt Hans Aften brev.docx"},
		{file: "Afgørelse - Bodil Skyggebæk.docx", to: "Testperson Eksempel <te@eksempel-advokat.example>"},
		{file: "Afgørelse - Bodil Skyggebæk.docx", mail: "Kære Testperson\n\nSom værge får du afgørelsen."},
	} {
		it := item("Testperson Eksempel <te@gmail.com>", cmp.Or(c.mail, mail))
		if c.to != "" {
			it = item(c.to, cmp.Or(c.mail, mail))
			if !strings.Contains(c.to, "<") {
				it.Doc.Mail.To[0], it.External = document.Address{Mail: c.to}, []string{c.to}
			}
		}
		path := "m.eml/" + c.file
		it.Doc.Segments = append(it.Doc.Segments, document.Segment{Text: c.file, At: document.Location{Path: path, Layer: document.Metadata}},
			document.Segment{Text: cmp.Or(c.paper, decision), At: document.Location{Path: path, Layer: document.Visible}})
		odd := it.Conflicts(false)
		if (len(odd) > 0) != c.odd || c.odd && odd[0].Weak != c.weak {
			t.Errorf("%s to %s: %+v", c.file, c.to, odd)
		}
	}
}

// A slot that says by its label whom a letter is about, filled in with another by name.
func TestSlots(t *testing.T) {
	for _, c := range []struct {
		name, lines string
		odd         bool
	}{
		{"a label", "Borger: Bodil Skyggebæk", true},
		{"a label on the line above", "Ansøgers navn\nBodil Skyggebæk", true},
		{"a turn", "Afgørelse vedr. Bodil Skyggebæk, sagsnr. 26-1", true},
		{"another's salutation", "Kære Bodil Skyggebæk", true},
		{"the reader's", "Borger: Testperson Eksempel", false},
		{"a relative", "Vedr.: Bodil Eksempel", false},
		{"a spouse's part", "Oplysninger om din ægtefælle\nNavn: Bodil Skyggebæk", false},
		{"a case worker's part", "Din kontaktperson\nNavn: Bodil Skyggebæk", false},
		{"whom to turn to", "Kontakt\nNavn: Bodil Skyggebæk", false},
		{"a therapist", "Din fysioterapeut\nNavn: Bodil Skyggebæk", false},
		{"who helps at home", "Bostøtte\nNavn: Bodil Skyggebæk", false},
		{"where a form is sent", "Modtager: Bodil Skyggebæk, Borgerservice", false},
		{"a citizen below a heading", "Oplysninger i sagen\nNavn: Bodil Skyggebæk", true},
		{"a neighbour's case", "Vedr. Bodil Skyggebæk, nabohøring", false},
		{"a matter", "Vedr.: Lov om Social Service", false},
		{"an office", "Borgmester: Bodil Skyggebæk", false},
	} {
		it := item("Testperson Eksempel <te@mail.example>", "Se brev.", ownLetter+"Kære Testperson\n\nDu hører fra os.\n"+c.lines)
		it.Personal = true
		if odd := it.Conflicts(false); (len(odd) > 0) != c.odd || c.odd && odd[0].Weak {
			t.Errorf("%s: %+v", c.name, odd)
		}
	}
}

// A comment that stayed in a letter tells of another's case by name.
func TestRemarked(t *testing.T) {
	for remark, want := range map[string]bool{
		"Brugte Bodil Skyggebæks brev som skabelon":     true,
		"Bodil Skyggebæk fra jura har godkendt teksten": false,
		"Testperson Eksempel fik brev i går":            false,
		"Husk at rette beløbet i brevet":                false,
	} {
		it := item("Testperson Eksempel <te@mail.example>", "Se brev.", ownLetter+"Kære Testperson\n\nDu hører fra os.")
		it.Doc.Segments = append(it.Doc.Segments, document.Segment{Text: remark, At: document.Location{Path: "m.eml/1.txt", Layer: document.Comment}})
		if odd := it.Hidden(); (len(odd) > 0) != want || want && !odd[0].Weak {
			t.Errorf("%s: %+v", remark, odd)
		}
	}
}

// An address block of another stands above the reader's salutation.
func TestBlockOfAnother(t *testing.T) {
	it := item("Testperson Eksempel <te@mail.example>", "Se brev.", "Bodil Skyggebæk\nPrøvevej 4\n9999 Prøveby\n\nKære Testperson Eksempel\n\nDu hører fra os.")
	it.Personal = true
	if odd := it.Conflicts(false); len(odd) != 1 || odd[0].Weak {
		t.Errorf("%+v", odd)
	}
}
