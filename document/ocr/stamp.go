package ocr

import (
	"context"
	"image"
	"slices"

	"brevvagt/document"
	"brevvagt/document/ocr/engine"
	"brevvagt/document/ocr/picture"
	"brevvagt/document/ocr/prepare"
	"brevvagt/document/ocr/spots"
)

// stampRow is how many letters in a row coloured ink must have to be looked at by itself.
const stampRow = 8

// stamped reads what is stamped or written in colour over print, and the print below it,
// row by row: on the whole page they are one tangle. dpi is the page's.
func (e *reader) stamped(ctx context.Context, p picture.Page, dpi float64, first pass) ([]document.Segment, error) {
	g, at := prepare.Coloured(p.Image)
	if g == nil {
		return nil, nil
	}
	g, s := cutOut(p, g, at, dpi)
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
	e.left = max(e.left, leastAgain)
	lines, _, err := e.lonely(ctx, g, rows)
	out := segments(news(lines, first), s)
	if err != nil {
		return out, err
	}
	below, err := e.belowStamp(ctx, p, dpi, first)
	return append(out, below...), err
}

// belowStamp reads the black print that coloured ink lies over, where rows of it were not
// read.
func (e *reader) belowStamp(ctx context.Context, p picture.Page, dpi float64, first pass) ([]document.Segment, error) {
	g, at := prepare.Uncoloured(p.Image)
	if g == nil {
		return nil, nil
	}
	g, s := cutOut(p, g, at, dpi)
	if s.Angle = first.shape.Angle; s.Angle != 0 {
		g = s.Turn(g)
	}
	g = s.Framed(g, 20)
	on := func(r image.Rectangle) image.Rectangle { return s.Fore(first.shape.Back(r)) }
	if rows, _, _ := unreadRows(spots.Rows(spots.In(g), 2), first.lines, on); len(rows) == 0 {
		return nil, nil
	}
	second, err := e.pass(ctx, g, s, pageLike, engine.Auto)
	if err == nil {
		err = e.mend(ctx, g, second.lines, func(r image.Rectangle) image.Rectangle { return r })
	}
	e.doubt(false, pass{lines: slices.Concat(first.lines, second.lines)}, nil)
	return segments(news(second.lines, first), s), err
}

// cutOut brings a part of the page, at its place, to the size at which pages are read.
func cutOut(p picture.Page, g *image.Gray, at image.Point, dpi float64) (*image.Gray, prepare.Shape) {
	zoom := min(1, pageLike/dpi)
	s := prepare.Shape{SX: zoom, SY: zoom, Origin: at, Limit: p.Image.Bounds().Sub(p.Image.Bounds().Min)}
	s.W, s.H = max(1, int(float64(g.Rect.Dx())*zoom)), max(1, int(float64(g.Rect.Dy())*zoom))
	return prepare.Scaled(g, s.W, s.H), s
}
