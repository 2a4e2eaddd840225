package prose

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

func checkPlain(t *testing.T, data []byte) {
	t.Helper()
	text, wide, ok := plainLines(data)
	if want := bytes.IndexByte(data, 0) < 0 && utf8.Valid(data); ok != want {
		t.Fatalf("%q: plain %v, want %v", data, ok, want)
	}
	if ok && (text != linesOf(data) || !wide && fold(text) != text) {
		t.Fatalf("%q: %q, wide %v, want %q", data, text, wide, linesOf(data))
	}
}

// TestPlainLines holds the one pass against a look at each thing by itself.
func TestPlainLines(t *testing.T) {
	pieces := []string{"a", "sagen er ", "\r\n", "\r", "\n", "\r\r\n", "æ", "Ø", "é", "\u00a0", "–", "’", "０", "१", "\u1e00", "😀", "\ufeff", "x", "12"}
	broken := []string{"\xc3", "\xa6", "\xe2\x80", "\xe2", "\x80", "\xf0\x9f\x98", "\xc0\x80", "\xff", "\xed\xa0\x80", "\x00", "\xe0\x80\x80", "\xc3\xc3\xa6"}
	r := rand.New(rand.NewPCG(3, 9))
	plain := 0
	for n := range 6000 {
		var b bytes.Buffer
		b.WriteString(strings.Repeat("x", r.IntN(70)))
		for range r.IntN(40) {
			b.WriteString(pieces[r.IntN(len(pieces))])
			if n%2 == 0 && r.IntN(30) == 0 {
				b.WriteString(broken[r.IntN(len(broken))])
			}
		}
		checkPlain(t, b.Bytes())
		if _, _, ok := plainLines(b.Bytes()); ok {
			plain++
		}
	}
	if plain < 2000 {
		t.Errorf("only %d texts are UTF-8: the comparison says little", plain)
	}
}

func FuzzPlainLines(f *testing.F) {
	f.Add([]byte("Kære borger\r\n\r\nså – 12"))
	f.Fuzz(checkPlain)
}
