package special

import (
	"math/rand/v2"
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

// TestPassingOverPieces does the same with words put together at random, with letters cut in
// two among them, and with the cues.
func TestPassingOverPieces(t *testing.T) {
	ix := shipped()
	var pieces []string
	for form := range ix.words {
		if pieces = append(pieces, form); len(pieces) == 300 {
			break
		}
	}
	for _, e := range []string{"kræft", "Sygdom", "SYGDOM", "transplanter", "ysygdomy", "for", "sår", "hjælp", "at", "det", "den", "æ", "Å", "ø", "é", "\u00ad", "§", "a", "7", "48", "-", "-", " ", " ", " ", ". ", "\n", "\xc3", "\xa6", "\xb8x", "\xe2\x80\x93", "½", "\x00"} {
		for range 12 {
			pieces = append(pieces, e)
		}
	}
	slices.Sort(pieces)
	r := rand.New(rand.NewPCG(7, 8))
	found := 0
	for range 4000 {
		var b strings.Builder
		for range r.IntN(40) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		text := b.String()
		want := everyWord(ix, text)
		found += len(want)
		if got := ix.hits(text, nil); !slices.Equal(got, want) {
			t.Fatalf("%q: %v, want %v", text, got, want)
		}
	}
	if found < 3000 {
		t.Errorf("only %d stems in all: the comparison says little", found)
	}
}

func TestWritten(t *testing.T) {
	for folded, want := range map[string]string{"syg": "syg", "saar": "saar s\xe3\xa5r", "aae": "aae \xe3\xa5e a\xe3\xa6"} {
		if got := strings.Join(written(folded), " "); got != want {
			t.Errorf("%q: %q, want %q", folded, got, want)
		}
	}
}

func TestAlone(t *testing.T) {
	for text, want := range map[string]string{
		"12 a34 56b 7-8 9 --10 ": "ww...........w.w...ww.",
		"4":                      "w", "a4": "..", "4a": "..", " 77": ".ww", "-1-": "...", "-1 ": ".w.",
	} {
		var digits, letters, hyphens uint64
		for i, c := range []byte(text) {
			switch {
			case c >= '0' && c <= '9':
				digits |= 1 << i
			case c == '-':
				hyphens |= 1 << i
			case c != ' ':
				letters |= 1 << i
			}
		}
		got := ""
		for i := range text {
			got += string(".w"[alone(digits, letters, hyphens)>>i&1])
		}
		if got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	if alone(^uint64(0), 0, 0) != 0 || alone(7<<61|7, 0, 0) != 7 {
		t.Error("digits at the end of a block may go on")
	}
	for form := range shipped().words {
		if strings.Trim(form, "0123456789") == "" {
			t.Errorf("%q is passed over", form)
		}
	}
}
