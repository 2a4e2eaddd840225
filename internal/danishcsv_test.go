package internal_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"strings"
	"testing"

	"brevvagt/internal/danishcsv"
)

func TestRows(t *testing.T) {
	for _, x := range [][2]string{
		{"=1+1", "'=1+1"}, {"+1", "'+1"}, {"-1", "'-1"}, {"@SUM(A1)", "'@SUM(A1)"}, {"\t=1", "'\t=1"}, {"\r=1", "'\r=1"},
		{"＝1", "'＝1"}, {"＋1", "'＋1"}, {"－1", "'－1"}, {"＠A", "'＠A"}, {"  =1", "'  =1"}, {"\u00a0=1", "'\u00a0=1"}, {"\ufeff=1", "'\ufeff=1"},
		{"\u200b=1", "'\u200b=1"}, {"\u202e=1", "'\u202e=1"}, {"\x00=1", "'\x00=1"}, {"\u3000@A", "'\u3000@A"},
		{`=HYPERLINK("http://ond.example";"klik")`, `'=HYPERLINK("http://ond.example";"klik")`},
		{"a=1", "a=1"}, {"", ""}, {"500,-", "500,-"}, {"a\nb", "a\nb"}, {"a;b", "a;b"}, {" a ", " a "}, {`sagde "nej"`, `sagde "nej"`}, {"Ældste", "Ældste"},
		{"2026-01", `="2026-01"`}, {"2026-123", `="2026-123"`}, {"2026-1", "2026-1"}, {"se 2026-01", "se 2026-01"}, {"a,=1+1", "a,=1+1"}, {"a\t=1+1", "a\t=1+1"},
	} {
		var out bytes.Buffer
		w := danishcsv.New(&out)
		w.Row("først", x[0], "sidst")
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		text, ok := strings.CutPrefix(out.String(), "\ufeff")
		if !ok || !strings.HasSuffix(text, "\r\n") {
			t.Errorf("%q: %q", x[0], out.String())
		}
		in := csv.NewReader(strings.NewReader(text))
		in.Comma = ';'
		row, err := in.Read()
		if err != nil || len(row) != 3 || row[1] != x[1] || row[0] != "først" || row[2] != "sidst" {
			t.Errorf("%q is read as %q, %v", x[0], row, err)
		}
		if strings.ContainsAny(x[0], ",\t") && !strings.Contains(text, `;"`) {
			t.Errorf("%q is not quoted: %s", x[0], text)
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestFullDisk(t *testing.T) {
	w := danishcsv.New(full{})
	w.Row("a")
	if w.Flush() == nil {
		t.Error("an error was lost")
	}
}
