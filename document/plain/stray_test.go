package plain_test

import (
	"archive/zip"
	"bytes"
	"context"
	"strings"
	"testing"

	"brevvagt/document"
	"brevvagt/document/archive"
	"brevvagt/document/documenttest"
	"brevvagt/document/plain"
	"brevvagt/document/stray"
)

const number = "120336-3951"

func packed(t testing.TB, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("noter.txt")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func formats() []document.Format {
	list := append(archive.Formats(), plain.Formats()...)
	return append(list, stray.Unknown{})
}

func read(list []document.Format, name string, data []byte) *document.Document {
	f := document.Formats{List: list}
	return f.Read(context.Background(), name, data)
}

func holds(d *document.Document, want string) bool {
	for _, s := range d.Segments {
		if strings.Contains(s.Text, want) {
			return true
		}
	}
	return false
}

func wide(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		b.WriteByte(c)
		b.WriteByte(0)
	}
	return b.String()
}

func TestSuite(t *testing.T) {
	noise := strings.Repeat("\x00\x01\x02\xff", 60)
	documenttest.Run(t, documenttest.Suite{
		Format: stray.Unknown{}, Others: formats(), OpenEnded: true,
		Samples: []documenttest.Sample{
			{Name: "x.dat", Data: []byte(noise + "CPR " + number + noise), Canaries: []string{number}, Gap: document.UnknownType},
			{Name: "y.dat", Data: []byte(noise + wide("CPR "+number) + noise), Canaries: []string{number}, Gap: document.UnknownType},
		},
	})
}

func TestSelfExtractingArchive(t *testing.T) {
	d := read(formats(), "pak.exe", append([]byte("MZ"+strings.Repeat("\x90\x00", 400)), packed(t, "CPR "+number)...))
	if !holds(d, number) {
		t.Error("the archive at the end of a program was not read")
	}
	if len(d.Gaps) != 1 || d.Gaps[0].Why != document.UnknownType {
		t.Errorf("gaps %v: the program itself is unknown", d.Gaps)
	}
}

// picture stands for a format that reads only its own part of a file.
type picture struct{ document.Format }

func (picture) Name() string                     { return "picture" }
func (picture) Match(head []byte, _ string) bool { return bytes.HasPrefix(head, []byte("PIC")) }
func (picture) Read(context.Context, document.Input, *document.Builder) error {
	return nil
}

func TestBesideAPicture(t *testing.T) {
	list := append([]document.Format{stray.Beside{Format: picture{}, Appended: true, Sweep: true}}, formats()...)
	pixels := "PIC" + strings.Repeat("\xff\x00\x81", 100)
	for name, data := range map[string]string{
		"zip":     pixels + string(packed(t, "CPR "+number)),
		"comment": "PIC\xff\xfe\x00\x11CPR " + number + "\xff\xdb" + pixels,
		"xmp":     "PIC\x00<x:meta xmlns:x=\"adobe:ns\"><dc:title>CPR " + number + "</dc:title></x:meta>\xff\xdb",
		"tail":    pixels + "\nCPR " + number + "\n",
	} {
		d := read(list, "a.pic", []byte(data))
		if !holds(d, number) {
			t.Errorf("%s: nothing found beside the picture", name)
		}
		if len(d.Gaps) > 0 {
			t.Errorf("%s: gaps %v, but the picture was read", name, d.Gaps)
		}
	}
	if d := read(list, "a.pic", []byte(pixels)); len(d.Segments) != 1 {
		t.Errorf("%d segments in a plain picture, want its name alone", len(d.Segments))
	}
}

func FuzzUnknown(f *testing.F) {
	f.Add(packed(f, "x"))
	f.Add([]byte("MZ\x00CPR " + number))
	f.Fuzz(func(_ *testing.T, data []byte) {
		read([]document.Format{stray.Unknown{}}, "x", append([]byte("MZ"), data...))
	})
}

func TestSweepIsBounded(t *testing.T) {
	d := read([]document.Format{stray.Unknown{}}, "x.dat", append(make([]byte, 64<<20), "CPR "+number+"\x00"...))
	if len(d.Gaps) != 2 || d.Gaps[1].Why != document.TooBig || holds(d, number) {
		t.Errorf("gaps %v", d.Gaps)
	}
}

func TestAroundAZip(t *testing.T) {
	list := append([]document.Format{stray.Beside{Format: archive.Formats()[0]}}, formats()...)
	inner := string(packed(t, "hej"))
	for name, data := range map[string]string{
		"two zips": string(packed(t, "CPR "+number)) + inner,
		"alike":    inner + string(packed(t, "CPR "+number)),
		"same":     string(packed(t, "hej med "+number)) + string(packed(t, "hej med 120336-3952")),
		"tail":     inner + "\nCPR " + number + "\n",
	} {
		d := read(list, "a.zip", []byte(data))
		if !holds(d, number) || !holds(d, "hej") {
			t.Errorf("%s: %+v", name, d.Segments)
		}
	}
	if d := read(list, "a.zip", []byte(inner)); len(d.Parts) != 2 || len(d.Gaps) > 0 {
		t.Errorf("a plain zip: parts %v, gaps %v", d.Parts, d.Gaps)
	}
}
