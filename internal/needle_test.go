package internal_test

import (
	"math/bits"
	"math/rand/v2"
	"strings"
	"testing"

	"brevvagt/internal/needle"
)

// TestNeedles holds one pass for all against a search for each.
func TestNeedles(t *testing.T) {
	list := []string{"roman", "romanens", "læser", "vi læser", "an", "nn", "bog er "}
	all := needle.New(list)
	pieces := []string{"roman", "romanens ", "vi ", "læser", "a", "n", " ", "bog", " er ", "\xc3", "æ"}
	r := rand.New(rand.NewPCG(1, 7))
	for range 3000 {
		text := ""
		for range r.IntN(12) {
			text += pieces[r.IntN(len(pieces))]
		}
		var want uint64
		for n, w := range list {
			if strings.Contains(text, w) {
				want |= 1 << n
			}
		}
		if got := all.Met(text); got != want || all.In(text) != (want != 0) || all.Distinct(text, 3) != (bits.OnesCount64(want) >= 3) {
			t.Fatalf("%q: %b, want %b", text, got, want)
		}
	}
}
