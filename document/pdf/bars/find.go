// Package bars finds the text of a PDF page over which somebody laid a dark bar, a black
// note or a mark for redaction that was never carried out: it is not seen, and it can be
// copied from the page all the same.
package bars

import (
	"slices"
	"strings"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
)

// Limits of the look at one page.
const (
	maxObjects = 20_000
	maxForms   = 8 // drawings within each other
	maxBars    = 500
	maxNotes   = 2000
	opaque     = 230  // of 255
	minShare   = 0.9  // of the place that is dark when the page is drawn: of one with white letters it is less
	inkLimit   = 80   // of 255, up to where a pixel of the drawn page is dark
	maxPixels  = 9e6  // of the drawn page
	dpi        = 72   // a pixel a point
	sliver     = 0.75 // points, by which what only touches a place is kept out
)

// Page is one page with its text, both open.
type Page struct {
	Engine pdfium.Pdfium
	Page   requests.Page
	Text   references.FPDF_TEXTPAGE
}

// piece is an object of the page.
type piece struct {
	ref   references.FPDF_PAGEOBJECT
	at    rect
	m     [6]float64
	order int
}

// found is what a look at the objects of a page gives.
type found struct {
	count       int
	bars, texts []piece
}

// Covered gives the texts that lie under bars, each once. With drawn false only notes
// are looked at: the file draws no bar (see Possible). Errors of the engine end the look
// at what they are about.
func (p Page) Covered(drawn bool) []string {
	places := p.notes()
	if drawn {
		places = append(places, p.underBars()...)
	}
	looks := looks{p: p}
	var list []string
	for _, place := range places {
		if said := p.within(place.at); said != "" && !slices.Contains(list, said) && looks.hides(place) {
			list = append(list, said)
		}
	}
	return list
}

// place is a part of the page whose text may be covered: by a note, or for sure, however
// it looks.
type place struct {
	at         rect
	note, sure bool
}

// underBars are the parts of bars over text that was drawn before them, or in dark after
// them. White words on a bar, as in the head of a table, are drawn to be read.
func (p Page) underBars() (places []place) {
	var f found
	p.look(nil, [6]float64{1, 0, 0, 1, 0, 0}, 0, &f)
	if len(f.bars) == 0 {
		return nil
	}
	for i := range f.texts {
		t := &f.texts[i]
		if at, ok := p.bounds(t.ref, t.m); ok {
			t.at = at
		}
	}
	for _, bar := range f.bars {
		var under rect
		for i := range f.texts {
			t := &f.texts[i]
			if both := bar.at.meet(t.at); both.inside(t.at) && (t.order < bar.order || p.darkFill(t.ref)) {
				under = under.join(both)
			}
		}
		if !under.empty() {
			places = append(places, place{at: under})
		}
	}
	return places
}

// look walks the objects of the page, or of a drawing within it whose place m tells.
func (p Page) look(form *references.FPDF_PAGEOBJECT, m [6]float64, depth int, f *found) {
	for i := range p.count(form) {
		if f.count++; f.count > maxObjects || len(f.bars) > maxBars {
			return
		}
		ref, ok := p.object(form, i)
		if !ok {
			continue
		}
		kind, err := p.Engine.FPDFPageObj_GetType(&requests.FPDFPageObj_GetType{PageObject: ref})
		if err != nil {
			continue
		}
		switch kind.Type {
		case enums.FPDF_PAGEOBJ_TEXT:
			f.texts = append(f.texts, piece{ref: ref, m: m, order: f.count})
		case enums.FPDF_PAGEOBJ_PATH:
			if at, ok := p.bar(ref, m); ok {
				f.bars = append(f.bars, piece{ref: ref, at: at, order: f.count})
			}
		case enums.FPDF_PAGEOBJ_FORM:
			inner, err := p.Engine.FPDFPageObj_GetMatrix(&requests.FPDFPageObj_GetMatrix{PageObject: ref})
			if err == nil && depth < maxForms {
				n := inner.Matrix
				p.look(&ref, times([6]float64{float64(n.A), float64(n.B), float64(n.C), float64(n.D), float64(n.E), float64(n.F)}, m), depth+1, f)
			}
		}
	}
}

