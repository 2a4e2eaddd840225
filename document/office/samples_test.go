package office_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"brevvagt/document"
	"brevvagt/document/documenttest"
)

// sample reads a file that LibreOffice wrote.
func sample(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "testdata", "office", name))
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasSuffix(name, ".gz") {
		zr, err := gzip.NewReader(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		if b, err = io.ReadAll(zr); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// want is a text with the place where it must be found.
type want struct {
	text  string
	layer document.Layer
	label string
	cell  string
	page  int
}

var letter = []want{
	{text: "Kære Testperson Eksempel, CPR 120336-3951, æøå ÆØÅ.", layer: document.Visible},
	{text: "Sag om Testperson", layer: document.Metadata},
	{text: "130336-3951", layer: document.Metadata},
	{text: "140336-3951", layer: document.Header},
	{text: "150336-3951", layer: document.Header},
	{text: "160336-3951", layer: document.Deleted},
	{text: "170336-3951", layer: document.Inserted},
	{text: "180336-3951", layer: document.Hidden},
	{text: "190336-3951", layer: document.Visible},
	{text: "200336-3951", layer: document.Comment},
	{text: "210336-3951", layer: document.Visible, label: "CPR-nummer"},
	{text: "220336-3951", layer: document.Visible},
}

var list = []want{
	{text: "120336-3951", layer: document.Visible, label: "CPR-nr.", cell: "Borgere!B2"},
	{text: "130336-3951", layer: document.Comment, cell: "Borgere!B2"},
	{text: "0102030004", layer: document.Visible, label: "CPR-nr.", cell: "Borgere!B3"},
	{text: "010203-0012", layer: document.Visible, label: "CPR-nr.", cell: "Borgere!B4"},
	{text: "140336-3951", layer: document.Hidden, label: "CPR-nr.", cell: "Borgere!B5"},
	{text: "150336-3951", layer: document.Hidden, label: "CPR", cell: "Gemt!B1"},
}

var slides = []want{
	{text: "Dias et 120336-3951 æøå", layer: document.Visible, page: 1},
	{text: "130336-3951", layer: document.Hidden, page: 1},
	{text: "140336-3951", layer: document.Visible, page: 2},
}

var oldSlides = []want{
	{text: "Dias et 120336-3951 æøå", layer: document.Visible, page: 1},
	{text: "130336-3951", layer: document.Hidden},
	{text: "140336-3951", layer: document.Visible, page: 2},
}

// pictured files hold a link and a picture, which is a child.
var pictured = []want{
	{text: `{ HYPERLINK "https://sag.example/?nr=240336-3951" }`, layer: document.Hidden, label: "instrText"},
	{text: "\x89PNG", layer: document.Visible},
	{text: "slut 250336-3951", layer: document.Visible},
}

var drawing = []want{{text: "Tegning 120336-3951 æøå", layer: document.Visible}}

func checkWants(t *testing.T, d *document.Document, wants []want) {
	t.Helper()
	for _, w := range wants {
		ok := false
		found := documenttest.Find(d, w.text)
		for _, s := range found {
			ok = ok || s.At.Layer == w.layer && (w.label == "" || s.Label == w.label) &&
				(w.cell == "" || s.At.Cell == w.cell) && (w.page == 0 || s.At.Page == w.page)
		}
		if !ok {
			t.Errorf("%+v not found; have %+v", w, found)
		}
	}
}

func TestLibreOfficeFiles(t *testing.T) {
	for _, c := range []struct {
		name, format string
		wants        []want
	}{
		{"brev.docx", "docx", letter},
		{"brev.odt", "odf", letter},
		{"brev.fodt", "flat-office-xml", letter},
		{"liste.xlsx", "xlsx", list},
		{"liste.ods", "odf", list},
		{"liste.fods", "flat-office-xml", list},
		{"vis.pptx", "pptx", slides},
		{"vis.odp", "odf", slides},
		{"vis.fodp", "flat-office-xml", slides},
		{"brev.doc", "doc", letter},
		{"brev.rtf", "rtf", letter},
		{"liste.xls", "xls", list},
		{"vis.ppt.gz", "ole2", oldSlides},
		{"billede.doc", "doc", pictured},
		{"billede.rtf", "rtf", pictured},
		{"tegn.emf", "emf", drawing},
		{"tegn.wmf", "wmf", drawing},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := sample(t, c.name)
			list := formats()
			if !strings.HasPrefix(c.format, "flat") { // for thumbnails
				list = append(list, raw{})
			}
			for _, name := range []string{c.name, "uden-navn", "forkert.pdf"} {
				d := documenttest.Read(t, list, name, data)
				checkWants(t, d, c.wants)
				if d.Parts[0].Type != c.format || len(d.Gaps) > 0 {
					t.Errorf("read as %q with gaps %v", d.Parts[0].Type, d.Gaps)
				}
			}
			var texts []string
			for _, w := range c.wants {
				texts = append(texts, w.text)
			}
			documenttest.Run(t, documenttest.Suite{Format: format(t, c.format), Others: list, Mutations: 12,
				Samples: []documenttest.Sample{{Name: c.name, Data: data, Canaries: texts}}})
		})
	}
}
