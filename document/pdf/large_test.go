package pdf

import (
	"slices"
	"strings"
	"testing"

	"brevvagt/document"
	"brevvagt/document/documenttest"
)

// TestLargeFile: a file that the engine reads in pieces says the same as a small one, and
// the texts of all its pages come before the first picture: the time for a file may end.
func TestLargeFile(t *testing.T) {
	file := func(padding int) file {
		f := onePage(show("Side et", 72, 700), "", "", "null", stream("", strings.Repeat("x", padding)),
			"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 9 0 R/Resources<</Font<</F1 5 0 R>>>>/Annots[10 0 R]>>",
			stream("", show("CPR-nr. 120336-3951", 72, 700)), "<</Type/Annot/Subtype/Text/Rect[72 600 90 620]/Contents(Note 130336-3951)>>",
			stream("/Type/XObject/Subtype/Image/Width 300/Height 300/ColorSpace/DeviceGray/BitsPerComponent 8", strings.Repeat("\x7f\x00\x90", 30_000)))
		f.objects[1] = "<</Type/Pages/Kids[3 0 R 8 0 R]/Count 2>>"
		f.objects[2] = strings.Replace(f.objects[2], "/X1 6 0 R", "/X1 11 0 R", 1)
		f.objects[3] = stream("", show("Side et", 72, 700)+"q 300 0 0 300 72 300 cm /X1 Do Q")
		return f
	}
	small, large := read(t, file(1).bytes()), read(t, file(copied+1).bytes())
	texts := func(d *document.Document) (list []string) {
		for _, s := range d.Segments {
			list = append(list, s.Text)
		}
		slices.Sort(list)
		return list
	}
	if got, want := texts(large), texts(small); !slices.Equal(got, want) {
		t.Errorf("a large file says %q, a small one %q", got, want)
	}
	if !documenttest.Has(large, "120336-3951") || !documenttest.Has(large, "Note 130336-3951") || len(large.Gaps) != len(small.Gaps) {
		t.Error(documenttest.Describe(large))
	}
	order := func(d *document.Document) string {
		picture, last := -1, -1
		for i, s := range d.Segments {
			switch {
			case strings.Contains(s.At.Path, ".png"):
				picture = i
			case s.At.Page == 2 && s.At.Layer == document.Visible:
				last = i
			}
		}
		if picture < 0 || last < 0 {
			return "missing: " + documenttest.Describe(d)
		}
		if last < picture {
			return "texts first"
		}
		return "page by page"
	}
	if got := order(large); got != "texts first" {
		t.Errorf("a large file is read %s", got)
	}
	if got := order(small); got != "page by page" {
		t.Errorf("a small file is read %s", got)
	}
}
