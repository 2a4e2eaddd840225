package identity_test

import (
	"fmt"
	"testing"

	"brevvagt/detectors"
	"brevvagt/detectors/detectortest"
	"brevvagt/detectors/identity"
	"brevvagt/detectors/identity/verdict"
	"brevvagt/document"
)

// column is a table of one column without a telling heading.
func column(values []string) *document.Document {
	d := &document.Document{}
	for i, v := range values {
		d.Segments = append(d.Segments, document.Segment{Text: v, Label: "Reference",
			At: document.Location{Path: "poster.csv", Line: i + 2, Cell: fmt.Sprintf("D%d", i+2), Layer: document.Visible}})
	}
	return d
}

func settled(t *testing.T, d *document.Document) []detectors.Finding {
	t.Helper()
	set := &detectors.Set{List: []detectors.Detector{identity.CPR(identity.Config{})}}
	found, gaps := set.Scan(t.Context(), d, detectors.Env{AsOf: detectortest.AsOf})
	if len(gaps) > 0 {
		t.Fatalf("gaps: %v", gaps)
	}
	return found
}

func strengths(found []detectors.Finding) map[detectors.Strength]int {
	m := make(map[detectors.Strength]int)
	for _, f := range found {
		m[f.Strength]++
	}
	return m
}

// stamps are n dates of one kind, ddMMyy and four digits that fail modulus 11.
func stamps(n int) []string {
	var out []string
	for i := 0; len(out) < n; i++ {
		s := fmt.Sprintf("%02d%02d88%04d", i%28+1, i%12+1, 600+i*7%900)
		if v, _ := identity.Classify(s, detectortest.AsOf); v == verdict.WeakRun {
			out = append(out, s)
		}
	}
	return out
}

// One time stamp in eleven has a check digit that fits: its column tells.
func TestColumnOfTimeStamps(t *testing.T) {
	number := detectortest.CPR(1)
	for _, c := range []struct {
		name   string
		values []string
		want   map[detectors.Strength]int
	}{
		{"alone", []string{number}, map[detectors.Strength]int{detectors.Strong: 1}},
		{"two stamps", append(stamps(2), number), map[detectors.Strength]int{detectors.Strong: 1}},
		{"some stamps", append(stamps(8), number), map[detectors.Strength]int{detectors.Weak: 1}},
		{"very many", append(stamps(30), number), map[detectors.Strength]int{}},
		{"labelled among very many", append(stamps(30), "CPR "+number), map[detectors.Strength]int{detectors.Strong: 1}},
		{"6-4 among very many", append(stamps(30), number[:6]+"-"+number[6:]), map[detectors.Strength]int{detectors.Strong: 1}},
		{"both ways among very many", append(stamps(30), number, "CPR "+number), map[detectors.Strength]int{detectors.Strong: 2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := strengths(settled(t, column(c.values))); fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("strengths %v, want %v", got, c.want)
			}
		})
	}
}

// A list of people in which a few numbers have no check digit stays one.
func TestColumnOfPeopleStays(t *testing.T) {
	values := stamps(2)
	for i := range 12 {
		values = append(values, detectortest.CPR(i))
	}
	if got := strengths(settled(t, column(values))); got[detectors.Strong] != 12 {
		t.Errorf("strengths %v, want 12 strong", got)
	}
}

// Numbers of another kind elsewhere in the file say nothing.
func TestOtherColumnDoesNotWeaken(t *testing.T) {
	n := detectortest.CPR(3)
	d := column(stamps(40))
	d.Segments = append(d.Segments, document.Segment{Text: n, At: document.Location{Path: "poster.csv", Line: 2, Cell: "E2", Layer: document.Visible}},
		document.Segment{Text: "2611260801 start\n2611260802 slut\nTestperson Eksempel " + n, At: document.Location{Path: "poster.csv", Line: 90, Layer: document.Visible}})
	if got := strengths(settled(t, d)); got[detectors.Strong] != 2 {
		t.Errorf("strengths %v, want 2 strong", got)
	}
}

// Ten digits behind a minus sign in a cell are an amount.
func TestNegativeNumberInACell(t *testing.T) {
	run := detectortest.CPR(4)
	if found := settled(t, column([]string{"-" + run})); len(found) != 0 {
		t.Errorf("found %d, want none", len(found))
	}
	if found := settled(t, column([]string{"- " + run})); len(found) != 1 {
		t.Errorf("behind a dash and a blank: found %d, want 1", len(found))
	}
}

// A number among running ones is one of them, though its own check digit fits.
func TestRunningNumbers(t *testing.T) {
	text := func(s string) *document.Document {
		return &document.Document{Segments: []document.Segment{{Text: s, At: document.Location{Path: "mail.eml", Layer: document.Visible}}}}
	}
	if found := settled(t, text("Id: 0904577448, 0904577449, 0904577450")); len(found) != 0 {
		t.Errorf("running numbers: %v", strengths(found))
	}
	if found := settled(t, text("Id: 0904577448, 1203463952, 2206457027")); len(found) != 1 {
		t.Errorf("others beside: %v", strengths(found))
	}
}

// A column of numbers that lost their zero is one of persons when nearly all of them are.
func TestColumnOfLostZeros(t *testing.T) {
	var lost []string
	for i := 0; len(lost) < 5; i++ {
		if s := detectortest.CPR(i); s[0] == '0' {
			lost = append(lost, s[1:])
		}
	}
	cells := func(heading string, values ...string) *document.Document {
		d := column(values)
		for i := range d.Segments {
			d.Segments[i].Label = heading
		}
		return d
	}
	for _, c := range []struct {
		name string
		doc  *document.Document
		want int
	}{
		{"five", cells("Nr.", lost...), 5},
		{"two", cells("Nr.", lost[:2]...), 0},
		{"one under a heading for persons", cells("Borger", lost[0]), 1},
		{"three among others", cells("Nr.", append([]string{"318204477", "512340018", "994410027"}, lost[:3]...)...), 0},
		{"one among others under a heading for persons", cells("Borger", "318204477", "512340018", lost[0]), 0},
		{"of a thing", cells("Kontonr.", lost...), 0},
	} {
		if got := settled(t, c.doc); len(got) != c.want {
			t.Errorf("%s: found %d, want %d", c.name, len(got), c.want)
		}
	}
}
