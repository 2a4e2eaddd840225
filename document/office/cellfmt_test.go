package office_test

import (
	"testing"

	"github.com/xuri/excelize/v2"

	"brevvagt/document/office/cellfmt"
)

func TestShow(t *testing.T) {
	for _, c := range []struct {
		id            int
		code          string
		stored, label string
		want          string
	}{
		{0, "", "102030004", "", "102030004"},
		{0, "", "102030004", "CPR-nr.", "0102030004"},
		{0, "", "1.02030004E8", "Personnummer", "0102030004"},
		{0, "", "1203363951", "CPR", "1203363951"},
		{0, "", "12030004", "CPR", "12030004"},
		{0, "", "102030004", "Beløb", "102030004"},
		{164, "000000-0000", "102030004", "", "010203-0004"},
		{164, `000000\-0000;@`, "102030004", "", "010203-0004"},
		{164, `000000"-"0000`, "1203363951", "", "120336-3951"},
		{164, "0000000000", "102030004", "", "0102030004"},
		{164, "0000", "12", "", "12"},
		{14, "", "44197", "", "01-01-2021"},
		{164, "dd-mm-yyyy", "44197", "", "01-01-2021"},
		{164, "[$-406]d/m/yyyy;@", "44197", "", "1/1/2021"},
		{164, "yyyy-mm-dd hh:mm", "44197.5", "", "2021-01-01 12:00"},
		{164, "dd-mm-yyyy", "-5", "", "-5"},
		{164, "0.00", "12.345", "", "12.345"},
		{0, "", "0.1", "", "0.1"},
	} {
		if got := cellfmt.Parse(c.id, c.code).Show(c.stored, c.label, false); got != c.want {
			t.Errorf("%d %q %q %q: %q, want %q", c.id, c.code, c.stored, c.label, got, c.want)
		}
	}
	if got := cellfmt.Parse(14, "").Show("0.5", "", true); got != "0.5" {
		t.Errorf("no day: %q", got)
	}
	if got := cellfmt.Parse(14, "").Show("42735", "", true); got != "01-01-2021" {
		t.Errorf("1904: %q", got)
	}
}

// TestAgainstExcelize asks another renderer about the patterns that matter.
func TestAgainstExcelize(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	for _, code := range []string{"000000-0000", "0000000000", "dd-mm-yyyy", "yyyy-mm-dd", "d/m/yyyy"} {
		style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &code})
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{102030004, 44197, 61} {
			if err := f.SetCellValue("Sheet1", "A1", n); err != nil {
				t.Fatal(err)
			}
			if err := f.SetCellStyle("Sheet1", "A1", "A1", style); err != nil {
				t.Fatal(err)
			}
			want, err := f.GetCellValue("Sheet1", "A1")
			if err != nil {
				t.Fatal(err)
			}
			stored, err := f.GetCellValue("Sheet1", "A1", excelize.Options{RawCellValue: true})
			if err != nil {
				t.Fatal(err)
			}
			if got := cellfmt.Parse(164, code).Show(stored, "", false); got != want && n < 3_000_000 || code[0] == '0' && got != want {
				t.Errorf("%s of %d: %q, excelize shows %q", code, n, got, want)
			}
		}
	}
}

func TestColumn(t *testing.T) {
	for n, want := range map[int]string{0: "A", 25: "Z", 26: "AA", 701: "ZZ", 702: "AAA", 16383: "XFD"} {
		if got := cellfmt.Column(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
		if col, row, ok := cellfmt.Ref(want + "7"); col != n || row != 7 || !ok {
			t.Errorf("%s7: %d %d %v", want, col, row, ok)
		}
	}
	for _, s := range []string{"", "7", "A", "A0", "ABCDE1", "A-1"} {
		if _, _, ok := cellfmt.Ref(s); ok {
			t.Errorf("%q taken for a cell", s)
		}
	}
}
