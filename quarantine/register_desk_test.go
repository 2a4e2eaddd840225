package quarantine_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"brevvagt/internal/store"
	"brevvagt/internal/storetest"
	"brevvagt/quarantine/ledger"
	"brevvagt/quarantine/register"
	"brevvagt/quarantine/register/desk"
	"brevvagt/quarantine/register/fieldcheck"
	"brevvagt/quarantine/register/workbook"

	"github.com/xuri/excelize/v2"
)

func deskRig(t *testing.T, now time.Time) (*desk.Desk, *register.Register) {
	t.Helper()
	db, err := storetest.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "b.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	r, err := register.New(db, fieldcheck.Check)
	if err != nil {
		t.Fatal(err)
	}
	return desk.New(desk.Config{Store: db, Register: r, Ledger: ledger.New(db), Now: func() time.Time { return now }}), r
}

// published is the register of 2025 as a municipality published it, and three more
// incidents from the press.
func published(t *testing.T) [][]string {
	t.Helper()
	b, err := os.ReadFile("testdata/gladsaxe-2025.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	if err := json.Unmarshal(b, &rows); err != nil || len(rows) != 15 {
		t.Fatal(len(rows), err)
	}
	return rows
}

func day(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse("02.01.2006", s)
	if err != nil {
		t.Fatal(err)
	}
	return at.Add(12 * time.Hour)
}

func entry(t *testing.T, row []string) desk.Entry {
	t.Helper()
	e := desk.Entry{Status: register.Breach, Registered: day(t, row[2]), Start: day(t, row[3]), Fields: register.Fields{What: row[1], Type: row[4],
		Consequences: row[6], Notify: row[7], NotifyReason: row[8], Measures: row[9], Informed: row[10], InformedReason: row[11], Ruling: row[12]}}
	if row[5] != "" {
		for _, v := range strings.Split(row[5], ", ") {
			if strings.HasPrefix(v, "softwarefejl") {
				continue
			}
			e.DataTypes = append(e.DataTypes, v)
		}
	}
	return e
}

// Every entry of the published register can be made by hand, and the export reads
// like the original, cell by cell.
func TestThePublishedRegisterByHand(t *testing.T) {
	k, r := deskRig(t, day(t, "01.12.2025"))
	rows := published(t)
	for _, row := range rows {
		d, err := k.Create(t.Context(), "dpo", entry(t, row))
		if err != nil {
			t.Fatalf("%s: %v", row[0], err)
		}
		if got := r.Row(d); !slices.Equal(got, row) {
			t.Errorf("got  %q\nwant %q", got, row)
		}
	}
	drafts, err := r.List(t.Context(), 2025)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := r.WriteCSV(&out, drafts); err != nil {
		t.Fatal(err)
	}
	in := csv.NewReader(strings.NewReader(strings.TrimPrefix(out.String(), "\ufeff")))
	in.Comma = ';'
	got, err := in.ReadAll()
	if err != nil || len(got) != len(rows)+1 {
		t.Fatal(len(got), err)
	}
	for i, row := range rows {
		got[i+1][0] = strings.Trim(got[i+1][0], `="`) // so Excel shows no month
		if !slices.Equal(got[i+1], row) {
			t.Errorf("CSV got  %q\nwant %q", got[i+1], row)
		}
	}
	if lines, err := k.Ledger.Page(t.Context(), 0, 100); err != nil || len(lines) != 15 || lines[0].Verb != "register-created" || lines[0].Actor != "dpo" {
		t.Errorf("%d ledger lines, %v", len(lines), err)
	}
	if running, err := r.Running(t.Context()); err != nil || len(running) != 0 {
		t.Errorf("%d clocks run for decided entries, %v", len(running), err)
	}
}

