package policy_test

import (
	"slices"
	"testing"

	"brevvagt/scanner/policy/lookalike"
)

func TestLookAlikes(t *testing.T) {
	for _, x := range []struct {
		a, b        string
		like, forms bool
	}{
		{"advokathansen.example", "advokathanssen.example", true, true},
		{"advokathansen.example", "advokathansne.example", true, true},
		{"advokathansen.example", "advokathensen.example", true, true},
		{"advokathansen.example", "advokathansn.example", true, true},
		{"advokathansen.example", "advokathansen.invalid", true, true},
		{"modelkommune.example", "modelk0mmune.example", true, true},
		{"modelkommune.example", "rnodelkornmune.example", true, true},
		{"modelby.example", "modelby-kommune.example", true, false},
		{"modelkommune.example", "model.example", true, false},
		{"modelby.example", "modelby-forsyning.example", false, false},
		{"advokathansen.example", "advokatlarsen.example", false, false},
		{"advokathansen.example", "advokathansen.example", false, true},
		{"firma.example", "forma.example", true, false}, // too short for traffic alone
		{"borger1.example", "borger2.example", true, false},
	} {
		if got := lookalike.Domain(x.b, x.a); got != x.like {
			t.Errorf("%s like %s: %v", x.b, x.a, got)
		}
		a := lookalike.Forms(x.a)
		if got := slices.ContainsFunc(lookalike.Forms(x.b), func(f string) bool { return slices.Contains(a, f) }); got != x.forms {
			t.Errorf("%s and %s share a form: %v", x.b, x.a, got)
		}
	}
	if n := len(lookalike.Forms("etmegetlangtnavn.example")); n > 70 {
		t.Errorf("%d forms", n)
	}
}
