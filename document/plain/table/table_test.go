package table

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"strings"
	"testing"

	"brevvagt/document"
	"brevvagt/document/documenttest"
)

const sylk = "ID;PWXL;N;E\r\nC;Y1;X1;K\"Navn\"\r\nC;X2;K\"CPR-nr.\"\r\nC;Y2;X1;K\"Test;;person\"\r\nC;X2;K\"%s\"\r\nC;Y4;X2;K102375006\r\nE\r\n"
const dif = "TABLE\n0,1\n\"EXCEL\"\nDATA\n0,0\n\"\"\n-1,0\nBOT\n1,0\n\"Navn\"\n1,0\n\"CPR\"\n-1,0\nBOT\n1,0\n\"Test\"\n1,0\n\"%s\"\n-1,0\nBOT\n1,0\n\"x\"\n0,102375006\nV\n-1,0\nEOD\n"

// dbf is a table with a kept and a deleted record, in code page 865.
func dbf(kept, deleted string) []byte {
	fields := []struct {
		name  string
		width byte
	}{{"NAVN", 12}, {"CPR", 11}}
	b := make([]byte, 32)
	b[0], b[1], b[2], b[3], b[29] = 3, 126, 11, 20, 8
	binary.LittleEndian.PutUint32(b[4:], 2)
	binary.LittleEndian.PutUint16(b[8:], 32+64+1)
	binary.LittleEndian.PutUint16(b[10:], 24)
	for _, f := range fields {
		d := make([]byte, 32)
		copy(d, f.name)
		d[11], d[16] = 'C', f.width
		b = append(b, d...)
	}
	b = append(b, 0x0d)
	b = append(b, fmt.Sprintf(" %-12s%-11s", "S\x9bren", kept)...)
	b = append(b, fmt.Sprintf("*%-12s%-11s", "\x86ge", deleted)...)
	return append(b, 0x1a)
}

// register is a database of SQLite 3.40 with a number in a column of text, as the row's
// own number, in a table without row numbers, behind more text than a page holds, in a
// file and in a deleted row.
func register(t testing.TB) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/register.db")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func digits(number string) string { return strings.ReplaceAll(number, "-", "") }

func TestSuite(t *testing.T) {
	c := documenttest.Canary
	for _, s := range []documenttest.Suite{
		{Format: Sylk{}, OpenEnded: true, Samples: []documenttest.Sample{{Name: "a.slk", Data: fmt.Appendf(nil, sylk, c(1)), Canaries: []string{c(1), "Test;person", "102375006"}}}},
		{Format: Dif{}, OpenEnded: true, Samples: []documenttest.Sample{{Name: "a.dif", Data: fmt.Appendf(nil, dif, c(2)), Canaries: []string{c(2), "102375006"}}}},
		{Format: DBase{}, Samples: []documenttest.Sample{{Name: "a.dbf", Data: dbf(c(3), c(4)), Canaries: []string{c(3), c(4), "Søren", "åge"}}}},
		{Format: SQLite{}, Samples: []documenttest.Sample{{Name: "a.db", Data: register(t), Canaries: []string{digits(c(11)), digits(c(27)), digits(c(13)), c(14), c(15), c(16), "Søren"}}}},
	} {
		t.Run(s.Format.Name(), func(t *testing.T) { documenttest.Run(t, s) })
	}
}

// labels lists what stands under which heading.
func labels(t *testing.T, f document.Format, name string, data []byte) map[string]string {
	t.Helper()
	got := map[string]string{}
	for _, s := range documenttest.Read(t, []document.Format{f}, name, data).Segments {
		got[s.Text] = s.Label
	}
	return got
}

func TestSecondTable(t *testing.T) {
	for _, csv := range []string{
		"Sag;Dato;Status;Leder\nVej;1/2;Åben;Bo\n\nNavn;CPR-nr.\nIb;0102375006\n",
		"Sag;Dato;Status;Leder\nVej;1/2;Åben;Bo\n;;;\nNavn;Personnummer;;\nIb;0102375006;;\n",
	} {
		got := labels(t, CSV{}, "a.csv", []byte(csv))
		if l := got["0102375006"]; !personRow.MatchString(l) {
			t.Errorf("%q: label %q", csv, l)
		}
	}
}

