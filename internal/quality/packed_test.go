package quality_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"strings"
	"testing"

	"brevvagt/document"
	"brevvagt/document/all"
)

// onePage is a PDF that says one thing.
func onePage(text string) []byte {
	page := "BT /F 12 Tf 20 100 Td (" + text + ") Tj ET"
	var b bytes.Buffer
	var at []int
	b.WriteString("%PDF-1.4\n")
	for i, object := range []string{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 200]/Contents 4 0 R/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>",
		fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", len(page), page)} {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	table := b.Len()
	b.WriteString("xref\n0 5\n0000000000 65535 f \n")
	for _, n := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer<</Root 1 0 R/Size 5>>\nstartxref\n%d\n%%%%EOF\n", table)
	return b.Bytes()
}

// archives hold a PDF first and uncompressed, and then what only their reader can open.
func archives(t *testing.T, first, second []byte) map[string][]byte {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var zipped, tarred bytes.Buffer
	z, r := zip.NewWriter(&zipped), tar.NewWriter(&tarred)
	for _, f := range []struct {
		name string
		data []byte
	}{{"brev.pdf", first}, {"liste.txt.gz", second}} {
		w, err := z.CreateHeader(&zip.FileHeader{Name: f.name, Method: zip.Store})
		must(err)
		_, err = w.Write(f.data)
		must(err)
		must(r.WriteHeader(&tar.Header{Name: f.name, Mode: 0o600, Size: int64(len(f.data))}))
		_, err = r.Write(f.data)
		must(err)
	}
	must(z.Close())
	must(r.Close())
	return map[string][]byte{"zip": zipped.Bytes(), "tar": tarred.Bytes()}
}

// TestArchiveThatBeginsWithAPDF: the mark of a PDF stands near the beginning of an archive
// whose first file is one; it is read as the archive that it is, and named .pdf, as both.
func TestArchiveThatBeginsWithAPDF(t *testing.T) {
	var list bytes.Buffer
	g := gzip.NewWriter(&list)
	if _, err := io.WriteString(g, "Den anden linje"); err != nil {
		t.Fatal(err)
	}
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	formats := document.Formats{List: all.Formats(all.Options{PDFCache: t.TempDir(), NoOCR: true})}
	for kind, data := range archives(t, onePage("Den ene linje"), list.Bytes()) {
		for _, name := range []string{"sag." + kind, "sag", "sag.pdf"} {
			doc := formats.Read(t.Context(), name, data)
			for _, want := range []string{"Den ene linje", "Den anden linje"} {
				n := 0
				for _, s := range doc.Segments {
					n += strings.Count(s.Text, want)
				}
				if n == 0 || n > 1 && name != "sag.pdf" {
					t.Errorf("%s as %s: %q is read %d times; parts %v, gaps %v", kind, name, want, n, doc.Parts, doc.Gaps)
				}
			}
			if len(doc.Gaps) > 0 && name != "sag.pdf" {
				t.Errorf("%s as %s: gaps %v", kind, name, doc.Gaps)
			}
		}
	}
}
