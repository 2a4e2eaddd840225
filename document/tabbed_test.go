package document

import "testing"

func TestColumnsSetWithTabs(t *testing.T) {
	for _, c := range []struct{ head, row, want string }{
		{"Navn\tCPR-nr.\tTelefon", "Karla\t6610721234\t40112233", "CPR-nr.|6610721234"},
		{"Navn\tCPR-nr.\tTelefon", "Karla\t40112233\t6610721234", ""},
		{"Navn\t\tCPR-nr.\tBy", "Karla\t6610721234\tRibe", "CPR-nr.|6610721234"},
		{"Navn\t\tKundenr.\tCPR-nr.", "Karla\t6610721234\tRibe", ""},
		{"Personnummer\tNavn", "6610721234\tKarla", "Personnummer|6610721234"},
		{"Husk at skrive\tCPR-nr. 12", "Karla\t6610721234", ""},
		{"CPR-nr.", "Karla\t6610721234", ""},
		{"Varenr.\tPris", "6610721234\t12,00", ""},
	} {
		if got := said(Segment{Text: c.head}, Segment{Text: c.row}); got != c.want {
			t.Errorf("%q under %q: %q, want %q", c.row, c.head, got, c.want)
		}
	}
}
