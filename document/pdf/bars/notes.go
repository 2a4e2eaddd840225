package bars

import (
	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
)

// notes are the parts of the page under notes that can hide text, and the parts that
// were marked for redaction: as long as the mark is there nothing was taken away.
func (p Page) notes() (places []place) {
	n, err := p.Engine.FPDFPage_GetAnnotCount(&requests.FPDFPage_GetAnnotCount{Page: p.Page})
	if err != nil {
		return nil
	}
	for i := range min(n.Count, maxNotes) {
		a, err := p.Engine.FPDFPage_GetAnnot(&requests.FPDFPage_GetAnnot{Page: p.Page, Index: i})
		if err != nil {
			continue
		}
		places = append(places, p.note(a.Annotation)...)
		if _, err := p.Engine.FPDFPage_CloseAnnot(&requests.FPDFPage_CloseAnnot{Annotation: a.Annotation}); err != nil {
			return places
		}
	}
	return places
}

func (p Page) note(a references.FPDF_ANNOTATION) []place {
	kind, err := p.Engine.FPDFAnnot_GetSubtype(&requests.FPDFAnnot_GetSubtype{Annotation: a})
	if err != nil {
		return nil
	}
	switch kind.Subtype {
	case enums.FPDF_ANNOT_SUBTYPE_REDACT, enums.FPDF_ANNOT_SUBTYPE_HIGHLIGHT:
	case enums.FPDF_ANNOT_SUBTYPE_SQUARE, enums.FPDF_ANNOT_SUBTYPE_POLYGON, enums.FPDF_ANNOT_SUBTYPE_INK,
		enums.FPDF_ANNOT_SUBTYPE_LINE, enums.FPDF_ANNOT_SUBTYPE_STAMP, enums.FPDF_ANNOT_SUBTYPE_FREETEXT:
		return p.whole(a, false)
	default:
		return nil
	}
	sure := kind.Subtype == enums.FPDF_ANNOT_SUBTYPE_REDACT
	n, err := p.Engine.FPDFAnnot_CountAttachmentPoints(&requests.FPDFAnnot_CountAttachmentPoints{Annotation: a})
	if err != nil || n.Count == 0 {
		return p.whole(a, sure)
	}
	var places []place
	for i := range min(n.Count, maxBars) {
		q, err := p.Engine.FPDFAnnot_GetAttachmentPoints(&requests.FPDFAnnot_GetAttachmentPoints{Annotation: a, Index: i})
		if err == nil {
			c := q.QuadPoints
			at := rect{
				float64(min(c.X1, c.X2, c.X3, c.X4)), float64(min(c.Y1, c.Y2, c.Y3, c.Y4)),
				float64(max(c.X1, c.X2, c.X3, c.X4)), float64(max(c.Y1, c.Y2, c.Y3, c.Y4)),
			}
			places = append(places, place{at: at, note: true, sure: sure})
		}
	}
	return places
}

// whole is all of the place of a note.
func (p Page) whole(a references.FPDF_ANNOTATION, sure bool) []place {
	b, err := p.Engine.FPDFAnnot_GetRect(&requests.FPDFAnnot_GetRect{Annotation: a})
	if err != nil {
		return nil
	}
	at := rect{float64(min(b.Rect.Left, b.Rect.Right)), float64(min(b.Rect.Bottom, b.Rect.Top)), float64(max(b.Rect.Left, b.Rect.Right)), float64(max(b.Rect.Bottom, b.Rect.Top))}
	if !large(at.width(), at.height()) {
		return nil
	}
	return []place{{at: at, sure: sure}}
}
