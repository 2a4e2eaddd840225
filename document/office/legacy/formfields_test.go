package legacy

import (
	"slices"
	"testing"
)

func xstz(s string) []byte {
	out := []byte{byte(len(s)), 0}
	for _, c := range []byte(s) {
		out = append(out, c, 0)
	}
	return append(out, 0, 0)
}

func TestFormTexts(t *testing.T) {
	var field []byte
	for _, s := range []string{"Tekst1", "6610721234", "", "Skriv", ""} {
		field = append(field, xstz(s)...)
	}
	texts, n := formTexts(append(slices.Clone(field), 0xff, 0xff), true)
	if n != len(field) || !slices.Equal(texts, []string{"Tekst1", "6610721234", "", "Skriv", ""}) {
		t.Errorf("%q of %d bytes, want all of %d", texts, n, len(field))
	}
	for cut := range len(field) {
		if texts, n := formTexts(field[:cut], true); n != 0 {
			t.Errorf("cut at %d: %q", cut, texts)
		}
	}
	if _, n := formTexts([]byte{0xff, 0xff, 0, 0}, true); n != 0 {
		t.Error("a text that is longer than any was taken")
	}
}
