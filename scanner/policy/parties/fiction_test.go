package parties

import (
	"strings"
	"testing"

	"brevvagt/detectors"
)

// TestProgrammeReadsAPaperOnce: a paper of a megabyte may have thousands of findings.
func TestProgrammeReadsAPaperOnce(t *testing.T) {
	it := item(toAnders, "Kære Anders Testesen", "Premiere på stykket, instruktion og orkester som før.")
	x := &detectors.Finding{At: it.Doc.Segments[1].At, Segment: 1}
	if !it.Programme(x) {
		t.Fatal("no programme")
	}
	it.Doc.Segments[1].Text = "Intet"
	if !it.Programme(x) {
		t.Error("the paper was read again")
	}
}

func TestParagraphHasALimit(t *testing.T) {
	const long = 100_000
	text := strings.Repeat("A", long) + "\n\n" + strings.Repeat("B", long) + "x" + strings.Repeat("C", long)
	it := item(toAnders, text)
	for _, c := range []struct{ start, end, most int }{{long + 10, long + 12, paragraphReach + 10}, {2*long + 2, 2*long + 3, 2*paragraphReach + 1}, {3 * long, 5, 2 * paragraphReach}, {0, 4 * long, 4 * long}} {
		got := it.paragraph(&detectors.Finding{Start: c.start, End: c.end})
		if len(got) > c.most || got == "" {
			t.Errorf("%d to %d: %d bytes, want %d at most", c.start, c.end, len(got), c.most)
		}
	}
	if got := it.paragraph(&detectors.Finding{Start: long + 3, End: long + 4}); strings.Trim(got, "b") != "" {
		t.Errorf("another paragraph: %.10s", got)
	}
}

func TestProgrammeIsOfNobody(t *testing.T) {
	for text, want := range map[string]bool{
		"Eksempel: \"Peter\" på 9 år fortæller, at hans far slår.":                             true,
		"Eksempel\n»Sofie« drikker hver dag.":                                                  true,
		"Forfatteraften om sorg og selvmord. Billetter 60 kr.":                                 true,
		"Peter på 9 år fortæller, at hans far slår.":                                           false,
		"For eksempel fortalte Peter, at hans far slår.":                                       false,
		"Vi har for eksempel \"Peter\" på 9 år. Et eksempel på det er, at hans far slår ham.":  false,
		"Han læste om forfatteren, mens han var indlagt, og har billetter til kampen i aften.": false,
	} {
		it := item(toAnders, "Kære Anders Testesen", text)
		if got := it.Programme(&detectors.Finding{At: it.Doc.Segments[1].At, Segment: 1}); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}
