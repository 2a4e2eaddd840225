package internal_test

import (
	"testing"

	"brevvagt/internal/domainname"
)

func TestCanonical(t *testing.T) {
	for in, want := range map[string]string{
		"":                       "",
		".":                      "",
		"Kommune.Example.":       "kommune.example",
		"RØDOVRE.example":        "xn--rdovre-bya.example",
		"rødovre.example.":       "xn--rdovre-bya.example",
		".rødovre.example":       ".xn--rdovre-bya.example",
		"xn--rdovre-bya.example": "xn--rdovre-bya.example",
		"ro\u0308dovre.example":  "xn--rdovre-wxa.example", // another letter: ö
		"kommune。example":        "kommune.example",        // a dot of another script
		"kommune。example。":       "kommune.example",
		"[192.0.2.1]":            "[192.0.2.1]",
		"_x.example":             "_x.example",
		"a b":                    "a b",
	} {
		if got := domainname.Canonical(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
