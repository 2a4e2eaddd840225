package mail

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"brevvagt/document/mail/uncover"
)

func TestBase64(t *testing.T) {
	long := strings.Repeat("En hel linje tekst om en sag. ", 10)
	enc := base64.StdEncoding.EncodeToString([]byte(long))
	for name, text := range map[string]string{
		"alone":        enc,
		"after a line": "Hej\n\n" + enc + "\nslut",
		"in lines":     enc[:76] + "\r\n" + enc[76:152] + "\r\n" + enc[152:] + "\r\n",
		"quoted":       "> " + enc[:76] + "\n> " + enc[76:] + "\n",
	} {
		if got := uncover.Base64([]byte(text)); len(got) != 1 || !strings.HasPrefix(string(got[0]), long) {
			t.Errorf("%s: %q", name, got)
		}
	}
	for _, none := range []string{"Hej med dig, her er en almindelig tekst.", "https://www.firma.example/en/lang/sti?x=1", strings.Repeat("=", 80),
		base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{1, 200, 3}, 30))} {
		if got := uncover.Base64([]byte(none)); len(got) != 0 {
			t.Errorf("%.30q gives %q", none, got)
		}
	}
}

func TestQuoted(t *testing.T) {
	got := uncover.Quoted([]byte("Hej\n\nCPR =\n010203\n\nslut a=b"))
	if len(got) != 1 || string(got[0]) != "CPR =\n010203\n\n" {
		t.Errorf("%q", got)
	}
	if got := uncover.Quoted([]byte("x = 5; y == 6; https://a.example/?q=hest")); len(got) != 0 {
		t.Errorf("%q", got)
	}
}

func TestLimits(t *testing.T) {
	line := base64.StdEncoding.EncodeToString([]byte("En linje tekst om en sag")) + "\n\n"
	if got := len(uncover.Base64([]byte(strings.Repeat(line, 1000+10)))); got != 1000 {
		t.Errorf("%d blocks", got)
	}
	if got := len(uncover.Quoted([]byte(strings.Repeat("=31\n\n", 1000+10)))); got != 1000 {
		t.Errorf("%d blocks", got)
	}
	if got := uncover.Quoted([]byte(strings.Repeat("x", 128<<10) + "=31" + strings.Repeat("y", 128<<10))); len(got) != 1 || len(got[0]) != 128<<10 {
		t.Errorf("%d blocks, the first of %d bytes", len(got), len(got[0]))
	}
}

func FuzzUncover(f *testing.F) {
	f.Add([]byte("Hej\n\nSGVqIG1lZCBkaWcsIGh2b3JkYW4=\n\nCPR =\n0102=2D"))
	f.Add([]byte("begin 644 a.txt\n#:&5J\n`\nend\n> begin 0644 b\n> #:&5J\n"))
	f.Add([]byte("=ybegin line=128 size=3 name=a\n\x92\x8f\x94\n=yend size=3\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		rest, files := uncover.Files(data)
		if len(rest) > len(data) {
			t.Errorf("%d bytes left of %d", len(rest), len(data))
		}
		for _, file := range files {
			if len(file.Data) > 64*len(data) { // a line may be shorter than it says
				t.Errorf("%d bytes out of %d", len(file.Data), len(data))
			}
		}
		for _, b := range append(uncover.Base64(data), uncover.Quoted(data)...) {
			if len(b) > len(data) {
				t.Errorf("%d bytes out of %d", len(b), len(data))
			}
		}
	})
}

// TestSaidInAFile: what can be read in the lines of a file stays in the text, and of a
// real file nothing does.
func TestSaidInAFile(t *testing.T) {
	var uu, y strings.Builder
	uu.WriteString("begin 644 a.bin\n")
	y.WriteString("=ybegin line=128 size=9000 name=a.bin\n")
	state := uint32(1)
	line := func(n int, of func(byte) byte) string {
		b := make([]byte, n)
		for i := range b {
			state = state*1664525 + 1013904223
			b[i] = of(byte(state >> 24))
		}
		return string(b) + "\n"
	}
	for range 200 {
		uu.WriteString("M" + line(60, func(c byte) byte { return '!' + c%64 }))
		y.WriteString(line(128, func(c byte) byte { return map[bool]byte{true: 'x', false: c}[c == 0 || c == '\n' || c == '\r'] }))
	}
	for what, tt := range map[string]struct{ text, want string }{
		"a real file":          {"hej\n" + uu.String() + "`\nend\nslut", "hej\nslut"},
		"a real yEnc file":     {"hej\n" + y.String() + "=yend size=9000\nslut", "hej\nslut"},
		"short lines":          {"begin 644 a\nHAR DIABETES\n`\nend\n", "HAR DIABETES\n"},
		"a number in one":      {"begin 644 a\nM" + strings.Repeat("A ", 20) + "080240-9990 A A A A \n`\nend\n", "M" + strings.Repeat("A ", 20) + "080240-9990 A A A A\n"},
		"text instead of yEnc": {"=ybegin line=128 size=4 name=a\nhar sukkersyge\n=yend size=4\n", "har sukkersyge\n"},
	} {
		if rest, files := uncover.Files([]byte(tt.text)); string(rest) != tt.want || len(files) != 1 {
			t.Errorf("%s: %d files, left %.200q", what, len(files), rest)
		}
	}
}