// The same register comes in from a workbook: our own export, and one with the
// titles as printed with line breaks, other columns first, and Excel's own dates.
func TestImportOfAnExistingRegister(t *testing.T) {
	rows := published(t)
	k, r := deskRig(t, day(t, "01.12.2025"))
	f := excelize.NewFile()
	defer f.Close()
	titles := []any{"Bemærkning", "Nr.", "Hvad er der sket?", "Dato for\nregistrering", "Hændelse start", "Type af hændelse", "Hvilke typer af\n\npersonoplysninger er berørt?",
		"Hvilke konsekvenser kan bruddet få for de berørte\npersoner?", "Skal hændelsen\nanmeldes til\nDatatilsynet?", "Begrundelse for ikke at anmelde til Datatilsynet",
		"Foranstaltninger gennemført for at stoppe hændelsen", "Er de berørte\n\npersoner blevet\nunderrettet?", "Begrundelse for ikke at\nunderrette de berørte\npersoner", "Afgørelse fra\nDatatilsynet"}
	if err := f.SetSheetRow("Sheet1", "A3", &titles); err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		cells := []any{""}
		for c, v := range row {
			if c == 2 || c == 3 {
				cells = append(cells, day(t, v))
				continue
			}
			cells = append(cells, v)
		}
		at, _ := excelize.CoordinatesToCellName(1, i+4)
		if err := f.SetSheetRow("Sheet1", at, &cells); err != nil {
			t.Fatal(err)
		}
	}
	style, err := f.NewStyle(&excelize.Style{CustomNumFmt: ptr("dd.mm.yyyy")})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.SetCellStyle("Sheet1", "D4", "E18", style); err != nil {
		t.Fatal(err)
	}
	var book bytes.Buffer
	if err := f.Write(&book); err != nil {
		t.Fatal(err)
	}
	drafts, wrong, _, err := workbook.Read(r, &book)
	if err != nil || len(wrong) != 0 || len(drafts) != 15 {
		t.Fatal(len(drafts), wrong, err)
	}
	added, taken, err := k.Import(t.Context(), "dpo", drafts)
	if err != nil || added != 15 || len(taken) != 0 {
		t.Fatal(added, taken, err)
	}
	list, err := r.List(t.Context(), 2025)
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		if got := r.Row(list[i]); !slices.Equal(got, row) {
			t.Errorf("got  %q\nwant %q", got, row)
		}
	}
	if list[8].Status != register.Averted || list[10].Status != register.Breach {
		t.Errorf("states %q, %q", list[8].Status, list[10].Status)
	}
	// Our own workbook comes in as well; every number is taken.
	var own bytes.Buffer
	if err := r.WriteXLSX(&own, list); err != nil {
		t.Fatal(err)
	}
	drafts, wrong, _, err = workbook.Read(r, &own)
	if err != nil || len(wrong) != 0 {
		t.Fatal(wrong, err)
	}
	if added, taken, err = k.Import(t.Context(), "dpo", drafts); err != nil || added != 0 || len(taken) != 15 {
		t.Error(added, taken, err)
	}
}

func ptr[T any](v T) *T { return &v }

