package report

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"brevvagt/scanner/source/share/found"
	"brevvagt/scanner/source/share/walk"
)

var made = time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)

func sampleReport() *Report {
	r, sums := &Report{Made: made}, newSums(made)
	add := func(path, owner string, persons int, b walk.Breadth, years int, people ...string) {
		modified := made.AddDate(-years, 0, -1)
		f := File{Share: "fælles", Path: path, Owner: owner, Breadth: b, Modified: modified, Persons: persons,
			Rules: []string{"file-findings"}, Score: Score(persons, b, modified, made), New: years == 0, people: people}
		sums.add(&f)
		r.Files = append(r.Files, f)
	}
	add("/srv/a;b.txt", "anna", 2, walk.Owner, 0, "x", "y")
	add("/srv/c.txt", "anna", 2, walk.Everyone, 6, "x", "z")
	add("=HYPERLINK(\"http://ond.example\")", "bo", 200, walk.Group, 2)
	r.Nights = []Night{{"fælles", made, found.Totals{Files: 10, Hits: 3, Persons: 203, New: 1, Unread: 1}}}
	r.Unread = []Unread{{"fælles", "/srv/lukket/", walk.TroubleAccess}}
	r.Groups, r.Shares = sums.groups()
	return r
}

func TestScoreGrowsWithPeopleBreadthAndAge(t *testing.T) {
	old, fresh := made.AddDate(-6, 0, 0), made.AddDate(0, -1, 0)
	rising := []int64{Score(1, walk.Owner, fresh, made), Score(1, walk.Group, fresh, made), Score(1, walk.Everyone, fresh, made),
		Score(1, walk.Everyone, old, made), Score(50, walk.Everyone, old, made)}
	for i := 1; i < len(rising); i++ {
		if rising[i] <= rising[i-1] {
			t.Errorf("score %d of %v does not rise", i, rising)
		}
	}
	if Severity(rising[0]) != "lav" || Severity(rising[2]) != "middel" || Severity(rising[4]) != "kritisk" {
		t.Errorf("severities of %v", rising)
	}
}

func TestGroupsCountAPersonOnce(t *testing.T) {
	r := sampleReport()
	if len(r.Groups) != 2 || r.Groups[0].Owner != "bo" {
		t.Fatalf("groups %+v", r.Groups)
	}
	if g := r.Groups[1]; g.Persons != 3 || g.Files != 2 || g.Everyone != 1 || g.New != 1 {
		t.Errorf("anna's group %+v", g)
	}
	if len(r.Shares) != 1 || r.Shares[0].Persons != 203 || r.Shares[0].Files != 3 {
		t.Errorf("the share %+v", r.Shares)
	}
	want := map[[2]int]Cell{{int(walk.Owner), int(Young)}: {1, 2, 2}, {int(walk.Everyone), int(Old)}: {1, 2, 30}}
	for b := range r.Groups[1].Heat {
		for a, got := range r.Groups[1].Heat[b] {
			if got != want[[2]int{b, a}] {
				t.Errorf("breadth %d, age %d: %+v", b, a, got)
			}
		}
	}
	if g := r.Groups[0]; g.Persons != 200 {
		t.Errorf("people beyond those kept were not counted: %+v", g)
	}
}

func TestCSVForDanishExcel(t *testing.T) {
	var out bytes.Buffer
	if err := sampleReport().CSV(&out); err != nil {
		t.Fatal(err)
	}
	s := out.String()
	if !strings.HasPrefix(s, "\xef\xbb\xbfAlvor;Score;") || strings.Count(s, "\r\n") != 4 || strings.Count(s, "\n") != 4 {
		t.Errorf("no mark, or other line ends: %q", s)
	}
	for _, want := range []string{`;"/srv/a;b.txt";`, `;"'=HYPERLINK(""http://ond.example"")";`} {
		if !strings.Contains(s, want) {
			t.Errorf("%q lacks %s", s, want)
		}
	}
}

func TestWorkbookHoldsEverything(t *testing.T) {
	var out bytes.Buffer
	if err := sampleReport().XLSX(&out); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got := strings.Join(f.GetSheetList(), " "); got != "Ejere Varmekort Filer Nætter Ikke læst" {
		t.Errorf("sheets %s", got)
	}
	rows, err := f.GetRows("Filer")
	if err != nil || len(rows) != 4 || rows[3][3] != `=HYPERLINK("http://ond.example")` {
		t.Errorf("files %v, %v", rows, err)
	}
	if formula, _ := f.GetCellFormula("Filer", "D4"); formula != "" {
		t.Errorf("a name became the formula %q", formula)
	}
	if rows, _ = f.GetRows("Varmekort"); len(rows) != 4 || rows[1][1] != "(hele drevet)" || rows[1][4] != "2" || rows[1][6] != "200" {
		t.Errorf("heat map %v", rows)
	}
	if rows, _ = f.GetRows("Ikke læst"); len(rows) != 2 || rows[1][2] != "ingen adgang" {
		t.Errorf("unread %v", rows)
	}
}

// TestHeatMapOnATerminal shows whole shares, and no line without a person.
func TestHeatMapOnATerminal(t *testing.T) {
	var out bytes.Buffer
	if err := sampleReport().Table(&out); err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(out.String()), " ")
	if want := "Varmekort: forskellige personer (3) Fællesdrev Kan læses af under 1 år 1-5 år over 5 år fælles alle 0 0 2 fælles en gruppe 0 200 0 fælles kun ejeren 2 0 0 Ejere ("; !strings.HasPrefix(text, want) {
		t.Errorf("%s", text)
	}
}

func TestALongPathLeavesRoomForTheOthers(t *testing.T) {
	r := &Report{Files: []File{{Share: "f", Path: "/srv/" + strings.Repeat("å", 4000) + "/slut.txt", Owner: "hr"}}}
	var out bytes.Buffer
	if err := r.Table(&out); err != nil {
		t.Fatal(err)
	}
	if text := out.String(); len(text) > 3000 || !strings.Contains(text, "/srv/å") || !strings.Contains(text, "å/slut.txt") || !strings.Contains(text, "hr") {
		t.Errorf("%d bytes: %.300s", len(text), text)
	}
}

func TestPathsAreShownMaskedOnOneLine(t *testing.T) {
	if got := Clean("/srv/070761-4285\n\x1b[31m\xff.txt"); strings.Contains(got, "4285") || strings.ContainsAny(got, "\n\x1b") || strings.IndexByte(got, 0xff) >= 0 {
		t.Errorf("shown as %q", got)
	}
}
