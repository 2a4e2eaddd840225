package quarantine_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"brevvagt/internal/store"
	"brevvagt/internal/storetest"
	"brevvagt/quarantine/register"
	"brevvagt/quarantine/register/story"

	"github.com/xuri/excelize/v2"
)

func open(t *testing.T) (*store.DB, *register.Register) {
	t.Helper()
	db, err := storetest.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "b.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	r, err := register.New(db, nil)
	if err != nil {
		t.Fatal(err)
	}
	return db, r
}

func update(t *testing.T, db *store.DB, fn func(ctx context.Context, tx *sql.Tx) error) {
	t.Helper()
	if err := db.Update(t.Context(), func(tx *sql.Tx) error { return fn(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

func create(t *testing.T, db *store.DB, r *register.Register, in story.Incident) *register.Draft {
	t.Helper()
	var d *register.Draft
	update(t, db, func(ctx context.Context, tx *sql.Tx) (err error) {
		d, err = r.Create(ctx, tx, in)
		return err
	})
	return d
}

func gladsaxe01() story.Incident {
	return story.Incident{CaseID: "case-1", At: time.Date(2026, 1, 16, 9, 5, 0, 0, time.UTC), Start: time.Date(2026, 1, 16, 9, 4, 0, 0, time.UTC),
		Kind: "mail", Rules: []string{"cpr-unprotected"}, Domains: []string{"leverandoer.example"}, Recipients: 1, Numbers: 4, Persons: 4,
		InPicture: true, DataTypes: []string{"Økonomiske oplysninger"}}
}

// The draft as a municipality words it, for an entry of the published register of
// 2025.
func TestDraftOfAScreenshotToASupportBox(t *testing.T) {
	db, r := open(t)
	d := create(t, db, r, gladsaxe01())
	got, err := r.ByCase(t.Context(), "case-1")
	if err != nil {
		t.Fatal(err)
	}
	row := r.Row(got)
	want := []string{
		"2026-01",
		"En medarbejder forsøgte at sende en mail til leverandoer.example, som ikke er på listen over sikre modtagere. Et billede i mailen indeholdt 4 CPR-numre.",
		"16.01.2026", "16.01.2026", "Menneskelige fejl", "CPR-nr., Økonomiske oplysninger",
		"Afsendelse uden kryptering kunne give uvedkommende adgang til oplysningerne under transporten.",
		"Nej [forslag]",
		"Forsendelsen blev standset, før den forlod kommunen. Ingen uvedkommende har haft adgang til oplysningerne.",
		"Mailen er sat i karantæne 16.01.2026 kl. 10.05. Afsenderen er henvist til sikker post.",
		"Nej [forslag]", "Oplysningerne er ikke kommet uvedkommende i hænde.", "",
	}
	if !slices.Equal(row, want) {
		t.Errorf("got  %q\nwant %q", row, want)
	}
	if d.Status != register.Averted || !d.Deadline.IsZero() {
		t.Errorf("a stopped item has status %q and deadline %v", d.Status, d.Deadline)
	}
}

// The titles must be the published ones to the letter; the seed is the register
// as a municipality published it.
func TestColumnsAreTheOfficialOnes(t *testing.T) {
	want := []string{"Nr.", "Hvad er der sket?", "Dato for registrering", "Hændelse start", "Type af hændelse",
		"Hvilke typer af personoplysninger er berørt?", "Hvilke konsekvenser kan bruddet få for de berørte personer?",
		"Skal hændelsen anmeldes til Datatilsynet?", "Berundelse for ikke at anmelde til Datatilsynet",
		"Foranstaltninger gennemført for at stoppe hændelsen", "Er de berørte personer blevet underrettet?",
		"Begrundelse for ikke at underrette de berørte personer", "Afgørelse fra Datatilsynet"}
	if got := register.Columns(); !slices.Equal(got, want) {
		t.Errorf("columns %q", got)
	}
}

func TestNumbersRunPerDanishYear(t *testing.T) {
	db, r := open(t)
	in := gladsaxe01()
	var got []string
	for i, at := range []time.Time{
		time.Date(2026, 12, 31, 22, 30, 0, 0, time.UTC), // 23.30 on New Year's Eve in Denmark
		time.Date(2026, 12, 31, 23, 30, 0, 0, time.UTC), // 0.30 on New Year's Day
		time.Date(2027, 1, 2, 9, 0, 0, 0, time.UTC),
	} {
		in.CaseID, in.At = string(rune('a'+i)), at
		got = append(got, create(t, db, r, in).No)
	}
	if want := []string{"2026-01", "2027-01", "2027-02"}; !slices.Equal(got, want) {
		t.Errorf("numbers %v, want %v", got, want)
	}
	if list, err := r.List(t.Context(), 2027); err != nil || len(list) != 2 {
		t.Errorf("list of 2027: %d, %v", len(list), err)
	}
	if list, err := r.List(t.Context(), 0); err != nil || len(list) != 3 || list[0].No != "2026-01" {
		t.Errorf("list of all: %d, %v", len(list), err)
	}
}

func TestReleaseMakesAPossibleBreachAndConfirmStartsTheClock(t *testing.T) {
	db, r := open(t)
	d := create(t, db, r, gladsaxe01())
	at := time.Date(2026, 1, 16, 12, 0, 0, 0, time.UTC)
	update(t, db, func(ctx context.Context, tx *sql.Tx) error { return r.Released(ctx, tx, "case-1", at) })
	got, err := r.Get(t.Context(), d.No)
	if err != nil {
		t.Fatal(err)
	}
	const decide = "[DPO afgør], frist 19.01.2026 kl. 13.00"
	if got.Status != register.Possible || got.Notify != decide || got.Informed != decide || got.NotifyReason != "" || got.InformedReason != "" {
		t.Errorf("after release %+v", got)
	}
	if !got.Confirmed.IsZero() || !got.Discovered.Equal(at) {
		t.Errorf("the clock was started by a release: %v, %v", got.Confirmed, got.Discovered)
	}
	if !strings.HasSuffix(got.Measures, "Frigivet efter gennemgang 16.01.2026 kl. 13.00.") {
		t.Errorf("measures %q", got.Measures)
	}
	aware := at.Add(5 * time.Hour)
	update(t, db, func(ctx context.Context, tx *sql.Tx) error {
		got, err = r.Confirm(ctx, tx, d.No, aware, aware)
		return err
	})
	if got.Status != register.Breach || !got.Deadline.Equal(aware.Add(72*time.Hour)) || got.Notify != "[DPO afgør], frist 19.01.2026 kl. 18.00" {
		t.Errorf("after confirmation %+v", got)
	}
	if left, ok := got.Remaining(aware.Add(70 * time.Hour)); !ok || left != 2*time.Hour {
		t.Errorf("time left %v, %v", left, ok)
	}
}

func TestConfirmKeepsWhatTheDPODecided(t *testing.T) {
	db, r := open(t)
	d := create(t, db, r, gladsaxe01())
	at := time.Date(2026, 1, 16, 12, 0, 0, 0, time.UTC)
	update(t, db, func(ctx context.Context, tx *sql.Tx) error { return r.Released(ctx, tx, "case-1", at) })
	d, err := r.Get(t.Context(), d.No)
	if err != nil {
		t.Fatal(err)
	}
	d.Notify, d.Informed = "Ja", "Nej"
	update(t, db, func(ctx context.Context, tx *sql.Tx) error { return r.Save(ctx, tx, d, at) })
	update(t, db, func(ctx context.Context, tx *sql.Tx) error {
		d, err = r.Confirm(ctx, tx, d.No, at, at)
		return err
	})
	if d.Notify != "Ja" || d.Informed != "Nej" {
		t.Errorf("confirmation overwrote a decision: %q, %q", d.Notify, d.Informed)
	}
}

func TestNoNumberCanBeSaved(t *testing.T) {
	db, r := open(t)
	d := create(t, db, r, gladsaxe01())
	number := "070761-4285"
	for name, change := range map[string]func(*register.Draft){
		"what":         func(d *register.Draft) { d.What = "Nr. " + number },
		"type":         func(d *register.Draft) { d.Type = number },
		"data types":   func(d *register.Draft) { d.DataTypes = []string{number} },
		"consequences": func(d *register.Draft) { d.Consequences = number },
		"notify":       func(d *register.Draft) { d.Notify = number },
		"reason":       func(d *register.Draft) { d.NotifyReason = number },
		"measures":     func(d *register.Draft) { d.Measures = number },
		"informed":     func(d *register.Draft) { d.Informed = number },
		"informed why": func(d *register.Draft) { d.InformedReason = number },
		"ruling":       func(d *register.Draft) { d.Ruling = number },
	} {
		changed := *d
		changed.DataTypes = nil
		change(&changed)
		err := db.Update(t.Context(), func(tx *sql.Tx) error { return r.Save(t.Context(), tx, &changed, time.Now()) })
		if !errors.Is(err, register.ErrPersonalData) || strings.Contains(err.Error(), number) {
			t.Errorf("%s: %v", name, err)
		}
		err = db.Update(t.Context(), func(tx *sql.Tx) error {
			_, err := r.Add(t.Context(), tx, changed)
			return err
		})
		if !errors.Is(err, register.ErrPersonalData) {
			t.Errorf("%s as a new entry: %v", name, err)
		}
	}
	long := *d
	long.What = strings.Repeat("x", 20_000)
	if err := db.Update(t.Context(), func(tx *sql.Tx) error { return r.Save(t.Context(), tx, &long, time.Now()) }); err == nil {
		t.Error("a text of 20,000 bytes was kept")
	}
}

// A hold must not fail over a sentence, and the sentence must not keep a number.
func TestCreateLeavesOutWhatMayNotBeKept(t *testing.T) {
	db, err := storetest.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "b.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	refuse := func(s string) error {
		if strings.Contains(s, "hemmelig") {
			return register.ErrPersonalData
		}
		return register.CheckNumbers(s)
	}
	r, err := register.New(db, refuse)
	if err != nil {
		t.Fatal(err)
	}
	in := gladsaxe01()
	in.Domains = []string{"070761-4285.example"}
	if d := create(t, db, r, in); strings.Contains(d.What, "4285") || !strings.Contains(d.What, "070761-xxxx.example") {
		t.Errorf("what %q", d.What)
	}
	in.CaseID, in.Domains = "case-2", []string{"hemmelig.example"}
	if d := create(t, db, r, in); strings.Contains(d.What, "hemmelig") || d.What == "" {
		t.Errorf("what %q", d.What)
	}
}

func TestEveryRuleHasItsOwnWords(t *testing.T) {
	db, r := open(t)
	seen := map[string]string{}
	for i, rule := range []string{"cpr-unprotected", "foreign-person", "bulk-persons", "foreign-recipient", "template-residue", "addressee-mismatch",
		"internal-spread", "special-category", "stale-letter", "child-recipient", "protected-address", "placeholder", "uninspectable",
		"public-exposure", "file-findings", "wrong-letter", "special-category-unprotected", "cpr-doubtful", "run-stopped", "resent-attachment", "bulk-over-time", "unusual-recipient",
		"visible-recipients", "forwarded-citizens", "addressee-unknown", "placeholder-weak", "a-rule-of-the-site"} {
		in := gladsaxe01()
		in.CaseID, in.Rules, in.Unreadable = string(rune('a'+i)), []string{rule}, 1
		d := create(t, db, r, in)
		if other, ok := seen[d.What]; ok {
			t.Errorf("%s says the same as %s: %q", rule, other, d.What)
		}
		seen[d.What] = rule
		for n, text := range r.Row(d)[1:12] {
			if text == "" && (d.Status == register.Averted || n != 7 && n != 10) || strings.ContainsAny(text, "{}") {
				t.Errorf("%s: unfinished text %q", rule, text)
			}
		}
	}
}

// What is not known is not told as none, a file that lies somewhere goes to nobody, and one
// mail is no mass mailing; a file that outsiders could read is a possible breach.
func TestTheDraftSaysWhatItKnows(t *testing.T) {
	db, r := open(t)
	for i, x := range []struct {
		in   story.Incident
		want string
	}{
		{story.Incident{Kind: "mail", Rules: []string{"cpr-doubtful"}, Domains: []string{"a.example"}, Recipients: 1}, "Mailen indeholdt tal, der kan være CPR-numre."},
		{story.Incident{Kind: "mail", Rules: []string{"bulk-persons"}, Domains: []string{"a.example"}, Recipients: 1, Persons: 40}, "En mail til a.example indeholdt oplysninger om 40 personer."},
		{story.Incident{Kind: "mail", Rules: []string{"bulk-persons"}, Domains: []string{"a.example"}, Recipients: 30, Persons: 40}, "En masseudsendelse til 30 modtagere indeholdt oplysninger om 40 personer."},
		{story.Incident{Kind: "file", Rules: []string{"uninspectable"}, Unreadable: 2}, "En fil indeholdt 2 dele, som ikke kunne kontrolleres."},
		{story.Incident{Kind: "mail", Rules: []string{"protected-address"}, Domains: []string{"a.example"}}, "En mail til a.example indeholdt oplysninger om en person med navne- og adressebeskyttelse."},
		{story.Incident{Kind: "file", Rules: []string{"file-findings"}, Persons: 1}, "En fil på et fællesdrev indeholdt følsomme oplysninger om 1 person."},
		{story.Incident{Kind: "file", Rules: []string{"file-findings"}, Numbers: 1}, "En fil på et fællesdrev indeholdt 1 CPR-nummer og oplysninger om personer."},
		{story.Incident{Kind: "mail", Rules: []string{"visible-recipients"}, Recipients: 12, Left: true}, "En mail blev sendt til 12 modtagere, hvor borgere kunne se hinandens adresser."},
	} {
		x.in.CaseID, x.in.At = fmt.Sprint(i), gladsaxe01().At
		if d := create(t, db, r, x.in); !strings.HasSuffix(d.What, x.want) {
			t.Errorf("says %q, want %q", d.What, x.want)
		}
	}
	seen := create(t, db, r, story.Incident{CaseID: "x", At: gladsaxe01().At, Kind: "file", Rules: []string{"public-exposure"}, Numbers: 3, Persons: 3})
	if seen.Status != register.Possible || seen.Deadline.IsZero() || seen.NotifyReason != "" || strings.Contains(seen.Measures, "sikker post") {
		t.Errorf("%+v", seen)
	}
}

func TestSeveralRulesAreTold(t *testing.T) {
	db, r := open(t)
	in := gladsaxe01()
	in.Rules = []string{"foreign-recipient", "cpr-unprotected", "cpr-doubtful"}
	in.Domains = []string{"b.example.no", "a.example.no", "b.example.no", "c.example", "d.example"}
	d := create(t, db, r, in)
	if n := strings.Count(d.What, "listen over sikre modtagere"); n != 1 || !strings.Contains(d.What, "et andet land") ||
		!strings.Contains(d.What, "a.example.no, b.example.no, c.example og 1 andet domæne") {
		t.Errorf("what %q", d.What)
	}
	if !strings.Contains(d.Measures, "to medarbejdere") {
		t.Errorf("measures %q", d.Measures)
	}
}

func TestCSVForDanishExcel(t *testing.T) {
	_, r := open(t)
	d := &register.Draft{No: "2026-01", Fields: register.Fields{What: "=HYPERLINK(\"x\")", Type: "+1", Consequences: "-2", Notify: "@x", Measures: "a;b \"c\"\nd", NotifyReason: " =cmd|x", InformedReason: "＝1", Ruling: "\t=1", Informed: "a=1"}}
	var out bytes.Buffer
	if err := r.WriteCSV(&out, []*register.Draft{d}); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	if !strings.HasPrefix(text, "\ufeffNr.;Hvad er der sket?;") || !strings.Contains(text, "Afgørelse fra Datatilsynet\r\n") || strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\n") {
		t.Errorf("not the CSV of a Danish Excel: %q", text)
	}
	in := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
	in.Comma = ';'
	rows, err := in.ReadAll()
	if err != nil || len(rows) != 2 || len(rows[1]) != 13 {
		t.Fatalf("%v, %v", rows, err)
	}
	for i, want := range map[int]string{1: "'=HYPERLINK(\"x\")", 4: "'+1", 6: "'-2", 7: "'@x", 8: "' =cmd|x", 9: "a;b \"c\"\nd", 10: "a=1", 11: "'＝1", 12: "'\t=1"} {
		if rows[1][i] != want {
			t.Errorf("cell %d is %q, want %q", i, rows[1][i], want)
		}
	}
}

func TestXLSXInTheShapeOfTheRegister(t *testing.T) {
	db, r := open(t)
	create(t, db, r, gladsaxe01())
	drafts, err := r.List(t.Context(), 2026)
	if err != nil {
		t.Fatal(err)
	}
	drafts = append(drafts, &register.Draft{No: "2026-02", Fields: register.Fields{What: "=1+1"}})
	path := filepath.Join(t.TempDir(), "fortegnelse.xlsx")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(r.WriteXLSX(out, drafts), out.Close()); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows("Fortegnelse")
	if err != nil || len(rows) != 3 || !slices.Equal(rows[0], register.Columns()) {
		t.Fatalf("%q, %v", rows, err)
	}
	if rows[1][0] != "2026-01" || rows[1][2] != "16.01.2026" || rows[1][5] != "CPR-nr., Økonomiske oplysninger" {
		t.Errorf("row %q", rows[1])
	}
	if formula, err := f.GetCellFormula("Fortegnelse", "B3"); err != nil || formula != "" || rows[2][1] != "=1+1" {
		t.Errorf("cell became formula %q, %v", formula, err)
	}
}

// Texts are read whole in a workbook, also where a program gives rows no height of its
// own, and it prints as wide as the paper with its titles on every page.
func TestWorkbookShowsWholeTexts(t *testing.T) {
	_, r := open(t)
	long := strings.Repeat("Der er foretaget en ændring. ", 20) // 580 letters in 34 columns
	drafts := []*register.Draft{
		{No: "2026-01", Fields: register.Fields{What: "Kort"}},
		{No: "2026-02", Fields: register.Fields{What: long}},
		{No: "2026-03", Fields: register.Fields{Ruling: "a\n\nb\nc"}},
		{No: "2026-04", Fields: register.Fields{Ruling: strings.Repeat("x", 222)}},
		{No: "2026-05", Fields: register.Fields{What: strings.Repeat(long, 20)}},
	}
	var out bytes.Buffer
	if err := r.WriteXLSX(&out, drafts); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sheet := f.GetSheetName(0)
	for row, want := range map[int][2]float64{1: {45, 90}, 2: {15, 15}, 3: {225, 285}, 4: {60, 60}, 5: {135, 135}, 6: {409, 409}} {
		if got, err := f.GetRowHeight(sheet, row); err != nil || got < want[0] || got > want[1] {
			t.Errorf("row %d is %v points high, want %v, %v", row, got, want, err)
		}
	}
	layout, err := f.GetPageLayout(sheet)
	if err != nil || layout.FitToWidth == nil || *layout.FitToWidth != 1 {
		t.Errorf("%+v, %v", layout, err)
	}
	if names := f.GetDefinedName(); len(names) != 1 || names[0].Name != "_xlnm.Print_Titles" {
		t.Errorf("%+v", names)
	}
}
