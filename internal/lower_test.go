package internal_test

import (
	"strings"
	"testing"

	"brevvagt/internal/lower"
)

func TestLowerInPlace(t *testing.T) {
	for text, want := range map[string]string{
		"":                     "",
		"Ærlig ØL på ÅEN × 2ß": "ærlig øl på åen × 2ß",
		"İbrahim ÅSE":          "İbrahim åse",       // one byte longer in small letters
		"\u212aAJ Æ":           "\u212aaj æ",        // the sign for kelvin: two bytes shorter
		"Ⱥ \u2126 ÅSE":         "Ⱥ \u2126 åse",      // one longer, one shorter: the same length
		"GADE \xff\xfe ÅSE":    "gade \xff\xfe åse", // no UTF-8
		"\u1e9e STRASSE":       "\u1e9e strasse",
		"Дарья ΣΟΦΙΑ Đorđević": "дарья σοφια đorđević",
	} {
		if got := lower.InPlace(text); got != want || len(got) != len(text) {
			t.Errorf("InPlace(%q) = %q, want %q", text, got, want)
		}
	}
}

func FuzzLowerInPlace(f *testing.F) {
	f.Add("İ Ⱥ \u2126 \xff Å", "Æ")
	f.Fuzz(func(t *testing.T, before, after string) {
		low := lower.InPlace(before + "Å" + after)
		if len(low) != len(before+"Å"+after) {
			t.Fatalf("%d bytes became %d", len(before+"Å"+after), len(low))
		}
		if text := before + after; strings.IndexFunc(text, func(r rune) bool { return r > 0xFF }) < 0 && lower.InPlace(text) != strings.ToLower(text) {
			t.Fatalf("%q is not in small letters", text)
		}
		if valid := strings.ToValidUTF8(before, "") == before; valid && low[len(before):len(before)+2] != "å" {
			t.Fatalf("the letter behind %q is not in its place: %q", before, low)
		}
	})
}
