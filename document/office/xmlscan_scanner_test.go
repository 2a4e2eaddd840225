package office_test

import (
	"archive/zip"
	"encoding/xml"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"brevvagt/document/office/xmlscan"
)

// events lists what the scanner sees, texts joined.
func events(s *xmlscan.Scanner) []string {
	var out []string
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			out = append(out, fmt.Sprintf("text %q", text.String()))
			text.Reset()
		}
	}
	for k := s.Next(); k != xmlscan.EOF; k = s.Next() {
		switch k {
		case xmlscan.Start:
			flush()
			e := "start " + s.Name()
			s.Attrs(func(name, value []byte) { e += fmt.Sprintf(" %s=%q", name, value) })
			out = append(out, e)
		case xmlscan.End:
			flush()
			out = append(out, "end")
		case xmlscan.Text:
			text.Write(s.Text())
		}
	}
	flush()
	return out
}

// oracle lists the same by the standard library.
func oracle(t testing.TB, r io.Reader) []string {
	d := xml.NewDecoder(r)
	var out []string
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		switch v := tok.(type) {
		case xml.StartElement:
			e := "start " + v.Name.Local
			for _, a := range v.Attr {
				if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" {
					e += fmt.Sprintf(" %s=%q", a.Name.Local, a.Value)
				}
			}
			out = append(out, e)
		case xml.EndElement:
			out = append(out, "end")
		case xml.CharData:
			if len(out) == 0 {
				continue // blanks before the root
			}
			if n := len(out) - 1; strings.HasPrefix(out[n], "text ") {
				t.Fatal("two texts in a row")
			}
			out = append(out, fmt.Sprintf("text %q", string(v)))
		}
	}
}

// TestAgainstStandardLibrary reads every XML part of the samples both ways, the
// scanner a byte at a time too.
func TestAgainstStandardLibrary(t *testing.T) {
	files, err := filepath.Glob("../../testdata/office/*.[dopx]*[txsp]")
	if err != nil || len(files) == 0 {
		t.Fatal("no samples", err)
	}
	parts := 0
	for _, name := range files {
		zr, err := zip.OpenReader(name)
		if err != nil {
			continue
		}
		for _, f := range zr.File {
			if !strings.HasSuffix(f.Name, ".xml") && !strings.HasSuffix(f.Name, ".rels") {
				continue
			}
			rc, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(rc)
			rc.Close()
			if err != nil || len(b) == 0 {
				continue
			}
			parts++
			want := oracle(t, strings.NewReader(string(b)))
			for _, r := range []io.Reader{strings.NewReader(string(b)), iotest.OneByteReader(strings.NewReader(string(b)))} {
				s := xmlscan.New(r)
				got := events(s)
				for len(got) > 0 && strings.HasPrefix(got[0], "text ") {
					got = got[1:]
				}
				if s.Err() != nil || s.Damaged() {
					t.Errorf("%s %s: %v, damaged %v", name, f.Name, s.Err(), s.Damaged())
				}
				if a, b := strings.Join(got, "\n"), strings.Join(want, "\n"); strings.ReplaceAll(a, `\r`, "") != b {
					t.Errorf("%s %s differs", name, f.Name)
				}
			}
		}
		zr.Close()
	}
	if parts < 50 {
		t.Errorf("only %d parts", parts)
	}
}

func TestOddities(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`<a b='1>2' c="x &lt; y"/>`, `start a b="1>2" c="x < y"|end`},
		{`<a><![CDATA[<x>&amp;]]> z</a>`, `start a|text "<x>&amp; z"|end`},
		{`<a>&#230;&#xF8;&unknown;& b</a>`, `start a|text "æø&unknown;& b"|end`},
		{`<?xml version="1.0" encoding="iso-8859-1"?><a>` + "\xe6" + `</a>`, `start a|text "æ"|end`},
		{"\xff\xfe<\x00a\x00>\x00\xe6\x00<\x00/\x00a\x00>\x00", `start a|text "æ"|end`},
		{"\xef\xbb\xbf<x:a xmlns:x='u' x:b='c'></x:a>", `start a b="c"|end`},
		{`<a><b></a>`, `start a|start b|end`},
		{`<a>x</b></a>`, `start a|text "x"|end`},
		{`<!DOCTYPE a [<!ENTITY b "c>d">]><a>&b;</a>`, `start a|text "&b;"|end`},
		{`<a b`, ``},
		{`<`, ``},
		{``, ``},
	} {
		s := xmlscan.New(strings.NewReader(c.in))
		if got := strings.Join(events(s), "|"); got != c.want {
			t.Errorf("%q: %s, want %s", c.in, got, c.want)
		}
	}
}

func FuzzScanner(f *testing.F) {
	for _, s := range []string{`<a b="c">d<!-- e --><![CDATA[f]]>&amp;</a>`, `<!DOCTYPE a [<!ENTITY b "c">]><a/>`, `<?xml encoding="utf-16"?>`, "\xff\xfe<\x00"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s := xmlscan.New(strings.NewReader(string(data)))
		n, open := 0, 0
		for k := s.Next(); k != xmlscan.EOF; k = s.Next() {
			n += 1 + len(s.Text())
			if k == xmlscan.Start {
				open++
			}
			if s.Depth() > open || n > 1<<26 {
				t.Fatal("more out than in")
			}
		}
	})
}
