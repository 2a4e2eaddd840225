package prose

import (
	"testing"

	"golang.org/x/text/encoding/charmap"
)

// TestDanishLetters: the code page of a text is told by where its Danish letters stand.
func TestDanishLetters(t *testing.T) {
	for _, text := range []string{"Søren Ægidius, får hjælp på Åse-Marie Tørrings skole", "Kære Åse, på gensyn", "Rødgrød med fløde", "Ærø: blå bær"} {
		for name, page := range map[string]*charmap.Charmap{"1252": charmap.Windows1252, "850": charmap.CodePage850, "mac": charmap.Macintosh} {
			data, err := page.NewEncoder().String(text)
			if err != nil {
				t.Fatal(err)
			}
			if got := Decode([]byte(data), ""); got != text {
				t.Errorf("%s: %q, want %q", name, got, text)
			}
		}
	}
	for _, text := range []string{"Œuvre by ACME® og ½ pris", "«Citat» på dansk: blåbær", "Kaffe à la carte"} {
		data, err := charmap.Windows1252.NewEncoder().String(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := Decode([]byte(data), ""); got != text {
			t.Errorf("%q, want %q", got, text)
		}
	}
}
