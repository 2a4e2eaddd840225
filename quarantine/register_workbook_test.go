package quarantine_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"brevvagt/quarantine/register"
	"brevvagt/quarantine/register/fieldcheck"
	"brevvagt/quarantine/register/workbook"
)

// book is a workbook that a test fills.
type book struct {
	t *testing.T
	*excelize.File
}

func (b book) row(sheet string, n int, cells ...any) {
	b.t.Helper()
	at, err := excelize.CoordinatesToCellName(1, n)
	if err == nil {
		err = b.SetSheetRow(sheet, at, &cells)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b book) titles(sheet string, n int) {
	var cells []any
	for _, c := range register.Columns() {
		cells = append(cells, c)
	}
	b.row(sheet, n, cells...)
}

// entry is a row of the register with a number and a date of any kind.
func bookEntry(no, date any) []any {
	return []any{no, "Brev sendt forkert", date, date, "Menneskelige fejl", "Navn", "Få", "nej", "Lav risiko", "Slettet", "JA", "", ""}
}

func (b book) style(sheet, from, to, format string) {
	b.t.Helper()
	s := &excelize.Style{CustomNumFmt: &format}
	if format == "14" {
		s = &excelize.Style{NumFmt: 14}
	}
	id, err := b.NewStyle(s)
	if err == nil {
		err = b.SetCellStyle(sheet, from, to, id)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b book) do(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// TestOddLayouts reads registers as people keep them.
func TestOddLayouts(t *testing.T) {
	reg, err := register.New(nil, fieldcheck.Check)
	if err != nil {
		t.Fatal(err)
	}
	const s, feb = "Sheet1", "03.02.2025"
	at := time.Date(2025, 2, 3, 0, 0, 0, 0, time.UTC)
	type layout struct {
		name string
		nos  string // of what is read, with its date where it is not 3 February 2025
		fill func(b book)
	}
	one := func(no, date any) func(b book) {
		return func(b book) { b.titles(s, 1); b.row(s, 2, bookEntry(no, date)...) }
	}
	cases := []layout{
		{"two rows of titles", "2025-01", func(b book) {
			b.row(s, 1, "Hændelse", "", "", "", "", "Personer")
			b.do(b.MergeCell(s, "A1", "E1"))
			b.titles(s, 2)
			b.row(s, 3, bookEntry("2025-01", feb)...)
		}},
		{"titles over two rows", "2025-01", func(b book) {
			var up, down []any
			for _, c := range register.Columns() {
				w := strings.Fields(c)
				up, down = append(up, strings.Join(w[:(len(w)+1)/2], " ")), append(down, strings.Join(w[(len(w)+1)/2:], " "))
			}
			b.row(s, 1, up...)
			b.row(s, 2, down...)
			b.row(s, 3, bookEntry("2025-01", feb)...)
		}},
		{"titles in capitals, numbered, without question marks", "2025-01", func(b book) {
			var up []any
			for i, c := range register.Columns() {
				up = append(up, fmt.Sprintf("%d. %s:", i+1, strings.ToUpper(strings.TrimSuffix(c, "?"))))
			}
			b.row(s, 1, up...)
			b.row(s, 2, bookEntry("2025-01", feb)...)
		}},
		{"a sheet a year, a hidden copy, a sheet of lists", "2024-01 2025-01", func(b book) {
			b.do(b.SetSheetName(s, "2024"))
			for i, name := range []string{"2024", "Kopi", "Lister", "2025"} {
				_, err := b.NewSheet(name)
				b.do(err)
				if name != "Lister" {
					b.titles(name, 1)
					b.row(name, 2, bookEntry([]string{"2024-01", "2024-02", "", "2025-01"}[i], feb)...)
				}
			}
			b.row("Lister", 1, "Menneskelige fejl")
			b.do(b.SetSheetVisible("Kopi", false))
		}},
		{"merged dates and types", "2025-01 2025-02 2025-03", func(b book) {
			b.titles(s, 1)
			for i := range 3 {
				b.row(s, 2+i, bookEntry(fmt.Sprintf("2025-%02d", i+1), feb)...)
			}
			for _, c := range []string{"C", "D", "E"} {
				b.do(b.MergeCell(s, c+"2", c+"4"))
			}
		}},
		{"a hidden old column", "2025-01", func(b book) {
			b.titles(s, 1)
			b.row(s, 2, bookEntry("2025-01", feb)...)
			b.do(b.SetCellStr(s, "N1", "Hvad er der sket?"))
			b.do(b.SetCellStr(s, "N2", "Gammel tekst"))
			b.do(b.SetColVisible(s, "N", false))
		}},
		{"a hidden old column before", "2025-01", func(b book) {
			one("2025-01", feb)(b)
			b.do(b.InsertCols(s, "A", 1))
			b.do(b.SetCellStr(s, "A1", "Hvad er der sket?"))
			b.do(b.SetCellStr(s, "A2", "Gammel tekst"))
			b.do(b.SetColVisible(s, "A", false))
		}},
		{"sums below", "2025-01", func(b book) {
			one("2025-01", feb)(b)
			b.row(s, 4, "I alt", 1)
			b.row(s, 5, "", "Antal hændelser: 1")
		}},
		{"a number that Excel made a date", "2025-01", func(b book) { one(at.AddDate(0, -1, -2), at)(b); b.style(s, "A2", "A2", "mmm-yy") }},
		{"counted from 1904", "2025-01", func(b book) {
			yes := true
			b.do(b.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}))
			b.titles(s, 1)
			b.row(s, 2, bookEntry("2025-01", 45691-1462)...)
			b.style(s, "C2", "D2", "14")
		}},
	}
	for _, format := range []string{"14", "d. mmmm yyyy", "dd-mm-yy", "[$-406]d. mmm yy", "dd/mm/yyyy hh:mm", "m/d/yy", "General"} {
		cases = append(cases, layout{"a date shown as " + format, "2025-01", func(b book) { one("2025-01", at)(b); b.style(s, "C2", "D2", format) }})
	}
	for _, date := range []string{"3. februar 2025", "3. feb. 2025", "03.02.25", "3/2-2025", "03-02-25", "2025.02.03", "2025-02-03T08:15:00", "d. 3. februar 2025", "mandag den 3. februar 2025", "3.2.2025 kl. 9", "3.2.2025 kl. 9.30", "45691"} {
		cases = append(cases, layout{"a date written " + date, "2025-01", one("2025-01", date)})
	}
	for _, date := range []string{"uge 6", "31.02.2025", "2/2025", "februar", "03.13.2025", "3.2.2025 kl. 25"} {
		cases = append(cases, layout{"no date: " + date, "", one("2025-01", date)})
	}
	for _, no := range []any{1, "1", "01", "1.", "Nr. 1", "2025-1", "2025/01", "2025 - 01", "1/2025", "25-01"} {
		cases = append(cases, layout{fmt.Sprintf("a number written %v", no), "2025-01", one(no, feb)})
	}
	for _, no := range []string{"24-01", "070761-4285", "0707-61", "A1", "2025-00", "0", "1234567890"} {
		cases = append(cases, layout{"no number: " + no, "", one(no, feb)})
	}
	for _, c := range cases {
		b := book{t, excelize.NewFile()}
		c.fill(b)
		var out bytes.Buffer
		b.do(b.Write(&out))
		b.do(b.Close())
		drafts, wrong, _, err := workbook.Read(reg, &out)
		var got []string
		for _, d := range drafts {
			got = append(got, d.No)
			if row := reg.Row(&d); row[1] != "Brev sendt forkert" || row[2] != feb || row[3] != feb || row[4] != "Menneskelige fejl" || d.Notify != "Nej" || d.Informed != "Ja" || d.Status != register.Breach {
				t.Errorf("%s: %q %s", c.name, row, d.Status)
			}
		}
		if err != nil || strings.Join(got, " ") != c.nos || c.nos != "" && len(wrong) > 0 || c.nos == "" && len(wrong) != 1 {
			t.Errorf("%s: %q, wrong %v, %v", c.name, got, wrong, err)
		}
	}
}

// TestDecisionsInWords: a no with a reason behind it is a no with a reason.
func TestDecisionsInWords(t *testing.T) {
	reg, err := register.New(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	b := book{t, excelize.NewFile()}
	b.titles("Sheet1", 1)
	for i, x := range [][2]string{{"Nej, modtageren har slettet.", ""}, {"Ja.", ""}, {"nej", "Lav risiko"}, {"Måske", ""}, {"", ""}} {
		row := bookEntry(i+1, "03.02.2025")
		row[7], row[8] = x[0], x[1]
		b.row("Sheet1", i+2, row...)
	}
	row := bookEntry(6, "03.02.2025") // a citizen in a second sheet is told by sheet and row
	row[1] = "Borger 070761-4285"
	_, err = b.NewSheet("Andet")
	b.do(err)
	b.titles("Andet", 3)
	b.row("Andet", 4, row...)
	var out bytes.Buffer
	b.do(b.Write(&out))
	b.do(b.Close())
	drafts, wrong, _, err := workbook.Read(reg, &out)
	var got []string
	for _, d := range drafts {
		got = append(got, d.Notify, d.NotifyReason)
	}
	want := []string{"Nej", "modtageren har slettet.", "Ja", "", "Nej", "Lav risiko", "Måske", "", register.Undecided, ""}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v", got, err)
	}
	if len(wrong) != 1 || wrong[0].Sheet != 2 || wrong[0].Row != 4 || !errors.Is(&wrong[0], register.ErrPersonalData) || strings.Contains(wrong[0].Error(), "4285") {
		t.Errorf("%v", wrong)
	}
}

// Registers whose titles say the same in other words are read by what the words mean, and
// how they were read is told; a workbook that is no register is none.
func TestTitlesInOtherWords(t *testing.T) {
	_, reg := open(t)
	for _, c := range []struct {
		titles []string
		want   []int // the column of each title, 0 for left out
	}{
		{[]string{"Løbenr", "Sagsnr. i SBSYS", "Registreret den", "Hændelsestidspunkt", "Hændelse slut", "Beskrivelse af hændelsen", "Årsag (type)", "Personoplysninger", "Konsekvens for de registrerede", "Anmeldt til Datatilsynet?", "Begrundelse", "Afhjælpende foranstaltninger", "Underrettet?", "Begrundelse for manglende underretning", "Datatilsynets afgørelse"},
			[]int{1, 0, 3, 4, 0, 2, 5, 6, 7, 8, 9, 10, 11, 12, 13}},
		{[]string{"ID", "Dato", "Hændelse", "Kategori", "Berørte personoplysninger", "Antal berørte", "Konsekvenser", "Tiltag", "Anmeldt til Datatilsynet (ja/nej)", "Begrundelse", "De registrerede underrettet", "Begrundelse", "Status"},
			[]int{1, 3, 2, 5, 6, 0, 7, 10, 8, 9, 11, 12, 0}},
		{[]string{"Lb. nr.", "Dato for hændelsen", "Dato for registrering hos DPO", "Kort beskrivelse", "Hvilke oplysninger", "Følger for de registrerede", "Foranstaltninger for at begrænse", "Indberettet til Datatilsynet", "Begrundelse for manglende indberetning", "Underretning af registrerede", "Hvorfor ikke underrettet", "Datatilsynets svar"},
			[]int{1, 4, 3, 2, 6, 7, 10, 8, 9, 11, 12, 13}},
		{[]string{"Journalnr", "Registreret af", "Registreringsdato", "Hvornår skete hændelsen?", "Hvad skete der?", "Type brud", "Typer af personoplysninger", "Risikovurdering", "Anmeldelse til Datatilsynet", "Dato for anmeldelse", "Årsag til manglende anmeldelse", "Afhjælpende handlinger", "Underretning", "Dato for underretning"},
			[]int{0, 0, 3, 4, 2, 5, 6, 0, 8, 0, 9, 10, 11, 0}},
		{[]string{"Nr", "Navn", "Dato", "Beskrivelse", "Beløb", "Konto"}, nil},
		{[]string{"Dato", "Beskrivelse", "Anmeldt til forsikring", "Type", "Årsag", "Nr"}, nil},
	} {
		f := excelize.NewFile()
		values := make([]any, len(c.titles))
		cells := make([]any, len(c.titles))
		for i, title := range c.titles {
			values[i], cells[i] = title, "x"
			if strings.HasPrefix(strings.ToLower(title), "dato") || strings.HasPrefix(title, "Registrer") || strings.HasPrefix(title, "Hændelsest") || strings.HasPrefix(title, "Hvornår") {
				cells[i] = "3.3.2024"
			}
			if c.want != nil && c.want[i] == 6 {
				cells[i] = "CPR-nr.\nNavn; Økonomiske\nforhold"
			}
			if c.want != nil && c.want[i] == 1 {
				cells[i] = "7"
			}
		}
		var out bytes.Buffer
		if err := errors.Join(f.SetSheetRow("Sheet1", "A2", &values), f.SetSheetRow("Sheet1", "A3", &cells), f.Write(&out), f.Close()); err != nil {
			t.Fatal(err)
		}
		drafts, wrong, said, err := workbook.Read(reg, &out)
		if c.want == nil {
			if !errors.Is(err, workbook.ErrNoRegister) {
				t.Errorf("%q: %+v, %v", c.titles, said, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", c.titles, err)
			continue
		}
		if len(drafts) != 1 || !slices.Equal(drafts[0].DataTypes, []string{"CPR-nr.", "Navn", "Økonomiske forhold"}) {
			t.Errorf("%q: %+v, %v", c.titles, drafts, wrong)
		}
		for i, title := range c.titles {
			if got := slices.ContainsFunc(said, func(s workbook.Said) bool { return s == workbook.Said{Title: title, Column: c.want[i]} }); !got {
				t.Errorf("%q is not column %d: %+v", title, c.want[i], said)
			}
		}
	}
}
