package wording

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestSaysYou holds the one pass against the words one by one.
func TestSaysYou(t *testing.T) {
	pieces := []string{"du", "din", "dine", "d", "e", "your", "you", " ", "\n", "\u00a0", ".", ",", "?!", "(", "-", "ø", "\xff", "\xa0"}
	r := rand.New(rand.NewPCG(3, 9))
	said := 0
	for range 20_000 {
		text := ""
		for range r.IntN(9) {
			text += pieces[r.IntN(len(pieces))]
		}
		want := slices.ContainsFunc(strings.Fields(text), func(w string) bool { return You[strings.Trim(w, sentenceSigns)] })
		if SaysYou(text) != want {
			t.Fatalf("%q: %t, want %t", text, !want, want)
		}
		if want {
			said++
		}
	}
	if said < 1000 {
		t.Errorf("only %d of the texts say it", said)
	}
}
