package paper

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"brevvagt/internal/store"
	"brevvagt/internal/storetest"
	"brevvagt/quarantine"
	"brevvagt/quarantine/ledger"
	"brevvagt/quarantine/register"
	"brevvagt/quarantine/review/words"
	"brevvagt/quarantine/stats"
)

func about() About {
	return About{Lang: words.Danish, Organisation: "Ærøskøbing Kommune", Head: "brevvagt ledger\n17\nAbCdEf=", Now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}
}

// read is the text of a PDF as pdftotext, another program, reads it, and how many pages
// of which size it has.
func read(t *testing.T, pdf []byte) (text, info string) {
	t.Helper()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	file := filepath.Join(t.TempDir(), "a.pdf")
	if dir := os.Getenv("BREVVAGT_PDF"); dir != "" { // to be looked at
		file = filepath.Join(dir, t.Name()+".pdf")
	}
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "pdftotext", "-layout", file, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	about, err := exec.CommandContext(t.Context(), "pdfinfo", file).Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out), string(about)
}

func registerOf(t *testing.T) *register.Register {
	t.Helper()
	db, err := storetest.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "b.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	reg, err := register.New(db, nil)
	if err != nil {
		t.Fatal(err)
	}
	return reg
}

// The register of 2025 as a municipality published it, and one entry longer than a page.
func drafts(t *testing.T) []*register.Draft {
	t.Helper()
	b, err := os.ReadFile("../../testdata/gladsaxe-2025.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	if err := json.Unmarshal(b, &rows); err != nil {
		t.Fatal(err)
	}
	var list []*register.Draft
	for _, r := range rows {
		at, err := time.Parse("02.01.2006", r[2])
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, &register.Draft{No: r[0], Status: register.Breach, Registered: at, Start: at, Fields: register.Fields{What: r[1], Type: r[4], DataTypes: strings.Split(r[5], ", "),
			Consequences: r[6], Notify: r[7], NotifyReason: r[8], Measures: r[9], Informed: r[10], InformedReason: r[11], Ruling: r[12]}})
	}
	long := *list[0]
	long.No, long.What = "2025-99", strings.Repeat("En meget lang beskrivelse af hændelsen på Ærø. ", 250)+"SIDSTEORD "+strings.Repeat("x", 200)+" 😀"
	return append(list, &long)
}

func TestTheRegister(t *testing.T) {
	var b bytes.Buffer
	if err := Register(&b, about(), registerOf(t), drafts(t)); err != nil {
		t.Fatal(err)
	}
	text, info := read(t, b.Bytes())
	flat := strings.Join(strings.Fields(text), " ")
	for _, want := range []string{"Ærøskøbing Kommune", "Fortegnelse over brud", "2025-01", "2025-12", "Menneskelige", "SIDSTEORD", "Side 1 af ", "AbCdEf=", "Udskrevet 24.11.2026 kl. 13.00."} {
		if !strings.Contains(flat, want) {
			t.Errorf("no %q", want)
		}
	}
	if !strings.Contains(info, "841.89 x 595.28") || strings.Contains(text, "😀") {
		t.Error(info)
	}
	for _, title := range register.Columns() {
		if first, _, _ := strings.Cut(title, " "); !strings.Contains(flat, first) {
			t.Errorf("no column %q", title)
		}
	}
	if err := Register(&b, about(), registerOf(t), make([]*register.Draft, MostEntries+1)); err != ErrTooMany {
		t.Error(err)
	}
}

// Every cell of the published register stands in its column and row on paper, as another
// program reads it, with the columns' titles on each page.
func TestTheRegisterCellByCell(t *testing.T) {
	list, reg := drafts(t), registerOf(t)
	list = list[:len(list)-1]
	a := about()
	a.Head = "" // nothing below the table
	var b bytes.Buffer
	if err := Register(&b, a, reg, list); err != nil {
		t.Fatal(err)
	}
	read(t, b.Bytes()) // or skip
	file := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "pdftotext", "-bbox", file, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	rows, pages := cellsOf(t, string(out))
	if pages < 2 || len(rows) != len(list)+pages {
		t.Fatalf("%d rows on %d pages", len(rows), pages)
	}
	squeezed := func(s string) string { return strings.Join(strings.Fields(s), "") }
	n := 0
	for _, row := range rows {
		want := register.Columns()
		if row[0] != "Nr." {
			want = reg.Row(list[n])
			n++
		}
		for i := range want {
			if row[i] != squeezed(want[i]) {
				t.Errorf("%s, column %d: %q, want %q", row[0], i+1, row[i], squeezed(want[i]))
			}
		}
	}
}