// A row that would bring in a citizen is left out and told by its place alone.
func TestImportLeavesOutCitizens(t *testing.T) {
	_, r := deskRig(t, day(t, "01.12.2025"))
	f := excelize.NewFile()
	defer f.Close()
	var titles []any
	for _, c := range register.Columns() {
		titles = append(titles, c)
	}
	for i, row := range [][]any{titles, {"2025-01", "Brev til Anna Testesen", "16.01.2025"}, {"2025-02", "Borger 070761-4285", "16.01.2025"},
		{"2025-03", "God", "16.01.2025"}, {"2025-04", "Uden dato"}, {"x", "Dårligt nr.", "16.01.2025"}} {
		at, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := f.SetSheetRow("Sheet1", at, &row); err != nil {
			t.Fatal(err)
		}
	}
	var book bytes.Buffer
	if err := f.Write(&book); err != nil {
		t.Fatal(err)
	}
	drafts, wrong, _, err := workbook.Read(r, &book)
	if err != nil || len(drafts) != 1 || len(wrong) != 4 || wrong[0].Row != 2 || !errors.Is(wrong[1].Err, register.ErrPersonalData) || !errors.Is(wrong[2].Err, register.ErrDates) || !errors.Is(wrong[3].Err, register.ErrNumber) {
		t.Fatalf("%d drafts, %v, %v", len(drafts), wrong, err)
	}
	for _, w := range wrong {
		if strings.Contains(w.Error(), "Testesen") || strings.Contains(w.Error(), "4285") {
			t.Errorf("the error quotes: %v", &w)
		}
	}
	for _, bad := range []string{"", "PK\x03\x04 no zip", "Nr.;Hvad er der sket?"} {
		if _, _, _, err := workbook.Read(r, strings.NewReader(bad)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

// A workbook that somebody made to do harm: endless or wide as Excel allows, formulas,
// links to other files, and a citizen in every column.
func TestHostileWorkbooks(t *testing.T) {
	_, r := deskRig(t, day(t, "01.12.2025"))
	cell := func(at, kind, value string) string {
		return `<c r="` + at + `" t="` + kind + `">` + value + `</c>`
	}
	text := func(at, s string) string { return cell(at, "inlineStr", "<is><t>"+s+"</t></is>") }
	row := func(n int, cells ...string) string {
		return fmt.Sprintf(`<row r="%d">%s</row>`, n, strings.Join(cells, ""))
	}
	var titles []string
	for i, c := range register.Columns() {
		titles = append(titles, text(string(rune('A'+i))+"1", c))
	}
	good := func(n int, cells ...string) string {
		at := strconv.Itoa(n)
		return row(n, append([]string{text("A"+at, fmt.Sprintf("2025-%02d", n)), text("B"+at, "Brev sendt forkert"), text("C"+at, "16.01.2025")}, cells...)...)
	}
	read := func(sheet string) ([]register.Draft, []workbook.RowError, error) {
		t.Helper()
		drafts, wrong, _, err := workbook.Read(r, bookOf(t, row(1, titles...)+sheet))
		return drafts, wrong, err
	}
	var wide, long strings.Builder
	for n := 2; n < 200; n++ {
		wide.WriteString(row(n, text(fmt.Sprintf("XFD%d", n), "x")))
	}
	for n := 2; n < 10_010; n++ {
		long.WriteString(row(n, text(fmt.Sprintf("B%d", n), "x")))
	}
	for name, sheet := range map[string]string{"wide": wide.String(), "long": long.String(), "a gap": row(1_048_576, text("B1048576", "x")), "a lot of text": row(2, text("B2", strings.Repeat("x", 33<<20)))} {
		if drafts, _, err := read(sheet); err == nil || len(drafts) > 0 {
			t.Errorf("%s: %d drafts, %v", name, len(drafts), err)
		}
	}
	drafts, wrong, err := read(good(2) + good(5, `<c r="G5" t="str"><f>HYPERLINK("https://ond.example","klik")</f><v>klik</v></c>`, `<c r="J5" t="str"><f>[1]Ark1!A1</f><v>=cmd|' /C calc'!A0</v></c>`) + `<row r="1048576"/>`)
	if err != nil || len(wrong) != 0 || len(drafts) != 2 || drafts[1].Consequences != "klik" || !strings.HasPrefix(drafts[1].Measures, "=cmd") {
		t.Fatalf("%+v, %v, %v", drafts, wrong, err)
	}
	var csv bytes.Buffer
	if err := r.WriteCSV(&csv, []*register.Draft{&drafts[1]}); err != nil || !strings.Contains(csv.String(), ";'=cmd") {
		t.Errorf("%q, %v", csv.String(), err)
	}
	var citizens strings.Builder
	for i, column := range "ABCDEFGHIJKLM" {
		n := strconv.Itoa(i + 2)
		cells := []string{text("A"+n, "2025-"+fmt.Sprintf("%02d", i+1)), text("B"+n, "Et brev"), text("C"+n, "16.01.2025")}
		at := slices.IndexFunc(cells, func(c string) bool { return strings.HasPrefix(c, `<c r="`+string(column)) })
		planted := text(string(column)+n, "&lt;b&gt;borgeren 070761-4285&lt;/b&gt;")
		if at >= 0 {
			cells[at] = planted
		} else {
			cells = append(cells, planted)
		}
		citizens.WriteString(row(i+2, cells...))
	}
	if drafts, wrong, err := read(citizens.String()); err != nil || len(drafts) != 0 || len(wrong) != 13 {
		t.Errorf("%d drafts kept a citizen, %v, %v", len(drafts), wrong, err)
	} else if said := fmt.Sprint(wrong); strings.Contains(said, "070761") {
		t.Errorf("an error quotes the row: %s", said)
	}
	for _, no := range []string{"070761-4285", "0707614285", "2025-00", "0000-01", "-001-01", "2025-100000", "../2025-01", "ny", "2025-01/ret"} {
		if drafts, wrong, err := read(row(2, text("A2", no), text("B2", "Et brev"), text("C2", "16.01.2025"))); err != nil || len(drafts) != 0 || len(wrong) != 1 || !errors.Is(&wrong[0], register.ErrNumber) {
			t.Errorf("%s: %v, %v, %v", no, drafts, wrong, err)
		}
	}
}

// bookOf is a workbook whose one sheet is what is given.
func bookOf(t *testing.T, rows string) *bytes.Reader {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	var plain, out bytes.Buffer
	if err := f.Write(&plain); err != nil {
		t.Fatal(err)
	}
	in, err := zip.NewReader(bytes.NewReader(plain.Bytes()), int64(plain.Len()))
	if err != nil {
		t.Fatal(err)
	}
	w := zip.NewWriter(&out)
	for _, part := range in.File {
		if part.Name != "xl/worksheets/sheet1.xml" {
			if err := w.Copy(part); err != nil {
				t.Fatal(err)
			}
		}
	}
	sheet, err := w.Create("xl/worksheets/sheet1.xml")
	if err == nil {
		_, err = io.WriteString(sheet, `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`+rows+`</sheetData></worksheet>`)
	}
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(out.Bytes())
}

func TestTheClockAndTheDecision(t *testing.T) {
	now := day(t, "03.02.2025")
	k, r := deskRig(t, now)
	rows := published(t)
	e := entry(t, rows[14])
	e.Notify, e.Informed = "", ""
	if _, err := k.Create(t.Context(), "dpo", e); !errors.Is(err, register.ErrAware) {
		t.Errorf("a breach without a time of awareness: %v", err)
	}
	e.Aware = now.Add(-4 * time.Hour)
	d, err := k.Create(t.Context(), "dpo", e)
	if err != nil {
		t.Fatal(err)
	}
	if !d.Deadline.Equal(e.Aware.Add(72*time.Hour)) || d.Notify != "[DPO afgør], frist 06.02.2025 kl. 09.00" {
		t.Errorf("deadline %v, %q", d.Deadline, d.Notify)
	}
	if running, err := r.Running(t.Context()); err != nil || len(running) != 1 {
		t.Fatal(len(running), err)
	}
	// Somebody else edits first.
	late := desk.Entry{Seen: d.Changed, Fields: d.Fields, Extra: register.Extra{Notified: now.Add(90 * time.Hour)}}
	late.Notify = "Ja"
	if _, err := k.Edit(t.Context(), "dpo", d.No, desk.Entry{Seen: d.Changed.Add(-time.Second), Fields: d.Fields}); !errors.Is(err, register.ErrConflict) {
		t.Errorf("an old version was saved: %v", err)
	}
	k.Now = func() time.Time { return now.Add(100 * time.Hour) }
	if _, err := k.Edit(t.Context(), "dpo", d.No, late); !errors.Is(err, register.ErrLate) {
		t.Errorf("a late notification without a reason: %v", err)
	}
	late.Extra.LateReason = "Omfanget var først kendt fredag."
	if d, err = k.Edit(t.Context(), "dpo", d.No, late); err != nil || !d.Late(now) {
		t.Fatal(d, err)
	}
	if running, err := r.Running(t.Context()); err != nil || len(running) != 0 {
		t.Errorf("%d clocks run after the notification, %v", len(running), err)
	}
	// What became known later is corrected, and the ledger tells both deadlines.
	if _, err := k.Confirm(t.Context(), "dpo", d.No, now); !errors.Is(err, register.ErrConflict) {
		t.Errorf("confirmed twice: %v", err)
	}
	early := desk.EntryOf(d)
	if early.Aware = early.Start.Add(-25 * time.Hour); true {
		if _, err := k.Edit(t.Context(), "dpo", d.No, early); !errors.Is(err, register.ErrDates) {
			t.Errorf("known before it happened: %v", err)
		}
	}
	early.Aware, early.Notify, early.Extra = now.Add(-6*time.Hour), "", register.Extra{}
	if d, err = k.Edit(t.Context(), "dpo", d.No, early); err != nil || d.Notify != "[DPO afgør], frist 06.02.2025 kl. 07.00" {
		t.Error(d, err)
	}
	if lines, err := k.Ledger.Page(t.Context(), 0, 100); err != nil || lines[len(lines)-1].Detail["deadline"] != "2025-02-06T06:00:00Z" || lines[len(lines)-1].Detail["deadline_before"] != "2025-02-06T08:00:00Z" {
		t.Errorf("%v, %v", lines[len(lines)-1].Detail, err)
	}
	// No breach after all: the clock goes away, and with it every word of a deadline.
	none := desk.Entry{Status: register.Averted, Fields: d.Fields}
	if d, err = k.Edit(t.Context(), "dpo", d.No, none); err != nil || d.Notify != register.Undecided || d.Informed != register.Undecided {
		t.Error(d, err)
	}
	// Confirmed again, after all.
	if _, err := k.Confirm(t.Context(), "dpo", d.No, d.Start.Add(-25*time.Hour)); !errors.Is(err, register.ErrDates) {
		t.Errorf("known before it happened: %v", err)
	}
	if d, err = k.Confirm(t.Context(), "dpo", d.No, now); err != nil || d.Notify != "[DPO afgør], frist 06.02.2025 kl. 13.00" {
		t.Error(d, err)
	}
	back := desk.Entry{Status: register.Averted, Fields: d.Fields}
	back.Notify = "Nej"
	if d, err = k.Edit(t.Context(), "dpo", d.No, back); err != nil || !d.Deadline.IsZero() || !d.Confirmed.IsZero() {
		t.Error(d, err)
	}
	back.Notify = "måske"
	if _, err = k.Edit(t.Context(), "dpo", d.No, back); !errors.Is(err, register.ErrDecided) {
		t.Errorf("a decision of another kind: %v", err)
	}
}

// Seventy-two hours are hours, and an hour that comes twice is the first of the two.
func TestClocksGoBackAndForth(t *testing.T) {
	_, r := deskRig(t, day(t, "01.12.2026"))
	for aware, deadline := range map[string]string{
		"24.10.2026 kl. 12.00": "27.10.2026 kl. 11.00", "28.03.2026 kl. 12.00": "31.03.2026 kl. 13.00", "25.10.2026 kl. 02.30": "28.10.2026 kl. 01.30",
		"20.11.2026 kl. 16.00": "23.11.2026 kl. 16.00", "29. februar 2028 kl. 9": "03.03.2028 kl. 09.00",
	} {
		at, err := r.ReadTime(aware)
		if got := r.AwaitsDPO(at.Add(register.Deadline)); err != nil || got != "[DPO afgør], frist "+deadline {
			t.Errorf("%s: %s, %v", aware, got, err)
		}
	}
}

// The ENISA score of the incidents, as worked out for the research.
func TestSeverity(t *testing.T) {
	for _, c := range []struct {
		name  string
		s     register.Severity
		score int
		band  register.Band
	}{
		{"2025-01", register.Severity{Context: 100, Ease: 100, Circumstance: 25}, 125, register.Low},
		{"2025-05", register.Severity{Context: 200, Ease: 100, Circumstance: 25}, 225, register.Medium},
		{"2025-07", register.Severity{Context: 400, Ease: 100, Circumstance: 25}, 425, register.VeryHigh},
		{"Tilbudsportalen", register.Severity{Context: 400, Ease: 100, Circumstance: 50}, 450, register.VeryHigh},
		{"between", register.Severity{Context: 300, Ease: 100, Circumstance: 0}, 300, register.High},
	} {
		if err := c.s.Check(); err != nil || c.s.Score() != c.score || c.s.Band() != c.band {
			t.Errorf("%s: %d %s, %v", c.name, c.s.Score(), c.s.Band(), err)
		}
	}
	for _, bad := range []register.Severity{{}, {Context: 500, Ease: 100, Circumstance: 0}, {Context: 150, Ease: 100, Circumstance: 0}, {Context: 100, Ease: 10, Circumstance: 0}, {Context: 100, Ease: 100, Circumstance: 300}, {Context: 100, Ease: 100, Circumstance: -25}} {
		if bad.Check() == nil {
			t.Errorf("%v was taken", bad)
		}
	}
}
