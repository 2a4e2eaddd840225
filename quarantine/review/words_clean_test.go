package review

import (
	"strings"
	"testing"
	"unicode/utf8"

	"brevvagt/quarantine/review/words"
)

func TestClean(t *testing.T) {
	for _, x := range []struct{ in, want string }{
		{"Løn, maj", "Løn, maj"},
		{"a\r\nb\tc", "a  b c"},
		{"a\u202Eb", "a\uFFFDb"},
		{"a\xffb", "a\uFFFDb"},
		{"0123456789abcdef", "0123456789…"},
		{"070761-4285", "070761-xxx…"},
		{"", ""},
	} {
		if got := words.Clean(x.in, 10); got != x.want {
			t.Errorf("clean(%q) = %q, want %q", x.in, got, x.want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("Løn \u202E <script>", 10)
	f.Add(strings.Repeat("æ", 500)+"\xf0\x9f", 120)
	f.Add("070761-4285", 5)
	f.Fuzz(func(t *testing.T, s string, limit int) {
		if limit < 0 || limit > 5000 {
			return
		}
		got := words.Clean(s, limit)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > limit+1 {
			t.Errorf("clean(%q, %d) = %q", s, limit, got)
		}
		for _, r := range got {
			if r < ' ' || r == '\u202E' || r == '\u200B' {
				t.Errorf("clean(%q) keeps %U", s, r)
			}
		}
	})
}