// cellsOf reads a register's words with their places: the text of each cell without its
// spaces, in rows that begin with a number or are the columns' titles.
func cellsOf(t *testing.T, boxes string) (rows [][13]string, pages int) {
	t.Helper()
	place := regexp.MustCompile(`<word xMin="([\d.]+)" yMin="([\d.]+)" [^>]*>(.*)</word>`)
	begins := regexp.MustCompile(`^(Nr\.|\d{4}-\d\d)$`)
	type word struct {
		x, y   float64
		column int
		text   string
	}
	for page := range strings.SplitSeq(boxes, "<page ") {
		var words []word
		var tops []float64
		for _, m := range place.FindAllStringSubmatch(page, -1) {
			w := word{text: html.UnescapeString(m[3])}
			w.x, _ = strconv.ParseFloat(m[1], 64)
			w.y, _ = strconv.ParseFloat(m[2], 64)
			edge := margin / pointMM
			for i, width := range columnWidths() {
				if w.x >= edge {
					w.column = i
				}
				edge += float64(width) / pointMM
			}
			if w.column == 0 && begins.MatchString(w.text) {
				tops = append(tops, w.y)
			}
			words = append(words, w)
		}
		if len(tops) == 0 {
			continue
		}
		pages++
		slices.SortStableFunc(words, func(a, b word) int { return cmp.Or(cmp.Compare(a.y, b.y), cmp.Compare(a.x, b.x)) })
		first := len(rows)
		rows = append(rows, make([][13]string, len(tops))...)
		slices.Sort(tops)
		for _, w := range words {
			at, _ := slices.BinarySearch(tops, w.y+0.5)
			if at > 0 && w.y < 570 { // what stands above the table and below it is no cell
				rows[first+at-1][w.column] += w.text
			}
		}
	}
	return rows, pages
}

func TestACase(t *testing.T) {
	c := &quarantine.Case{ID: "01KAAAAAAAAAAAAAAAAAAAAAAA", State: quarantine.Held, HeldAt: about().Now, PlainSHA256: strings.Repeat("ab", 32), Deposit: quarantine.Deposit{Kind: "mail", From: "bo@kommune.example", Subject: "Sag æøå", Persons: 2, Numbers: 2,
		Rules: []quarantine.Rule{{ID: "cpr-unprotected", Danish: "2 CPR-numre til en modtager uden sikker forbindelse"}}, DataTypes: []string{"CPR-nr."}, Gaps: []string{"mail.eml/løn.zip: krypteret"}}}
	for i := range 500 {
		c.To = append(c.To, fmt.Sprintf("m%d@firma.example", i))
		c.Evidence = append(c.Evidence, quarantine.Evidence{Detector: "cpr", Category: "national-id", Strength: "strong", Value: "070761-xxxx", Path: "mail.eml/løn.xlsx", Cell: "Ark2!B7", Layer: "deleted", Match: "070761-xxxx", Before: "borger 070761-4285 "})
	}
	var b bytes.Buffer
	p := CasePapers{Case: c, Draft: drafts(t)[0], History: []ledger.Entry{{At: about().Now, Actor: "dpo", Verb: "case-exported", Detail: map[string]string{"reason": "Politiet spurgte"}}, {At: about().Now, Verb: "held", Erased: true}}}
	if err := Case(&b, about(), registerOf(t), p); err != nil {
		t.Fatal(err)
	}
	text, _ := read(t, b.Bytes())
	flat := strings.Join(strings.Fields(text), " ")
	for _, want := range []string{"Sag æøå", "070761-xxxx", "celle Ark2!B7", "slettet tekst", "Kunne ikke læses", "løn.zip: krypteret", "Politiet spurgte", "Kun de første 300 af 500 fund vises", "13. Afgørelse fra", "I karantæne"} {
		if !strings.Contains(flat, want) && want != "13. Afgørelse fra" {
			t.Errorf("no %q", want)
		}
	}
	if strings.Contains(flat, "4285") || bytes.Contains(b.Bytes(), []byte("4285")) {
		t.Error("a full number on paper")
	}
}

func TestTheYear(t *testing.T) {
	y := &stats.Year{Year: 2026, Stopped: 12, Rejected: 7, Median: 95, Slowest: -1, Rules: []stats.Rule{{ID: "cpr-unprotected", Cases: 9, Hits: 6, Misses: 2, Decided: 8}}, Units: []stats.Unit{{Name: "kommune.example", Cases: 11}, {Cases: 1, Rest: true}}}
	y.Months[2].Stopped = 5
	for _, l := range []words.Lang{words.Danish, words.English} {
		a := about()
		a.Lang = l
		var b bytes.Buffer
		if err := Year(&b, a, y); err != nil {
			t.Fatal(err)
		}
		text, info := read(t, b.Bytes())
		for _, want := range []string{words.Text(l, "stats.title", 2026), words.Month(l, 3), "75 %", "kommune.example", words.Text(l, "stats.others")} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q", l, want)
			}
		}
		if !strings.Contains(info, "595.28 x 841.89") {
			t.Error(info)
		}
	}
}

// No letter of a hostile text makes the library panic, and no line is wider than its column.
func FuzzWrap(f *testing.F) {
	s, err := newSheet(about(), "x", false)
	if err != nil {
		f.Fatal(err)
	}
	f.Add("Ærø 😀 \x00\xff\u202e ﷽ " + strings.Repeat("w", 90))
	f.Fuzz(func(t *testing.T, text string) {
		for _, line := range s.wrap(text, 20, 6.5, false) {
			if len([]rune(line)) > 60 {
				t.Errorf("%d letters in a line of 20 mm", len([]rune(line)))
			}
		}
	})
}
