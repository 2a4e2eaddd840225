package detectors_test

import (
	"slices"
	"strings"
	"testing"

	"brevvagt/detectors"
	"brevvagt/detectors/custom"
	"brevvagt/document"
)

func find(t *testing.T, d custom.Definition, text string) []string {
	t.Helper()
	d.ID, d.Title = "egen", "Egen"
	list, err := custom.New([]custom.Definition{d})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, sp := range list[0].Find(document.Segment{Text: text}, detectors.Env{}) {
		out = append(out, text[sp.Start:sp.End])
		if len([]rune(sp.Display)) > 3 {
			t.Errorf("%q shows too much", sp.Display)
		}
	}
	return out
}

func TestFinds(t *testing.T) {
	tests := []struct {
		name string
		d    custom.Definition
		text string
		want []string
	}{
		{"whole word, any case", custom.Definition{Words: []string{"særforanstaltning"}}, "SÆRFORANSTALTNING, særforanstaltninger", []string{"SÆRFORANSTALTNING"}},
		{"phrase over a line", custom.Definition{Words: []string{"lukket punkt", "lukket"}}, "et lukket\npunkt og et lukket", []string{"lukket\npunkt", "lukket"}},
		{"Danish letters bound a word", custom.Definition{Words: []string{"by"}}, "bygå øby by", []string{"by"}},
		{"pattern", custom.Definition{Pattern: `PSY-\d{4}`}, "se PSY-0042.", []string{"PSY-0042"}},
		{"sign by its number", custom.Definition{Pattern: `S\x{00e6}r-\d{4}`}, "se Sær-0042.", []string{"Sær-0042"}},
		{"luhn", custom.Definition{Pattern: `\d{16}`, Checksum: "luhn"}, "4111111111111111 4111111111111112", []string{"4111111111111111"}},
		{"mod11", custom.Definition{Pattern: `\b\d{8}\b`, Checksum: "mod11"}, "10150817 12345678", []string{"10150817"}},
		{"mod97", custom.Definition{Pattern: `DK\d{16}`, Checksum: "mod97"}, "DK5000400440116243 DK5100400440116243", []string{"DK5000400440116243"}},
		{"ean13", custom.Definition{Pattern: `\d{13}`, Checksum: "ean13"}, "4006381333931 4006381333932", []string{"4006381333931"}},
		{"near", custom.Definition{Pattern: `\d{6}`, Near: []string{"journalnr"}}, "Journalnr. 123456, beløb" + strings.Repeat(" ", 120) + "654321", []string{"123456"}},
	}
	for _, tt := range tests {
		if got := find(t, tt.d, tt.text); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestBounded(t *testing.T) {
	if n := len(find(t, custom.Definition{Words: []string{"a"}, Pattern: "a"}, strings.Repeat("a ", 2000))); n != 500 {
		t.Errorf("%d spans, want 500", n)
	}
}

func TestWrongDefinitionsAreNamed(t *testing.T) {
	ok := custom.Definition{ID: "egen", Title: "Egen", Words: []string{"a"}}
	tests := map[string]func(*custom.Definition){
		"id must be":       func(d *custom.Definition) { d.ID = "Æ" },
		"built-in":         func(d *custom.Definition) { d.ID = "cpr" },
		"title":            func(d *custom.Definition) { d.Title = " " },
		"words or pattern": func(d *custom.Definition) { d.Words = nil },
		"at most 1000":     func(d *custom.Definition) { d.Pattern = strings.Repeat("a", 1001) },
		"missing closing":  func(d *custom.Definition) { d.Pattern = "(" },
		"no } closes":      func(d *custom.Definition) { d.Pattern = `DK\d{16` },
		"empty text":       func(d *custom.Definition) { d.Pattern = "a*" },
		"strength is":      func(d *custom.Definition) { d.Strength = "sure" },
		"checksum is":      func(d *custom.Definition) { d.Pattern, d.Checksum = "a", "crc" },
		"needs a pattern":  func(d *custom.Definition) { d.Checksum = "luhn" },
	}
	for want, spoil := range tests {
		d := ok
		spoil(&d)
		if _, err := custom.New([]custom.Definition{d}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	if _, err := custom.New([]custom.Definition{ok, ok}); err == nil || !strings.Contains(err.Error(), "twice") {
		t.Errorf("two of one id: %v", err)
	}
}
