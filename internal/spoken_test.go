package internal_test

import (
	"slices"
	"strings"
	"testing"

	"brevvagt/internal/spoken"
)

func TestPasswords(t *testing.T) {
	for text, want := range map[string]string{
		"Adgangskoden er sommer":           "sommer",
		"password: Aa1 bb2":                "Aa1 bb2",
		"Brug løsenet “Hyld”.":             "Hyld",
		"Vinter-26 er koden":               "Vinter-26",
		"Koden er „Hans og Grethe“, Bo":    "Hans og Grethe",
		"Kode:\x00K4t!":                    "K4t!",
		"Filen har pinkode 4711.":          "4711",
		"İbrahim: koden er Vinter-27":      "Vinter-27", // a letter that is longer when small
		"Koden til filen får du her: hest": "hest",
	} {
		if got := spoken.Passwords(strings.SplitSeq(text, "\x00")); !slices.Contains(got, want) {
			t.Errorf("%q: %q", text, got)
		}
	}
	for _, text := range []string{"Hermed referatet fra i går.", "Koden sender jeg til dig i en sms"} {
		if got := spoken.Passwords(slices.Values([]string{text})); len(got) != 0 {
			t.Errorf("%q: %q", text, got)
		}
	}
	if got := spoken.Passwords(slices.Values([]string{strings.Repeat("kode: A1b2 C3d4 ", 10_000), strings.Repeat("kode a1", 1<<20)})); len(got) > 24 {
		t.Errorf("%d candidates", len(got))
	}
}
