package plain

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding/unicode"

	"brevvagt/document/plain/looks"
)

func TestLooksText(t *testing.T) {
	wide, err := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().String("Kære borger, vi skriver om sagen.")
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		data string
		want bool
	}{
		"prose":              {"Kære borger\n", true},
		"UTF-16":             {wide, true},
		"a stray zero":       {"Sag\x00 123", true},
		"record marks":       {"\x02HOVED\x1fSag\x1e123\x03", true},
		"zeros":              {strings.Repeat("\x00", 20000), false},
		"zeros behind":       {"MARK" + strings.Repeat("\x00", 20000), false},
		"a disc":             {strings.Repeat("\x00", 32768) + "\x01CD001", false},
		"a shortcut":         {"L\x00\x00\x00\x01\x14\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46C:\\brev.docx", false},
		"a tape":             {"070701000000010000", false},
		"nothing":            {"", false},
		"numbers and signs":  {"\x04\x22\x4d\x18\x60\x40\x82CPR 1234567890 and more text here", false},
		"a hundred controls": {strings.Repeat("ab\x01", 100), false},
	} {
		if got := looks.Text([]byte(tt.data)); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestBroken(t *testing.T) {
	script := strings.Repeat("echo hej med dig\n", 2000)
	if looks.Broken(script) {
		t.Error("a script alone")
	}
	if !looks.Broken(script + strings.Repeat("\x01\x02\x7f\x00ab", 8000)) {
		t.Error("a program behind a script")
	}
}
