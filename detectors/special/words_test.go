package special

import (
	"slices"
	"strings"
	"testing"
)

// everyWord finds stems by looking at every word.
func everyWord(ix *index, text string) (out []hit) {
	r := reader{text: text}
	for w, ok := r.next(); ok; w, ok = r.next() {
		if h, ok := ix.match(text, w); ok {
			out = append(out, h)
			r.pos = max(r.pos, h.end)
		}
	}
	return out
}

// TestPassingOverMissesNothing holds the look at beginnings and ends of words
// against the look at every word, line by line of the lexicon and of all its forms.
func TestPassingOverMissesNothing(t *testing.T) {
	ix := newIndex(lexicon)
	forms := strings.Builder{}
	n := 0
	for form := range ix.words {
		forms.WriteString("x " + form + " y-" + form + " / " + strings.ToUpper(form) + "7 æ 48-52")
		if n++; n%50 != 0 { // long lines: words stand across the blocks that are passed over
			forms.WriteString(", ")
			continue
		}
		forms.WriteString("\n")
	}
	texts := []string{lexicon, strings.ToUpper(lexicon), forms.String(),
		"SygDommen tog til\nleversygdomme, a-b i 2026-11-24 § 50\n\u00adsyg\u00addom kræft- og x\ntvangsfjernet.\nø\nsyg"}
	found := 0
	for _, text := range texts {
		for line := range strings.Lines(text) {
			want := everyWord(ix, line)
			found += len(want)
			if got := ix.hits(line, nil); !slices.Equal(got, want) {
				t.Errorf("%q: %d hits, want %d", line, len(got), len(want))
			}
		}
	}
	if found < 10_000 {
		t.Errorf("only %d stems in all: the comparison says little", found)
	}
}