func TestHeadings(t *testing.T) {
	tests := []struct {
		f          document.Format
		name, data string
		value      string
	}{
		{Sylk{}, "a.slk", fmt.Sprintf(sylk, "x"), "102375006"},
		{Dif{}, "a.dif", fmt.Sprintf(dif, "x"), "102375006"},
		{CSV{}, "a.csv", "Navn;CPR-nr.\nTest;102375006\n", "102375006"},
		{CSV{}, "a.csv", "Udtræk;;\nDato;20-11-2026;\n\nNavn;CPR-nr.;By\nTest;102375006;By\n", "102375006"},
		{CSV{}, "a.csv", "Liste over borgere\nNavn;CPR-nr.\nTest;=\"0102375006\"\n", "0102375006"},
		{CSV{}, "a.csv", "Navn;Født;Kontrol\nTest;01-02-2037;5006\n", "010237-5006"},
	}
	for _, tt := range tests {
		got := labels(t, tt.f, tt.name, []byte(tt.data))
		if l := got[tt.value]; l != "CPR-nr." && l != "CPR" && l != "Født" {
			t.Errorf("%q: label %q, all %q", tt.data, l, got)
		}
	}
}

func TestDeletedRecordsAreTold(t *testing.T) {
	d := documenttest.Read(t, []document.Format{DBase{}}, "a.dbf", dbf("kept", "gone"))
	if s := documenttest.Find(d, "gone"); len(s) != 1 || s[0].At.Layer != document.Deleted || s[0].Label != "CPR" {
		t.Errorf("segments %+v", s)
	}
}

func TestColumnsOfADatabase(t *testing.T) {
	d := documenttest.Read(t, []document.Format{SQLite{}}, "a.db", register(t))
	for number, want := range map[string][2]string{
		digits(documenttest.Canary(11)): {"CPR-nr.", "borger!B1"},
		digits(documenttest.Canary(27)): {"nummer", "sag!A1"},
		digits(documenttest.Canary(13)): {"cpr", "relation!A1"},
	} {
		s := documenttest.Find(d, number)
		if len(s) != 1 || s[0].Label != want[0] || s[0].At.Cell != want[1] || s[0].At.Layer != document.Visible {
			t.Errorf("%s: %+v, want %v", number, s, want)
		}
	}
	if s := documenttest.Find(d, documenttest.Canary(16)); len(s) != 1 || s[0].At.Layer != document.Deleted {
		t.Errorf("deleted row: %+v", s)
	}
}

// TestDatabaseWithoutAnEnd has pages that lead to each other and rows that claim more
// than there is: each page is read once.
func TestDatabaseWithoutAnEnd(t *testing.T) {
	data := register(t)
	copy(data[sqliteHead:], []byte{tableInterior, 0, 0, 0, 1, 0, 200, 0, 0, 0, 0, 1, 0, 200})
	copy(data[200:], []byte{0, 0, 0, 1})
	d := documenttest.Read(t, []document.Format{SQLite{}}, "a.db", data)
	if !documenttest.HasGap(d, document.Damaged) || !documenttest.Has(d, "Søren") {
		t.Error(documenttest.Describe(d))
	}
}

// TestDeletedAmongTheRows has a page of a database without rows: what was one stands in a
// free block, in two of which the second leads back, or before the cells of the longest page.
func TestDeletedAmongTheRows(t *testing.T) {
	const row = "Test" + "010237-5006"
	page := func(size int, head ...byte) []byte {
		data := append(register(t)[:sqliteHead:sqliteHead], make([]byte, size-sqliteHead)...)
		binary.BigEndian.PutUint16(data[16:], uint16(size)) // 65,536 is 1: its high word
		if size == 1<<16 {
			data[17] = 1
		}
		binary.BigEndian.PutUint32(data[28:], 1)
		copy(data[sqliteHead:], head)
		copy(data[300:], row)
		return data
	}
	block := page(512, tableLeaf, 1, 40, 0, 0, 1, 40)
	copy(block[296:], []byte{0, 0, 0, 4 + byte(len(row))})
	loop := page(512, tableLeaf, 0, 200, 0, 0, 0, 200)
	copy(loop[200:], []byte{1, 40, 0, 8})
	copy(loop[296:], []byte{0, 200, 0, 4 + byte(len(row))})
	for name, data := range map[string][]byte{"block": block, "loop": loop, "long": page(1<<16, tableLeaf)} {
		d := documenttest.Read(t, []document.Format{SQLite{}}, "a.db", data)
		if s := documenttest.Find(d, "010237-5006"); len(s) != 1 || s[0].At.Layer != document.Deleted {
			t.Errorf("%s: %s", name, documenttest.Describe(d))
		}
	}
}

