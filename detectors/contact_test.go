package detectors_test

import (
	"strings"
	"testing"
	"time"

	"brevvagt/detectors"
	"brevvagt/detectors/contact"
	"brevvagt/detectors/detectortest"
	"brevvagt/document"
	"brevvagt/internal/spent"
)

func suites() []detectortest.Suite {
	d := contact.Detectors()
	return []detectortest.Suite{
		{Detector: d[0], Corpus: "testdata/address.txt"},
		{Detector: d[1], Corpus: "testdata/email.txt"},
		{Detector: d[2], Corpus: "testdata/phone.txt"},
	}
}

func TestContact(t *testing.T) {
	for _, s := range suites() {
		t.Run(s.Detector.ID, s.Run)
	}
}

func BenchmarkContact(b *testing.B) {
	for _, s := range suites() {
		b.Run(s.Detector.ID, s.Bench)
	}
}

func TestSpanAndDisplay(t *testing.T) {
	for text, want := range map[string][2]string{
		"bor på Prøvevej 12, 2. tv, 8000 Aarhus C, siger": {"Prøvevej 12, 2. tv, 8000 Aarhus C", "… Aarhus C"},
		"mail Testperson@gmail.com.":                      {"Testperson@gmail.com", "T…@gmail.com"},
		"tlf. +45 20 12 34 56, tak":                       {"+45 20 12 34 56", "20 xx xx xx"},
	} {
		var got []detectors.Span
		for _, d := range contact.Detectors() {
			for _, sp := range d.Find(document.Segment{Text: text}, detectors.Env{}) {
				got = append(got, sp)
				if len(contact.DataTypes(d.Category)) != 1 {
					t.Errorf("%s has no data type", d.Category)
				}
			}
		}
		if len(got) != 1 || text[got[0].Start:got[0].End] != want[0] || got[0].Display != want[1] {
			t.Errorf("%q: %+v, want %v", text, got, want)
		}
	}
}

func TestLimits(t *testing.T) {
	size := 1 << 19
	if testing.Short() {
		size >>= 4
	}
	for _, d := range contact.Detectors() {
		for _, s := range []string{"Prøvevej 1, 8000 Aarhus ", "a@gmail.com ", "20 12 34 56\n", "8000 A", "@", "+45 ", "A 1 ", "A "} {
			start := spent.Processor()
			if n := len(d.Find(document.Segment{Text: strings.Repeat(s, size/len(s))}, detectors.Env{})); n > 500 {
				t.Errorf("%s: %d spans", d.ID, n)
			}
			if took := spent.Processor() - start; took > 8*time.Second {
				t.Errorf("%s: %d bytes of %q took %v", d.ID, size, s, took)
			}
		}
	}
}

func FuzzContact(f *testing.F) {
	for _, s := range []string{"Prøvevej 12, 2. tv, 8000 Aarhus C", "x@gmail.com", "+45 20 12 34 56", "\xff 8000 Å"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, d := range contact.Detectors() {
			for _, sp := range d.Find(document.Segment{Text: text}, detectors.Env{}) {
				if sp.Start < 0 || sp.Start >= sp.End || sp.End > len(text) {
					t.Fatalf("span %d-%d of %d bytes", sp.Start, sp.End, len(text))
				}
			}
		}
	})
}
