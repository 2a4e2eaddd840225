package ocr

import (
	"context"
	"image"
	"strings"

	"brevvagt/document/ocr/engine"
	"brevvagt/document/ocr/prepare"
	"brevvagt/document/ocr/spots"
)

// What digits with a box each look like, in tenths of their height.
const (
	combReach = 4  // heights from one digit to the next, over the box of a hyphen too
	combGap   = 4  // tenths of a height between two of them, at least; letters stand closer
	maxCombed = 20 // runs that are read

	combBorder = 10 // pixels of white around them
)

// combed reads digits that stand far apart, one in each box of a form: they are moved
// together first, without the boxes, because the engine takes each for a word, or the
// boxes for letters.
func (e *reader) combed(ctx context.Context, g *image.Gray, all []spots.Spot) ([]line, error) {
	var out []line
	for _, r := range spots.Rows(all, combReach) {
		var run []image.Rectangle
		lettered := false // the last one of run is a letter of a word
		flush := func() error {
			defer func() { run = run[:0] }()
			if len(run) < 9 || len(run) > 13 || len(out) >= maxCombed {
				return nil
			}
			box := image.Rectangle{}
			for _, b := range run {
				box = box.Union(b)
			}
			whole := together(g, run)
			p, err := e.row(ctx, whole, whole.Rect.Inset(combBorder), engine.Number, lineHeight)
			if d := digitsOf(p.text()); len(d) == 10 && dated(d) {
				w := word{Word: engine.Word{Text: d[:6] + "-" + d[6:], Box: box, Confidence: p.sureness()}, up: box}
				out = append(out, line{words: []word{w}, up: box})
			}
			return err
		}
		for _, i := range r.Spots {
			b := all[i].Box
			switch n := len(run); {
			case n > 0 && (b.Min.X-run[n-1].Max.X)*10 < combGap*b.Dy():
				run = run[:n-1]
				if err := flush(); err != nil {
					return out, err
				}
				lettered = true
			case lettered:
				run, lettered = run[:0], false
			}
			run = append(run, b)
		}
		if err := flush(); err != nil {
			return out, err
		}
	}
	return out, nil
}

// together draws what stands in the boxes side by side on white.
func together(g *image.Gray, boxes []image.Rectangle) *image.Gray {
	const border = combBorder
	top, bottom, width := boxes[0].Min.Y, boxes[0].Max.Y, 2*border
	for _, b := range boxes {
		top, bottom = min(top, b.Min.Y), max(bottom, b.Max.Y)
	}
	gap := max(2, (bottom-top)/5)
	for _, b := range boxes {
		width += b.Dx() + gap
	}
	out := image.NewGray(image.Rect(0, 0, width, bottom-top+2*border))
	for i := range out.Pix {
		out.Pix[i] = 255
	}
	x := border
	for _, b := range boxes {
		part := prepare.Cut(g, b.Inset(-1).Intersect(g.Rect))
		paper := prepare.Levels(part, 900)[0]
		for y := range part.Rect.Dy() {
			for dx := range part.Rect.Dx() {
				v := part.Pix[y*part.Stride+dx]
				out.Pix[(border+b.Min.Y-top+y)*out.Stride+x+dx] = uint8(min(255, int(v)*255/max(int(paper), 1)))
			}
		}
		x += b.Dx() + gap
	}
	return out
}

// scattered tells that single signs, or the sides of boxes, stand in a row, as digits
// in boxes are read.
func (p pass) scattered() bool {
	for _, l := range p.lines {
		alone := strings.Count(l.text(), "|") + strings.Count(l.text(), "[") + strings.Count(l.text(), "]")
		for _, w := range l.words {
			if len(w.Text) <= 2 {
				alone++
			}
		}
		if alone >= 5 {
			return true
		}
	}
	return false
}
