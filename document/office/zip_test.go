package office_test

import (
	"archive/zip"
	"bytes"
	"context"
	"strings"
	"testing"

	"brevvagt/document"
	"brevvagt/document/documenttest"
	"brevvagt/document/office"
	"brevvagt/document/office/flow"
)

// entry is one member of a generated zip.
type entry struct{ name, body string }

func zipOf(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		method := zip.Deflate
		if e.name == "mimetype" || e.name == "xl/sharedStrings.xml" { // the latter lest its limit be that of bombs
			method = zip.Store
		}
		f, err := w.CreateHeader(&zip.FileHeader{Name: e.name, Method: method})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(e.body)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// raw stands in for the formats of other packages: it takes anything as text.
type raw struct{}

func (raw) Name() string                  { return "raw" }
func (raw) Match(h []byte, _ string) bool { return len(h) > 0 && !bytes.HasPrefix(h, []byte("PK")) }

func formats() []document.Format { return office.Formats() }

func format(t testing.TB, name string) document.Format {
	t.Helper()
	for _, f := range formats() {
		if f.Name() == name {
			return f
		}
	}
	t.Fatalf("no format %s", name)
	return nil
}

// place is one hiding place: where the canary of this number must be found.
type place struct {
	what  string
	layer document.Layer
	label string // "" is not checked
	cell  string
}

// checkPlaces looks for Canary(i) of each place.
func checkPlaces(t *testing.T, d *document.Document, places []place) {
	t.Helper()
	for i, p := range places {
		found := documenttest.Find(d, documenttest.Canary(i))
		if len(found) == 0 {
			t.Errorf("%d %s: not found", i, p.what)
			continue
		}
		ok := false
		for _, s := range found {
			ok = ok || s.At.Layer == p.layer && (p.label == "" || s.Label == p.label) && (p.cell == "" || s.At.Cell == p.cell)
		}
		if !ok {
			t.Errorf("%d %s: found as %q label %q cell %q, want %q label %q cell %q",
				i, p.what, found[0].At.Layer, found[0].Label, found[0].At.Cell, p.layer, p.label, p.cell)
		}
	}
}

// fill replaces {0}, {1} … by canaries and {0a}, {0b} by their halves.
func fill(s string) string {
	var pairs []string
	for i := range 60 {
		c := documenttest.Canary(i)
		n := itoa(i)
		pairs = append(pairs, "{"+n+"}", c, "{"+n+"a}", c[:6], "{"+n+"b}", c[7:], "{"+n+"x}", c[:3], "{"+n+"y}", c[3:])
	}
	return strings.NewReplacer(pairs...).Replace(s)
}

func itoa(i int) string {
	if i < 10 {
		return string(rune('0' + i))
	}
	return itoa(i/10) + string(rune('0'+i%10))
}

func (raw) Read(_ context.Context, in document.Input, out *document.Builder) error {
	out.Text(string(in.Data))
	return nil
}

// capped is a reader with more cells than its sink takes.
type capped struct{ raw }

func (capped) Read(_ context.Context, _ document.Input, out *document.Builder) error {
	sink := &flow.Sink{Out: out, Max: 10}
	for i := range 20 {
		sink.Add(document.Segment{Text: itoa(i)})
	}
	return nil
}
