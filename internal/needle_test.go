package internal_test

import (
	"math/bits"
	"math/rand/v2"
	"strings"
	"testing"

	"brevvagt/internal/lower"
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

// TestNeedlesPlaces holds both kinds of needles against a search for one after the other,
// with needles at every place of a block and over its ends.
func TestNeedlesPlaces(t *testing.T) {
	list := []string{"fra:", "fr", "ånd", "må ikke", "ikke", "ik", "øre", "adresse (beskyttet", "ses", "è la"}
	pieces := []string{"fra:", "Fra:", "FRA:", "f", "r", "fr", "Ånd", "ånd", "Må\nikke", "må ikke", "IK", "ØRE", "øre", "\xA5nd", "\x85", "\xC3", "×", "÷", "İk", "Kik", "€", "–", "\n", " ", "Adresse (Beskyttet", "ses", "SeS", strings.Repeat("x", 30), "È LA", "…è\nla"}
	rnd := rand.New(rand.NewPCG(1, 2))
	exact, folded := needle.New(list), needle.Folded(list)
	found := 0
	for range 20_000 {
		var b strings.Builder
		for range rnd.IntN(12) {
			b.WriteString(pieces[rnd.IntN(len(pieces))])
		}
		text := b.String()
		small := strings.ReplaceAll(lower.InPlace(text), "\n", " ")
		for _, x := range []struct {
			name string
			all  *needle.Needles
			in   string
		}{{"as written", exact, text}, {"folded", folded, small}} {
			at := make(map[[2]int]int)
			for from := range len(x.in) {
				for _, s := range list {
					if strings.HasPrefix(x.in[from:], s) {
						at[[2]int{from, from + len(s)}]++
						found++
					}
				}
			}
			x.all.Where(text, func(start, end int) bool {
				at[[2]int{start, end}]--
				return false
			})
			for place, n := range at {
				if n != 0 {
					t.Fatalf("%s: %q: %d more stand at %v", x.name, text, n, place)
				}
			}
		}
	}
	if found < 10_000 {
		t.Errorf("only %d needles stood in the texts", found)
	}
}
