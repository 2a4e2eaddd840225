package detectors_test

import (
	"strings"
	"testing"
	"time"

	"brevvagt/detectors"
	"brevvagt/detectors/detectortest"
	"brevvagt/detectors/residue"
	"brevvagt/document"
	"brevvagt/internal/spent"
)

func suite() detectortest.Suite {
	return detectortest.Suite{Detector: residue.Detectors()[0], Corpus: "testdata/placeholder.txt"}
}

func TestPlaceholder(t *testing.T) { suite().Run(t) }

func BenchmarkPlaceholder(b *testing.B) { suite().Bench(b) }

func TestCorpusIsLargeEnough(t *testing.T) {
	lines, err := detectortest.ReadCorpus("testdata/placeholder.txt")
	if err != nil {
		t.Fatal(err)
	}
	count := map[bool]int{}
	for _, l := range lines {
		count[l.Want]++
	}
	if count[true] < 120 || count[false] < 120 {
		t.Errorf("%d lines with '+' and %d with '-', want 120 of each", count[true], count[false])
	}
}

func residueFind(text string) []detectors.Span {
	return residue.Detectors()[0].Find(document.Segment{Text: text}, detectors.Env{})
}

// A mark that a manual talks about is not lost, it only counts for nothing.
func TestMentionedMarkIsInfo(t *testing.T) {
	spans := residueFind("Feltet {navn} erstattes af borgerens navn.")
	if len(spans) != 1 || spans[0].Strength != detectors.Info {
		t.Errorf("%+v", spans)
	}
}

func TestSpanCoversTheMarkOnly(t *testing.T) {
	for text, want := range map[string]string{
		"Kære «Navn», tak":                      "«Navn»",
		"MERGEFIELD Navn \\* MERGEFORMAT \n":    "MERGEFIELD Navn \\* MERGEFORMAT",
		"  Klik her for at angive tekst.":       "Klik her for at angive tekst",
		"Ring tlf. xx xx xx xx i dag":           "xx xx xx xx",
		"Mødet den xx.xx.2026 holdes":           "xx.xx.2026",
		"CPR ddmmåå-xxxx, tak":                  "ddmmåå-xxxx",
		"Kære { MERGEFIELD CPR \\* UPPER } hej": "{ MERGEFIELD CPR \\* UPPER }",
	} {
		spans := residueFind(text)
		if len(spans) != 1 || text[spans[0].Start:spans[0].End] != want {
			t.Errorf("%q: %+v, want %q", text, spans, want)
		}
	}
}

// The number of spans is bounded, and hostile text costs linear time.
func TestResidueLimits(t *testing.T) {
	if n := len(residueFind(strings.Repeat("Kære «Navn»\n", 5000))); n != 500 {
		t.Errorf("%d spans, want the limit of 500", n)
	}
	size := 1 << 20
	if testing.Short() {
		size >>= 4
	}
	for _, s := range []string{"«", "[", "{{", "<", "$$", "%N", "(", "x", "[navn", "UDKAST ", "MERGEFIELD ", "(navn) ", "[navn]=", "Fejl! "} {
		start := spent.Processor()
		residueFind(strings.Repeat(s, size/len(s)))
		if d := spent.Processor() - start; d > 5*time.Second {
			t.Errorf("%d bytes of %q took %v", size, s, d)
		}
	}
}

func FuzzFind(f *testing.F) {
	lines, err := detectortest.ReadCorpus("testdata/placeholder.txt")
	if err != nil {
		f.Fatal(err)
	}
	for _, l := range lines {
		f.Add(l.Segment.Text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, sp := range residueFind(text) {
			if sp.Start < 0 || sp.Start >= sp.End || sp.End > len(text) {
				t.Fatalf("span %d-%d of %d bytes", sp.Start, sp.End, len(text))
			}
		}
	})
}
