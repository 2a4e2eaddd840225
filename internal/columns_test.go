package internal_test

import (
	"testing"

	"brevvagt/internal/columns"
)

func TestJoin(t *testing.T) {
	tests := []struct {
		headings, values []string
		want             string
	}{
		{[]string{"Fødselsdato", "Løbenr."}, []string{"010237", "5006"}, "010237-5006"},
		{[]string{"Fødselsdato", "Løbenr."}, []string{"10237", "5006"}, "010237-5006"},
		{[]string{"Født", "Kontrolcifre"}, []string{"01-02-2037", "5006"}, "010237-5006"},
		{[]string{"Født", "Kontrolcifre"}, []string{"2037-02-01 00:00", "5006"}, "010237-5006"},
		{[]string{"Fødselsdato", "Navn", "Sidste 4"}, []string{"010237", "Test", "5006"}, "010237-5006"},
		{[]string{"Fødselsdato", "Løbenr."}, []string{"010237", "17"}, "0102370017"},
		{[]string{"Fødselsdato", "Postnr."}, []string{"010237", "5000"}, ""},
		{[]string{"Fødselsdato", "Navn", "Serie"}, []string{"010237", "Test", "5006"}, ""},
		{[]string{"Dato", "Løbenr."}, []string{"010237", "5006"}, ""},
		{[]string{"Fødselsdato"}, []string{"010237", "5006"}, ""},
		{[]string{"Dag", "Måned", "År", "Løbenr"}, []string{"1", "2", "37", "5006"}, "010237-5006"},
		{[]string{"foedselsdag", "foedselsmaaned", "foedselsaar", "loebenummer"}, []string{"01", "12", "2037", "5006"}, "011237-5006"},
		{[]string{"Dag", "Måned", "År", "Løbenr"}, []string{"31", "2", "37", "5006"}, ""},
		{[]string{"Dag", "Måned", "År", "Beløb"}, []string{"1", "2", "37", "5006"}, ""},
		{[]string{"Født", "Lbnr"}, []string{"01.02.2037", "5006"}, "010237-5006"},
		{[]string{"De sidste fire", "Født"}, []string{"5006", "01.02.2037"}, "010237-5006"},
		{[]string{"Nummer", "Født"}, []string{"5006", "01.02.2037"}, ""},
		{[]string{"Født", "Lbnr"}, []string{"01.02.1937", "5006"}, ""},
		{[]string{"CPR-nummer", "-"}, []string{"010237", "5006"}, "010237-5006"},
		{[]string{"CPR", ""}, []string{"01-02-2037", "5006"}, "0102375006"},
		{[]string{"CPR", ""}, []string{"01-02-1937", "5006"}, ""},
		{[]string{"Født", ""}, []string{"01-02-2037", "5006"}, ""},
		{[]string{"CPR", "Beløb"}, []string{"01-02-2037", "5006"}, ""},
		{[]string{"Fødselsdato", "Kort, sidste fire"}, []string{"010237", "5006"}, ""},
		{[]string{"fdag d", "fdag m", "fdag y", "kontrol"}, []string{"1", "2", "2037", "5006"}, "010237-5006"},
		{[]string{"d", "m", "y", "kontrol"}, []string{"1", "2", "2037", "5006"}, "0102375006"},
		{[]string{"aar", "md", "dag", "lbnr"}, []string{"2037", "2", "1", "5006"}, "010237-5006"},
		{[]string{"Dato (ddmmåå)", "Løbenr."}, []string{"010237", "5006"}, "0102375006"},
		{[]string{"DDMMÅÅ", "XXXX"}, []string{"010237", "5006"}, "0102375006"},
		{[]string{"dd-mm-yyyy", "Løbenr."}, []string{"01-02-1957", "1006"}, "0102571006"},
		{[]string{"Dato (ddmmåå)", "Løbenr."}, []string{"010226", "1006"}, ""}, // a day of our time
		{[]string{"Dato (ddmmåå)", "Løbenr."}, []string{"01-02-2026", "5006"}, ""},
		{[]string{"Dato (ddmmåå)", "Løbenr."}, []string{"010257", "17"}, ""},
		{[]string{"Dato (ddmmåå)", "Beløb"}, []string{"010257", "5006"}, ""},
		{[]string{"Dato (ddmmåå)", "Serienr."}, []string{"010257", "5006"}, ""},
		{[]string{"Fødselsår", "Løbenr."}, []string{"2037", "5006"}, ""},
	}
	for _, tt := range tests {
		got := ""
		for _, j := range columns.Join(tt.headings, tt.values) {
			got += j.Text
		}
		if got != tt.want {
			t.Errorf("%q under %q: %q, want %q", tt.values, tt.headings, got, tt.want)
		}
	}
}
