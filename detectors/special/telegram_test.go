package special_test

import (
	"testing"

	"brevvagt/detectors"
	"brevvagt/document"
)

// Case notes leave out whom they are about once he was named.
func TestTelegram(t *testing.T) {
	for text, want := range map[string]int{
		"Borger: Testperson Eksempel. Svær angst, indlagt i august.":                                       1,
		"Undersøgt: Mette Eksempelsen. Hun var rolig. Opfylder kriterierne for PTSD.":                      1,
		"Mette Eksempelsen er færdig med forløbet. Teamet indstiller til støtte på grund af svær KOL.":     1,
		"Mette Eksempelsen kommer kl. 10. Depression rammer mange unge.":                                   0,
		"Mette Eksempelsen kommer kl. 10. Emnet for mødet er depression.":                                  0,
		"1. Valg af medlem efter Mette Eksempelsen. 2. Orientering om misbrug.":                            0,
		"Mette Eksempelsen holder oplæg. Indlagt i programmet er en film om skizofreni.":                   0,
		"Mette Eksempelsen kommer.\n\nSvær angst, indlagt i august.":                                       0,
		"Mette Eksempelsen kommer med kaffe. Psykiatrien kontakter jer om lokalet, hvor angst er på plan.": 0,
	} {
		if got := len(find(text)); got != want {
			t.Errorf("%q: %d findings, want %d", text, got, want)
		}
	}
}

// What a cell says is about whoever its row names.
func TestRows(t *testing.T) {
	cell := func(at, label, text string) document.Segment {
		return document.Segment{Label: label, Text: text, At: document.Location{Path: "a.xlsx", Cell: at, Layer: document.Visible}}
	}
	field := func(label, text string) document.Segment {
		return document.Segment{Label: label, Text: text, At: document.Location{Path: "a.docx", Layer: document.Visible}}
	}
	for name, x := range map[string]struct {
		doc  []document.Segment
		want int
	}{
		"row with a name":         {[]document.Segment{cell("A2", "Navn", "Mette Eksempelsen"), cell("B2", "Ramt af", "epilepsi")}, 1},
		"name in another row":     {[]document.Segment{cell("A2", "Navn", "Mette Eksempelsen"), cell("B3", "Ramt af", "epilepsi")}, 0},
		"name in another sheet":   {[]document.Segment{cell("Ark1!A2", "Navn", "Mette Eksempelsen"), cell("Ark2!B2", "Ramt af", "epilepsi")}, 0},
		"first name alone":        {[]document.Segment{cell("A2", "Elev", "Mette"), cell("B2", "Ramt af", "epilepsi")}, 1},
		"the name of a course":    {[]document.Segment{cell("A2", "Navn", "Mette Eksempelsen"), cell("B2", "Kursus", "epilepsi")}, 0},
		"a body":                  {[]document.Segment{cell("A2", "Navn", "Foreningen Nord"), cell("B2", "Ramt af", "epilepsi")}, 0},
		"who may be asked":        {[]document.Segment{cell("A2", "Kontaktperson", "Mette Eksempelsen"), cell("B2", "Ramt af", "epilepsi")}, 0},
		"fields of a form":        {[]document.Segment{field("Navn", "Mette Eksempelsen"), field("Ramt af", "epilepsi")}, 1},
		"the next row of a table": {[]document.Segment{field("Navn", "Mette Eksempelsen"), field("Ramt af", "-"), field("Ramt af", "epilepsi")}, 0},
	} {
		doc := &document.Document{Segments: x.doc}
		set := detectors.Set{List: []detectors.Detector{detector}, Key: detectors.RandomKey()}
		found, _ := set.Scan(t.Context(), doc, detectors.Env{})
		if len(found) != x.want {
			t.Errorf("%s: %d findings, want %d", name, len(found), x.want)
		}
	}
}
