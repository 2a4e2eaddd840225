package pdf

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/responses"
	"github.com/klippa-app/go-pdfium/structs"

	"brevvagt/document"
	"brevvagt/document/pdf/boxes"
	"brevvagt/internal/columns"
)

// This file reads the fields of a form, and what is printed beside them: programs that
// make forms call their fields Tekst1, Tekst2.

// fields reads the values of a page's form fields; their labels are their names.
func (r *reader) fields(page requests.Page, text textPage, number int) {
	form, err := r.p.GetForm(&requests.GetForm{Page: page})
	if err != nil {
		return // annotations reads the values as they stand in the file
	}
	runs := r.inOrder(page, text, form.Fields)
	var labels, texts []string
	for _, f := range form.Fields {
		if f.Value != nil {
			labels, texts = append(labels, f.Name), append(texts, clean(*f.Value))
		}
	}
	if halves(texts) || slices.ContainsFunc(texts, whole) || slices.ContainsFunc(labels, columns.Unnamed) {
		r.printed(page, text, labels)
	}
	k := 0
	for _, f := range form.Fields {
		at := document.Location{Page: number}
		label := f.Name
		if f.ToolTip != "" {
			label = strings.TrimSpace(f.ToolTip + " " + f.Name)
		}
		values := f.Values
		if f.Value != nil {
			values = append(values, *f.Value)
			if f.ToolTip == "" && (whole(texts[k]) || columns.Unnamed(f.Name) && strings.ContainsFunc(texts[k], unicode.IsLetter)) {
				label = labels[k]
			}
			k++
		}
		for _, v := range values {
			r.text(document.Segment{Text: clean(v), Label: label, At: at})
		}
		at.Layer = document.Hidden // what could be chosen, and the field's own name
		for _, v := range append(f.Options, f.Name) {
			if strings.ContainsAny(v, "0123456789") {
				r.text(document.Segment{Text: clean(v), At: at})
			}
		}
	}
	for _, s := range runs {
		s.At.Page = number
		r.text(s)
	}
	for _, j := range columns.Join(labels, texts) { // the date in one field, four digits in the next
		r.text(document.Segment{Text: j.Text, Label: labels[j.From], At: document.Location{Page: number}})
	}
}

var asksForPerson = regexp.MustCompile(`(?i)cpr|person`)

// inOrder sorts the fields as one reads them, where they may hold pieces of a number, and
// gives the numbers that stand in several of them. One under words that ask for it has its
// hyphen; of another the check digit must tell.
func (r *reader) inOrder(page requests.Page, text textPage, fields []responses.FormField) (found []document.Segment) {
	values := make([]string, len(fields))
	for i, f := range fields {
		if f.Value != nil {
			values[i] = clean(*f.Value)
		}
	}
	if len(fields) > maxWidgets || !boxes.Possible(values) {
		return nil
	}
	placed := make([]boxes.Field, len(fields))
	widgets := r.widgets(page)
	for i, f := range fields {
		placed[i].Value = values[i]
		for _, w := range widgets {
			if w.name == f.Name || w.name != "" && strings.HasSuffix(f.Name, "."+w.name) {
				placed[i].Left, placed[i].Right, placed[i].Top, placed[i].Bottom = w.at.Left, w.at.Right, w.at.Top, w.at.Bottom
				break
			}
		}
	}
	for _, run := range boxes.Runs(placed) {
		label := r.asked(text, placed[run.First], placed[run.Last].Right)
		if tip := fields[run.First].ToolTip; label == "" || !asksForPerson.MatchString(label) && asksForPerson.MatchString(tip) {
			label = strings.TrimSpace(tip + " " + fields[run.First].Name)
		}
		number := run.Digits
		if asksForPerson.MatchString(label) {
			number = number[:6] + "-" + number[6:]
		}
		found = append(found, document.Segment{Text: number, Label: label})
	}
	sorted := make([]responses.FormField, 0, len(fields))
	for _, i := range boxes.Order(placed) {
		sorted = append(sorted, fields[i])
	}
	copy(fields, sorted)
	return found
}

