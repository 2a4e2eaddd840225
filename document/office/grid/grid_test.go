package grid

import (
	"reflect"
	"strings"
	"testing"
)

func row(texts ...string) []Cell {
	var cells []Cell
	for i, t := range texts {
		cells = append(cells, Cell{Col: i, Text: t})
	}
	return cells
}

func TestGridLabels(t *testing.T) {
	for name, c := range map[string]struct {
		rows [][]string
		want [][]string
	}{
		"heading row": {
			[][]string{{"Navn", "CPR-nr.", "Skole"}, {"Testperson", "120336-3951", "Skolen"}},
			[][]string{{"", "", ""}, {"Navn", "CPR-nr.", "Skole"}},
		},
		"two columns with headings": {
			[][]string{{"Navn", "CPR-nummer"}, {"Testperson Eksempel", "120336-3951"}},
			[][]string{{"", ""}, {"Navn", "CPR-nummer"}},
		},
		"form": {
			[][]string{{"Navn", "Testperson Eksempel"}, {"CPR-nr.:", "120336-3951"}},
			[][]string{{"", "Navn"}, {"Navn", "CPR-nr."}},
		},
		"form of four columns": {
			[][]string{{"Navn", "Testperson", "Adresse", "Eksempelvej"}, {"CPR", "120336-3951", "Tlf.", "00 00 00 00"}},
			[][]string{{"", "Navn", "", "Adresse"}, {"Navn", "CPR", "Adresse", "Tlf."}},
		},
		"headings that looked like a form": {
			[][]string{{"Dato", "Vikar", "CPR-nr.", "Timer"}, {"02-11-2041", "Vikarbureau", "", "7.5"}, {"03-11-2041", "Vikarbureau", "120336-3951", "7.5"}},
			[][]string{{"", "", "", ""}, {"Dato", "Vikar", "", "Timer"}, {"Dato", "Vikar", "CPR-nr.", "Timer"}},
		},
		"a form whose fields go on": {
			[][]string{{"Navn", "Testperson"}, {"Underskrift", "12-11-2041"}},
			[][]string{{"", "Navn"}, {"Navn", "Underskrift"}},
		},
		"a number beside somebody": {
			[][]string{{"Vikar", "CPR-nr."}, {"Testperson Eksempel", "120336-3951"}},
			[][]string{{"", ""}, {"Vikar", "CPR-nr."}},
		},
		"title above": {
			[][]string{{"Borgere 2041"}, {"Navn", "CPR"}, {"Testperson", "120336-3951"}},
			[][]string{{""}, {"", ""}, {"Navn", "CPR"}},
		},
		"a second table below": {
			[][]string{{"Navn", "CPR"}, {"A B", "1"}, {"Dato", "Telefon"}, {"1-1-2041", "00000000"}},
			[][]string{{"", ""}, {"Navn", "CPR"}, {"", ""}, {"Dato", "Telefon"}},
		},
	} {
		var g Grid
		for i, r := range c.rows {
			got := g.Row(row(r...))
			for j, l := range got {
				// A label beside another label is of no use; only values count.
				if !Labelish(r[j]) && l != c.want[i][j] {
					t.Errorf("%s: row %d cell %d %q: label %q, want %q", name, i, j, r[j], l, c.want[i][j])
				}
			}
		}
	}
}

func TestComb(t *testing.T) {
	digits := row(append([]string{"CPR"}, strings.Split("1203363951", "")...)...)
	for _, c := range []struct {
		cells []Cell
		want  []Joined
	}{
		{digits, []Joined{{From: 1, Text: "1203363951"}}},
		{row("120336-", "3951"), []Joined{{From: 0, Text: "120336-3951"}}},
		{row("12", "03", "36", "3951"), []Joined{{From: 0, Text: "1203363951"}}},
		{row("120336", "x", "3951"), nil},
		{row("1203363951"), nil},
		{row("2041", "100", "200"), nil},
		{row("120336", "-", "3951"), []Joined{{From: 0, Text: "120336-3951"}}},
		{row("1203", "36", "3951"), nil},
		{[]Cell{{Col: 0, Text: "120336"}, {Col: 2, Text: "3951"}}, nil},
	} {
		if got := Comb(c.cells, nil); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%v: %v, want %v", c.cells, got, c.want)
		}
	}
	// Dates stand beside numbers of four digits everywhere: the headings must tell.
	dated := row("Testperson Eksempel", "12-03-36", "3951")
	if got := Comb(dated, []string{"Navn", "Fødselsdato", "Løbenr."}); !reflect.DeepEqual(got, []Joined{{From: 1, Last: 2, Text: "120336-3951"}}) {
		t.Errorf("date and serial: %v", got)
	}
	if got := Comb(dated, []string{"Navn", "Dato", "Beløb"}); got != nil {
		t.Errorf("date and amount: %v", got)
	}
}
