package pdf

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"brevvagt/document"
	"brevvagt/document/documenttest"
	"brevvagt/document/pdf/bars"
)

func coveredIn(d *document.Document) (list []string) {
	for _, s := range d.Segments {
		if s.At.Layer == document.Covered {
			list = append(list, s.Text)
		}
	}
	return list
}

// TestUnderBars: what somebody laid black over can still be read, and only that is told.
func TestUnderBars(t *testing.T) {
	for name, want := range map[string][]string{
		"chromium-bars.pdf":  {"Testperson Eksempel", "Anden Prøvesen"},
		"reportlab-bars.pdf": {"Bodil Testesen", "Gerda Prosit"},
	} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		d := read(t, data)
		if got := coveredIn(d); !slices.Equal(got, want) {
			t.Errorf("%s: %q, not %q\n%s", name, got, want, documenttest.Describe(d))
		}
	}
}

// TestUnderNotes: a black square, a black highlight and a mark for redaction are notes
// that can be taken off; a yellow highlight hides nothing.
func TestUnderNotes(t *testing.T) {
	const at = "/Rect[150 695 250 715]/F 4"
	const quad = at + "/QuadPoints[150 715 250 715 150 695 250 695]"
	look := func(colour, state string) string {
		return stream("/Type/XObject/Subtype/Form/BBox[0 0 100 20]/Resources<</ExtGState<</G<</BM/Multiply>>>>>>", state+" "+colour+" rg 0 0 100 20 re f")
	}
	page := show("Klager er", 72, 700) + show("Karen Testesen", 155, 700)
	for name, c := range map[string]struct {
		note, appearance, content string
		want                      []string
	}{
		"square":           {"/Square" + at, look("0 0 0", ""), page, []string{"Karen Testesen"}},
		"highlight":        {"/Highlight" + quad, look("0 0 0", "/G gs"), page, []string{"Karen Testesen"}},
		"yellow highlight": {"/Highlight" + quad, look("1 1 0", "/G gs"), page, nil},
		"to be redacted":   {"/Redact" + quad, look("1 0 0", "/G gs"), page, []string{"Karen Testesen"}},
		"on a dark head":   {"/Highlight" + quad, look("1 1 0", "/G gs"), "0 0 0.1 rg 140 690 130 30 re f 1 1 1 rg " + page, nil},
		"link":             {"/Link" + at, look("0 0 0", ""), page, nil},
	} {
		f := onePage(c.content, "/Annots[7 0 R]", "", "null", "<</Type/Annot/Subtype"+c.note+"/AP<</N 8 0 R>>>>", c.appearance)
		if got := coveredIn(read(t, f.bytes())); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, not %q", name, got, c.want)
		}
	}
}

// TestBarsInContent: order, colour, size and place decide.
func TestBarsInContent(t *testing.T) {
	text := show("Karen Testesen", 155, 700)
	const bar = "q %s 150 695 110 20 re f Q\n"
	in := func(colour string) string { return strings.ReplaceAll(bar, "%s", colour) }
	for name, c := range map[string]struct {
		content, form string
		covered       bool
	}{
		"black":             {text + in("0 g"), "", true},
		"no colour said":    {text + in(""), "", true},
		"ink":               {text + in("0 0 0 1 k"), "", true},
		"dark grey":         {text + in(".2 .2 .2 rg"), "", true},
		"moved":             {text + "q .5 0 0 .5 0 0 cm 0 g 300 1390 220 40 re f Q", "", true},
		"by corners":        {text + "0 g 150 695 m 260 695 l 260 715 l 150 715 l h f*", "", true},
		"by its line":       {text + "0 G 14 w 150 704 m 260 704 l S", "", true},
		"by the first line": {text + "14 w 150 704 m 260 704 l S", "", true},
		"in a form":         {text + "q 1 0 0 1 100 600 cm /X1 Do Q", "0 g 50 95 110 20 re f", true},
		"black on it":       {in("0 g") + "0 g " + text, "", true},
		"white on it":       {in("0 g") + "1 g " + text + "0 g", "", false},
		"white":             {text + in("1 g"), "", false},
		"red":               {text + in("1 0 0 rg"), "", false},
		"rule":              {text + "0 g 150 702 110 1 re f", "", false},
		"line below":        {text + "0 g 150 685 110 12 re f", "", false},
		"clipped away":      {text + "q 0 0 50 50 re W n 0 g 150 695 110 20 re f Q", "", false},
		"beside the text":   {text + "0 g 300 695 110 20 re f", "", false},
	} {
		data := onePage(c.content, "", "", stream("/Type/XObject/Subtype/Form/BBox[0 0 500 500]", c.form)).bytes()
		if got := coveredIn(read(t, data)); (len(got) == 1 && got[0] == "Karen Testesen") != c.covered || len(got) > 1 {
			t.Errorf("%s: %q", name, got)
		}
		if c.covered && !bars.Possible(data) {
			t.Errorf("%s: no bar is thought possible", name)
		}
	}
}
