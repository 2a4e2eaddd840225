package pdf

import (
	"bytes"
	"compress/zlib"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"brevvagt/document"
	"brevvagt/document/documenttest"
)

// pngStub stands for the OCR formats: it takes pictures and says their size.
type pngStub struct{}

func (pngStub) Name() string { return "png" }
func (pngStub) Match(head []byte, _ string) bool {
	return bytes.HasPrefix(head, []byte("\x89PNG"))
}
func (pngStub) Read(_ context.Context, in document.Input, out *document.Builder) error {
	out.Text(fmt.Sprintf("[billede %s side %d]", in.Name, in.Page))
	return nil
}

type textStub struct{}

func (textStub) Name() string                     { return "plain" }
func (textStub) Match(head []byte, n string) bool { return strings.HasSuffix(n, ".txt") }
func (textStub) Read(_ context.Context, in document.Input, out *document.Builder) error {
	out.Text(string(in.Data))
	return nil
}

// cache is one folder of compiled code for all tests.
var cache = filepath.Join(os.TempDir(), "brevvagt-pdf-test-cache")

func TestMain(m *testing.M) {
	if err := os.MkdirAll(cache, 0o700); err != nil {
		panic(err)
	}
	if err := Warm(cache); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

var shared = Formats(Config{CacheDir: cache})

func read(t testing.TB, data []byte) *document.Document {
	t.Helper()
	list := append(shared[:1:1], pngStub{}, textStub{})
	return (&document.Formats{List: list}).Read(context.Background(), "x.pdf", data)
}

func find(d *document.Document, text string) *document.Segment {
	for i, s := range d.Segments {
		if strings.Contains(s.Text, text) {
			return &d.Segments[i]
		}
	}
	return nil
}

func chromium(t testing.TB) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/chromium.pdf")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestPrintedByABrowser(t *testing.T) {
	d := read(t, chromium(t))
	t.Log(documenttest.Describe(d))
	for _, s := range d.Segments {
		t.Logf("%+v %q %q", s.At, s.Label, s.Text)
	}
}

func flate(s string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	w.Write([]byte(s))
	w.Close()
	return b.String()
}
