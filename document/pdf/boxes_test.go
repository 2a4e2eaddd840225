package pdf

import (
	"fmt"
	"strings"
	"testing"

	"brevvagt/document/documenttest"
	"brevvagt/document/pdf/boxes"
)

// rowOf are fields of one line with these values, gap points between two.
func rowOf(gap float32, values ...string) (list []boxes.Field) {
	at := float32(100)
	for _, v := range values {
		width := float32(10 + 8*len(v))
		list = append(list, boxes.Field{Value: v, Left: at, Right: at + width, Top: 715, Bottom: 700})
		at += width + gap
	}
	return list
}

func TestBoxesOfOneNumber(t *testing.T) {
	for want, list := range map[string][][]boxes.Field{
		"1203363951": {
			rowOf(2, "1", "2", "0", "3", "3", "6", "3", "9", "5", "1"), rowOf(2, "1", "2", "0", "3", "3", "6", "-", "3", "9", "5", "1"),
			rowOf(20, "120336", "3951"), rowOf(5, "120336", "-", "3951"), rowOf(5, "12", "03", "36", "3951"), rowOf(5, "12", "03", "36", "39", "51"),
			rowOf(5, "12", "03", "1936", "3951"), rowOf(5, "12-03-1936", "3951"), rowOf(5, "120336", "3", "9", "5", "1"),
		},
		"": {
			rowOf(60, "120336", "3951"), rowOf(5, "12", "03", "36", "39", "51", "17"), rowOf(5, "1203", "36", "3951"),
			rowOf(5, "120336", "395"), rowOf(5, "120", "336", "3951"), rowOf(5, "12-03-2036", "3951"), rowOf(5, "12", "03", "2036", "3951"), rowOf(5, "1203363951"), rowOf(5, "20", "1000", "20", "1000"),
		},
	} {
		for _, fields := range list {
			got := ""
			for _, r := range boxes.Runs(fields) {
				got += r.Digits
			}
			if got != want {
				t.Errorf("%v: %q, not %q", fields, got, want)
			}
		}
	}
}

// TestFieldsOfOneNumber: a form asks for a number in several fields, whose order in the
// file is any.
func TestFieldsOfOneNumber(t *testing.T) {
	form := func(printed string, order []int, values ...string) []byte {
		content, annots, objects := printed, "/Annots[", []string{"null"}
		for n, i := range order {
			annots += fmt.Sprintf("%d 0 R ", 7+n)
			objects = append(objects, fmt.Sprintf("<</Type/Annot/Subtype/Widget/FT/Tx/T(c%d)/V(%s)/Rect[%d 695 %d 715]/P 3 0 R>>", i, values[i], 150+40*i, 150+40*i+36))
		}
		return onePage(content, annots+"]", "/AcroForm<</Fields"+strings.TrimPrefix(annots, "/Annots")+"]/DA(/Helv 12 Tf)>>", objects...).bytes()
	}
	asked := show("CPR-nummer:", 72, 700)
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"two":      {form(asked, []int{0, 1}, "120336", "3951"), "120336-3951"},
		"four":     {form(asked, []int{0, 1, 2, 3}, "12", "03", "36", "3951"), "120336-3951"},
		"shuffled": {form(asked, []int{3, 0, 2, 1}, "12", "03", "36", "3951"), "120336-3951"},
		"above":    {form(show("Personnummer", 150, 718), []int{0, 1}, "12-03-1936", "3951"), "120336-3951"},
		"unasked":  {form(show("Antal og beløb", 72, 700), []int{0, 1}, "120336", "3951"), "1203363951"},
	} {
		if d := read(t, c.data); !documenttest.Has(d, c.want) {
			t.Errorf("%s: %s", name, documenttest.Describe(d))
		}
	}
}