func (p Page) count(form *references.FPDF_PAGEOBJECT) int {
	if form == nil {
		n, err := p.Engine.FPDFPage_CountObjects(&requests.FPDFPage_CountObjects{Page: p.Page})
		if err != nil {
			return 0
		}
		return n.Count
	}
	n, err := p.Engine.FPDFFormObj_CountObjects(&requests.FPDFFormObj_CountObjects{PageObject: *form})
	if err != nil {
		return 0
	}
	return n.Count
}

func (p Page) object(form *references.FPDF_PAGEOBJECT, i int) (references.FPDF_PAGEOBJECT, bool) {
	if form == nil {
		o, err := p.Engine.FPDFPage_GetObject(&requests.FPDFPage_GetObject{Page: p.Page, Index: i})
		if err != nil {
			return "", false
		}
		return o.PageObject, true
	}
	o, err := p.Engine.FPDFFormObj_GetObject(&requests.FPDFFormObj_GetObject{PageObject: *form, Index: uint64(i)})
	if err != nil {
		return "", false
	}
	return o.PageObject, true
}

// bar gives the place of a path that is an opaque dark area, or a line as thick as one.
func (p Page) bar(ref references.FPDF_PAGEOBJECT, m [6]float64) (rect, bool) {
	mode, err := p.Engine.FPDFPath_GetDrawMode(&requests.FPDFPath_GetDrawMode{PageObject: ref})
	if err != nil {
		return rect{}, false
	}
	filled := mode.FillMode != enums.FPDF_FILLMODE_NONE && p.darkFill(ref)
	if !filled && !(mode.Stroke && p.darkLine(ref)) {
		return rect{}, false
	}
	n, err := p.Engine.FPDFPath_CountSegments(&requests.FPDFPath_CountSegments{PageObject: ref})
	if err != nil || n.Count > maxEdges {
		return rect{}, false
	}
	at, ok := p.bounds(ref, m)
	if !filled {
		at = at.lineIn()
	}
	return at, ok && large(at.width(), at.height())
}

func (p Page) darkFill(ref references.FPDF_PAGEOBJECT) bool {
	c, err := p.Engine.FPDFPageObj_GetFillColor(&requests.FPDFPageObj_GetFillColor{PageObject: ref})
	return err == nil && dark(c.FillColor.R, c.FillColor.G, c.FillColor.B, c.FillColor.A)
}

func (p Page) darkLine(ref references.FPDF_PAGEOBJECT) bool {
	c, err := p.Engine.FPDFPageObj_GetStrokeColor(&requests.FPDFPageObj_GetStrokeColor{PageObject: ref})
	return err == nil && dark(c.StrokeColor.R, c.StrokeColor.G, c.StrokeColor.B, c.StrokeColor.A)
}

func dark(r, g, b, a uint) bool { return a >= opaque && float64(max(r, g, b)) <= darkest*255 }

func (p Page) bounds(ref references.FPDF_PAGEOBJECT, m [6]float64) (rect, bool) {
	b, err := p.Engine.FPDFPageObj_GetBounds(&requests.FPDFPageObj_GetBounds{PageObject: ref})
	if err != nil {
		return rect{}, false
	}
	return rect{float64(b.Left), float64(b.Bottom), float64(b.Right), float64(b.Top)}.moved(m), true
}

// within is the text of a part of the page on one line, "" where it has no sign to read.
func (p Page) within(at rect) string {
	by := min(sliver, at.width()/4)
	cut := min(2*sliver, at.height()/4)
	got, err := p.Engine.FPDFText_GetBoundedText(&requests.FPDFText_GetBoundedText{TextPage: p.Text, Left: at.left + by, Top: at.top - cut, Right: at.right - by, Bottom: at.bottom + cut})
	if err != nil {
		return ""
	}
	said, _, _ := strings.Cut(got.Text, "\x00")
	return strings.Join(strings.Fields(said), " ")
}
