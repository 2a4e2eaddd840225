package ocr

import (
	"context"

	"brevvagt/document"
	"brevvagt/document/ocr/picture"
	"brevvagt/document/ocr/prepare"
	"brevvagt/document/ocr/spots"
)

// stampRow is how many letters in a row coloured ink must have to be looked at by itself.
const stampRow = 8

// stamped reads what is stamped or written in colour over print, row by row: on the whole
// page it is one tangle with what lies below. dpi is the page's.
func (e *reader) stamped(ctx context.Context, p picture.Page, dpi float64, first pass) ([]document.Segment, error) {
	g, at := prepare.Coloured(p.Image)
	if g == nil {
		return nil, nil
	}
	zoom := min(1, pageLike/dpi)
	s := prepare.Shape{SX: zoom, SY: zoom, Origin: at, Limit: p.Image.Bounds().Sub(p.Image.Bounds().Min)}
	s.W, s.H = max(1, int(float64(g.Rect.Dx())*zoom)), max(1, int(float64(g.Rect.Dy())*zoom))
	g = prepare.Scaled(g, s.W, s.H)
	if s.Angle = prepare.Skew(g); s.Angle != 0 {
		g = s.Turn(g)
	}
	g = s.Framed(g, 20)
	var rows []spots.Row
	for _, r := range spots.Rows(spots.In(g), 1) {
		if r.Letters >= stampRow {
			rows = append(rows, r)
		}
	}
	if len(rows) == 0 {
		return nil, nil
	}
	e.left = max(e.left, leastAgain)
	lines, _, err := e.lonely(ctx, g, rows)
	return segments(news(lines, first), s), err
}