// asked is what the page says before or above a row of fields that ends at right.
func (r *reader) asked(text textPage, first boxes.Field, right float32) string {
	if said := r.within(text, first.Left-labelLeft, first.Top, first.Left, first.Bottom); said != "" {
		return said
	}
	return r.within(text, first.Left, first.Top+labelAbove, right+labelRight, first.Top)
}

// halves reports whether the values of a form may be those of a number in two fields.
func halves(values []string) bool {
	date, four := false, false
	for _, v := range values {
		if v = strings.TrimSpace(v); len(v) <= 4 {
			four = four || len(v) > 2 && strings.Trim(v, "0123456789") == ""
			continue
		}
		day, _ := columns.Date(v)
		date = date || day != ""
	}
	return date && four
}

// whole reports whether a value may be a number whose label the page alone has: one of ten
// digits, or of nine that lost its zero.
func whole(value string) bool {
	value = strings.TrimSpace(value)
	return (len(value) == 9 || len(value) == 10) && strings.Trim(value, "0123456789") == ""
}

// Where the words stand that a form has for a field, in points.
const (
	labelLeft  = 260 // from its left side, at most, when they are on its line
	labelRight = 120 // to the right of a row of fields, at most, when they are above it
	labelAbove = 16  // from its upper side when they are above it
	maxWidgets = 400 // fields of a page whose words are looked for
)

// widget is a field where it stands.
type widget struct {
	name string
	at   structs.FPDF_FS_RECTF
}

// printed writes over the names of fields, in their order, what the page says before or
// above each.
func (r *reader) printed(page requests.Page, text textPage, names []string) {
	widgets := r.widgets(page)
	for i, name := range names {
		for _, w := range widgets {
			if w.name != name || name == "" || columns.Birth(name) || columns.Ending(name) {
				continue
			}
			left := w.at.Left - labelLeft
			for _, o := range widgets {
				if o.at.Right <= w.at.Left && o.at.Bottom < w.at.Top && o.at.Top > w.at.Bottom {
					left = max(left, o.at.Right)
				}
			}
			said := r.within(text, left, w.at.Top, w.at.Left, w.at.Bottom)
			if said == "" {
				said = r.within(text, w.at.Left, w.at.Top+labelAbove, w.at.Right, w.at.Top)
			}
			if said != "" {
				names[i] = said
			}
			break
		}
	}
}

// widgets gives the fields of a page with their places, the upper side first.
func (r *reader) widgets(page requests.Page) (list []widget) {
	n, err := r.p.FPDFPage_GetAnnotCount(&requests.FPDFPage_GetAnnotCount{Page: page})
	if err != nil {
		return nil // annotations says so
	}
	for i := range min(n.Count, maxWidgets) {
		a, err := r.p.FPDFPage_GetAnnot(&requests.FPDFPage_GetAnnot{Page: page, Index: i})
		if err != nil {
			continue
		}
		kind, err := r.p.FPDFAnnot_GetSubtype(&requests.FPDFAnnot_GetSubtype{Annotation: a.Annotation})
		if err == nil && kind.Subtype == enums.FPDF_ANNOT_SUBTYPE_WIDGET {
			name, err := r.p.FPDFAnnot_GetStringValue(&requests.FPDFAnnot_GetStringValue{Annotation: a.Annotation, Key: "T"})
			at, err2 := r.p.FPDFAnnot_GetRect(&requests.FPDFAnnot_GetRect{Annotation: a.Annotation})
			if err == nil && err2 == nil {
				list = append(list, widget{clean(name.Value), at.Rect})
			}
		}
		if _, err := r.p.FPDFPage_CloseAnnot(&requests.FPDFPage_CloseAnnot{Annotation: a.Annotation}); err != nil {
			return list
		}
	}
	return list
}

// within is the text of a part of the page on one line.
func (r *reader) within(t textPage, left, top, right, bottom float32) string {
	got, err := r.p.FPDFText_GetBoundedText(&requests.FPDFText_GetBoundedText{TextPage: t.ref, Left: float64(left), Top: float64(top), Right: float64(right), Bottom: float64(bottom)})
	if err != nil {
		return ""
	}
	return strings.Join(strings.Fields(clean(got.Text)), " ")
}
