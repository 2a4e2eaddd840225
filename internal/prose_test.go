package internal_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"brevvagt/internal/prose"
)

func TestDecode(t *testing.T) {
	tests := []struct{ name, data, declared, want string }{
		{"utf-8", "blåbær", "", "blåbær"},
		{"declared 1252 but utf-8", "blåbær", "windows-1252", "blåbær"},
		{"windows-1252", "bl\xe5b\xe6r", "", "blåbær"},
		{"latin-1 means 1252", "\x80 5", "iso-8859-1", "€ 5"},
		{"unknown charset", "bl\xe5", "x-unknown-9", "blå"},
		{"cp865", "bl\x86b\x91r", "ibm865", "blåbær"},
		{"dos, undeclared", "F\x9dDT  LBNR bl\x86b\x91r \xc4\xc4\xc5\xc4\xc4", "", "FØDT  LBNR blåbær ──┼──"},
		{"dos signs in windows-1252", "S\xf8ren Hansen\x86, d\xf8d \x93i g\xe5r\x94", "", "Søren Hansen†, død “i går”"},
		{"quotes of windows-1252", "don\x92t \x84say\x94 \x91it\x92", "", "don’t „say” ‘it’"},
		{"declared windows-1252", "F\x86", "windows-1252", "F†"},
		{"mainframe of Germany", "\xc3\xd7\xd9@\xf1\xf2\xf0\xf3\xf3\xf6`\xf3\xf9\xf5\xf1", "ibm273", "CPR 120336-3951"},
		{"mainframe of Turkey", "\xc3\xd7\xd9@\xf1\xf2\xf0\xf3\xf3\xf6`\xf3\xf9\xf5\xf1", "IBM1026", "CPR 120336-3951"},
		{"mainframe of Bulgaria", "\xc3\xd7\xd9@\xf1\xf2\xf0\xf3\xf3\xf6`\xf3\xf9\xf5\xf1", "cp1025", "CPR 120336-3951"},
		{"mainframe with the euro sign", "\xc3\xd7\xd9@\xf1\xf2\xf0\xf3\xf3\xf6`\xf3\xf9\xf5\xf1", "CCSID01142", "CPR 120336-3951"},
		{"mainframe", "\xc3\xd7\xd9@\xf1\xf2\xf0\xf3\xf3\xf6`\xf3\xf9\xf5\xf1", "IBM500", "CPR 120336-3951"},
		{"utf-8 mark", "\xef\xbb\xbfå", "", "å"},
		{"utf-16le mark", "\xff\xfea\x00b\x00", "", "ab"},
		{"utf-16be mark", "\xfe\xff\x00a\x00\xe5", "", "aå"},
		{"utf-16le without mark", "0\x001\x000\x002\x00", "us-ascii", "0102"},
		{"utf-16be without mark", "\x000\x001\x000\x002", "", "0102"},
		{"utf-16 declared but ascii", "010203", "utf-16", "010203"},
		{"utf-32", "\xff\xfe\x00\x00a\x00\x00\x00", "", "a"},
		{"utf-7", "bl+AOU-b+AOY-r +- 1", "utf-7", "blåbær + 1"},
		{"utf-7 not sound", "+45 12", "utf-7", "+45 12"},
		{"zero bytes", "01\x0002", "", "0102"},
		{"one broken byte in utf-8", "æøåæøå\xff", "", "æøåæøå\ufffd"},
		{"overlong", "CPR \xc0\xb1\xc0\xb2\xe0\x80\xb0\xc0\xad9", "utf-8", "CPR 120-9"},
		{"capitals of Latin-1", "\xc0\xb1 \xc1\xb2 \xe0", "", "À± Á² à"},
		{"japanese", "\x1b$B%F\x1b(B1", "iso-2022-jp", "テ1"},
	}
	for _, tt := range tests {
		if got := prose.Decode([]byte(tt.data), tt.declared); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func paragraphs(text string) (all []string) {
	prose.Paragraphs(text, 1, func(line int, p string) { all = append(all, fmt.Sprintf("%d:%s", line, p)) })
	return all
}

func TestParagraphs(t *testing.T) {
	tests := []struct {
		text string
		want []string
	}{
		{"", nil},
		{"\n \n", nil},
		{"a\nb\n\nc", []string{"1:a\nb", "4:c"}},
		{"a\rb\r\rc\r", []string{"1:a\nb", "4:c"}},
		{"\r\n\r\na\r\n \t\r\nb", []string{"3:a", "5:b"}},
		{"080166-\n0576\n", []string{"1:080166-\n0576"}},
	}
	for _, tt := range tests {
		if got := paragraphs(tt.text); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestLongParagraphsShareOneLine(t *testing.T) {
	var b strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&b, "linje %d\n", i)
	}
	last, n := -1, 0
	prose.Paragraphs(b.String(), 1, func(line int, p string) {
		n++
		if len(p) > prose.LongParagraph+100 {
			t.Errorf("paragraph of %d bytes", len(p))
		}
		first := strings.SplitN(p, "\n", 2)[0]
		if want := fmt.Sprintf("linje %d", line-1); first != want {
			t.Errorf("line %d begins with %q", line, first)
		}
		if last >= 0 && line != last {
			t.Errorf("piece begins at line %d, the one before ended at %d", line, last)
		}
		last = line + strings.Count(p, "\n")
	})
	if n < 3 || last != 20_000 {
		t.Errorf("%d pieces, last line %d", n, last)
	}
}

func TestOneVeryLongLineStaysWhole(t *testing.T) {
	long := strings.Repeat("x", 3*prose.LongParagraph)
	got := paragraphs("a\n" + long + "\nb")
	if strings.Count(strings.Join(got, ""), "x") != len(long) {
		t.Errorf("%d pieces, the long line was lost or doubled", len(got))
	}
}

func TestQuotedPrintable(t *testing.T) {
	tests := []struct{ in, want string }{
		{"bl=C3=A5", "blå"},
		{"0801=\r\n66-0576", "080166-0576"},
		{"0801= \t\n66-0576", "080166-0576"},
		{"0801=\r66", "080166"},
		{"a=zz =3", "a=zz =3"},
		{"=e6=", "\xe6"},
		{"= x", "= x"},
	}
	for _, tt := range tests {
		if got := string(prose.QuotedPrintable([]byte(tt.in))); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.in, got, tt.want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("bl=C3=A5"), "utf-7")
	f.Add([]byte("+AOU-\r\n\r\n+"), "utf-7")
	f.Add([]byte("\xff\xfea"), "iso-2022-jp")
	f.Fuzz(func(t *testing.T, data []byte, declared string) {
		s := prose.Decode(data, declared)
		if !utf8.ValidString(s) {
			t.Fatal("not UTF-8")
		}
		total, signs := 0, 0
		prose.Paragraphs(s, 1, func(_ int, p string) {
			total += len(p)
			signs += len(strings.Join(strings.Fields(p), ""))
		})
		if signs < len(strings.Join(strings.Fields(s), "")) {
			t.Fatal("text was lost")
		}
		if total > 2*len(s) {
			t.Fatalf("%d bytes of paragraphs from %d", total, len(s))
		}
		prose.QuotedPrintable(data)
	})
}
