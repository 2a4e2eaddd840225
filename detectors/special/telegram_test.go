package special_test

import (
	"strings"
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
		"Hun har tinnitus, så måske skal man tale lavt, man skal i hvert fald ikke råbe.":                  1,
		"Mette Eksempelsen kommer kl. 10. Depression rammer mange unge.":                                   0,
		"Mette Eksempelsen kommer kl. 10. Emnet for mødet er depression.":                                  0,
		"1. Mette Eksempelsen, Testvej 11. Svær KOL, bor alene.":                                           1,
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
		"row with a name":            {[]document.Segment{cell("A2", "Navn", "Mette Eksempelsen"), cell("B2", "Ramt af", "epilepsi")}, 1},
		"name in another row":        {[]document.Segment{cell("A2", "Navn", "Mette Eksempelsen"), cell("B3", "Ramt af", "epilepsi")}, 0},
		"name in another sheet":      {[]document.Segment{cell("Ark1!A2", "Navn", "Mette Eksempelsen"), cell("Ark2!B2", "Ramt af", "epilepsi")}, 0},
		"first name alone":           {[]document.Segment{cell("A2", "Elev", "Mette"), cell("B2", "Ramt af", "epilepsi")}, 1},
		"the name of a course":       {[]document.Segment{cell("A2", "Navn", "Mette Eksempelsen"), cell("B2", "Kursus", "epilepsi")}, 0},
		"what is done for a citizen": {[]document.Segment{cell("A2", "Borger", "Mette Eksempelsen"), cell("B2", "Opgave", "epilepsi")}, 1},
		"somebody's task":            {[]document.Segment{cell("A2", "Navn", "Mette Eksempelsen"), cell("B2", "Opgave", "epilepsi")}, 0},
		"an employee's union":        {[]document.Segment{cell("A2", "Medarbejder", "Mette Eksempelsen"), cell("B2", "Stilling", "Pædagog"), cell("C2", "Fagforening", "3F")}, 1},
		"unions by themselves":       {[]document.Segment{cell("A2", "Sted", "Hallen"), cell("C2", "Fagforening", "3F")}, 0},
		"a body":                     {[]document.Segment{cell("A2", "Navn", "Foreningen Nord"), cell("B2", "Ramt af", "epilepsi")}, 0},
		"who may be asked":           {[]document.Segment{cell("A2", "Kontaktperson", "Mette Eksempelsen"), cell("B2", "Ramt af", "epilepsi")}, 0},
		"fields of a form":           {[]document.Segment{field("Navn", "Mette Eksempelsen"), field("Ramt af", "epilepsi")}, 1},
		"the next row of a table":    {[]document.Segment{field("Navn", "Mette Eksempelsen"), field("Ramt af", "-"), field("Ramt af", "epilepsi")}, 0},
	} {
		doc := &document.Document{Segments: x.doc}
		set := detectors.Set{List: []detectors.Detector{detector}, Key: detectors.RandomKey()}
		found, _ := set.Scan(t.Context(), doc, detectors.Env{})
		if len(found) != x.want {
			t.Errorf("%s: %d findings, want %d", name, len(found), x.want)
		}
	}
}

// The points of a list are about whom the line above it names, if they tell enough.
func TestPoints(t *testing.T) {
	page := func(lines ...string) []document.Segment {
		var list []document.Segment
		for _, l := range lines {
			list = append(list, document.Segment{Text: l, At: document.Location{Path: "a.html", Layer: document.Visible}})
		}
		return list
	}
	for name, x := range map[string]struct {
		doc  []document.Segment
		want int
	}{
		"below a name":                 {page("Mette Eksempelsen, 27", "- metadon 60 mg", "- gravid uge 8, bor hos sin søster"), 2},
		"in one paragraph":             {page("Det er derfor, Mette Eksempelsen ikke kommer:\n1) tvangsindlagt i august\n2) sigtet for vold"), 3},
		"numbered below another":       {page("Det er derfor, Mette Eksempelsen ikke kommer:", "1) tvangsindlagt i august\n2) sigtet for vold"), 3},
		"below a line of its own":      {page("Mette Eksempelsen, 27", strings.Repeat("x", 2000), "- metadon", "- skizofreni"), 0},
		"one word alone":               {page("Mette Eksempelsen, 27", "- metadon 60 mg", "- kaffe"), 0},
		"a programme":                  {page("Oplæg ved Mette Eksempelsen:", "- metadon", "- skizofreni"), 0},
		"a list of nobody's":           {page("Emner på mødet:", "- metadon", "- skizofreni"), 0},
		"a sentence lies between them": {page("Mette Eksempelsen, 27", "Vi ses på mandag. Her er emnerne.", "- metadon", "- skizofreni"), 0},
	} {
		set := detectors.Set{List: []detectors.Detector{detector}, Key: detectors.RandomKey()}
		found, _ := set.Scan(t.Context(), &document.Document{Segments: x.doc}, detectors.Env{})
		if len(found) != x.want {
			t.Errorf("%s: %d findings, want %d", name, len(found), x.want)
		}
	}
}
