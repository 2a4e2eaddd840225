package parties

import (
	"testing"

	"brevvagt/detectors"
	"brevvagt/detectors/subject"
	"brevvagt/document"
)

// atRest is a file with the given texts, in which the words are sensitive.
func atRest(words []string, texts ...string) *Item {
	doc := &document.Document{}
	for _, text := range texts {
		doc.Segments = append(doc.Segments, document.Segment{Text: text, At: document.Location{Path: "x.rtf", Layer: document.Visible}})
	}
	it := &Item{Doc: doc}
	for _, w := range words {
		find(it, w)
	}
	key := detectors.RandomKey()
	for i := range it.Findings {
		it.Findings[i].Value = key.Mask(words[i], "x…")
	}
	it.Subjects = subject.GroupWith(key, doc, it.Findings)
	return it
}

func TestCase(t *testing.T) {
	groups := map[string]bool{"helbred": true}
	two := []string{"depression", "diabetes"}
	for name, c := range map[string]struct {
		words, texts []string
		want         bool
	}{
		"two things of one":          {two, []string{"Bente Prøvesen har depression og diabetes."}, true},
		"one thing":                  {two[:1], []string{"Bente Prøvesen har depression."}, false},
		"one thing each of two":      {two, []string{"Bente Prøvesen har depression.\nCarl Eksempelsen har diabetes."}, false},
		"nobody":                     {two, []string{"Mange har depression og diabetes."}, false},
		"asked about, said of none":  {two, []string{"Bente Prøvesen spurgte om ventetiden for depression og om diabetes."}, false},
		"by first name further down": {two, []string{"Medarbejder: Bente Prøvesen, pædagog", "Bente er i behandling. Hun har depression og fik diabetes."}, true},
		"somebody else's first name": {two, []string{"Medarbejder: Carl Prøvesen, pædagog", "Bente er i behandling. Hun har depression og fik diabetes."}, false},
		"a novel":                    {two, []string{"Romanens hovedperson Bente Prøvesen har depression og diabetes."}, false},
	} {
		if _, got := atRest(c.words, c.texts...).Case(groups, 2); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