func TestKeysFirst(t *testing.T) {
	for want, x := range map[string]struct {
		list []column
		keys []string
	}{
		"b a":   {[]column{{"a", ""}, {"b", " text primary key"}}, nil},
		"c b a": {[]column{{"a", ""}, {"b", ""}, {"c", ""}}, []string{"C", "b", "C", "d"}}, // each once
	} {
		if got := strings.Join(namesOf(keysFirst(x.list, x.keys)), " "); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// declared is a format that reads one row of a schema.
type declared struct{ db *database }

func (declared) Name() string              { return "declared" }
func (declared) Match([]byte, string) bool { return true }
func (d declared) Read(_ context.Context, _ document.Input, out *document.Builder) error {
	d.db.out = out
	d.db.declare([]value{{text: "table"}, {text: "v"}, {}, {text: "0"}, {text: "create virtual table v using x"}}, nil)
	return nil
}

// TestManyVirtualTables: only so many are asked for each table's name.
func TestManyVirtualTables(t *testing.T) {
	for before, want := range map[int]int{0: 1, maxVirtual: maxVirtual} {
		db := &database{virtual: make([]string, before)}
		documenttest.Read(t, []document.Format{declared{db}}, "a.db", []byte("x"))
		if len(db.virtual) != want {
			t.Errorf("%d names, want %d", len(db.virtual), want)
		}
	}
}

func TestUnknownBinaryValuesAreAGap(t *testing.T) {
	for blob, want := range map[string]bool{"\x01" + strings.Repeat("\xfe\x02", 40): true, "GP\x00" + strings.Repeat("\xfe", 80): false, "\x01\xfe": false,
		"\x00\x09" + strings.Repeat("\xfe", 80): true, "GPX" + strings.Repeat("\xfe", 80): true, "\x00\x01" + strings.Repeat("\x11", 36) + "\x7c" + strings.Repeat("\x01", 40) + "\xfe": false} {
		if got := unknown([]byte(blob)); got != want {
			t.Errorf("%.3q: %v", blob, got)
		}
	}
	if !carries([]byte("\x00\x00\x00\x18ftypheic\x00")) {
		t.Error("a telephone's picture is no file")
	}
}

func TestContentTellsATable(t *testing.T) {
	for data, want := range map[string]bool{
		"Navn\tCPR\nTest\t0102375006\n":                    true,
		"Navn;CPR;By\nTest;0102375006;By\nTo;;By\n":        true,
		"Kære borger; vi skriver til dig\nom din sag.\n":   false,
		"010237;5006\n010237;5006\n":                       false,
		"Hej\nmed dig\n":                                   false,
		"Navn;CPR\nTest;0102375006;for mange\nTo;x\nx;y\n": false,
	} {
		if got := (CSV{}).Match([]byte(data), "a.txt"); got != want {
			t.Errorf("%q: %v", data, got)
		}
	}
}

func FuzzTables(f *testing.F) {
	f.Add([]byte(sylk))
	f.Add([]byte(dif))
	f.Add(dbf("0102375006", "x"))
	f.Add(register(f))
	f.Add([]byte("sep=;\nNavn;CPR\na;\"b\n"))
	f.Add([]byte("ID;P\nC;X16384;Y99999999;K1\nC;X99999;K2\n"))
	f.Fuzz(func(_ *testing.T, data []byte) {
		for _, format := range Formats() {
			if format.Match(data, "a.csv") {
				list := document.Formats{List: []document.Format{format}}
				list.Read(context.Background(), "a.csv", data)
			}
		}
	})
}

func TestTableOnItsSide(t *testing.T) {
	d := documenttest.Read(t, Formats(), "a.csv", []byte("Felt;Karla;Oluf\nCPR-nr;6610721234;\nKundenr;6610721235;\n"))
	for _, s := range d.Segments {
		if want := map[string]string{"6610721234": "CPR-nr", "6610721235": "Karla"}[s.Text]; want != "" && s.Label != want {
			t.Errorf("%s: label %q, want %q", s.Text, s.Label, want)
		}
	}
}
