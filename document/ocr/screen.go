package ocr

import (
	"context"
	"image"
	"math"

	"brevvagt/document"
)

// screenPixels is what a part of a screenshot is enlarged to at most; an HD desktop
// at two and a half times is 13 million.
const screenPixels = 13e6

// readScreen reads a screenshot, a long or wide one in parts.
func (e *engine) readScreen(ctx context.Context, g *image.Gray) ([]document.Segment, error) {
	var out []document.Segment
	lines := 0
	for _, part := range parts(g, g.Rect) {
		segs, n, err := e.readPart(ctx, g, part)
		for _, s := range segs {
			s.At.Line += lines
			out = append(out, s)
		}
		if err != nil {
			return out, err
		}
		lines += n
	}
	return out, nil
}

// parts cuts what is much longer or wider than a screen, such as a whole web page
// or two screens side by side, so that each part can be enlarged as it needs.
func parts(g *image.Gray, r image.Rectangle) []image.Rectangle {
	w, h := r.Dx(), r.Dy()
	if w*h < 2_600_000 || max(w, h)*10 < min(w, h)*22 {
		return []image.Rectangle{r}
	}
	a, b := r, r
	if h >= w {
		a.Max.Y = calmest(g, r, false)
		b.Min.Y = a.Max.Y
	} else {
		a.Max.X = calmest(g, r, true)
		b.Min.X = a.Max.X
	}
	return append(parts(g, a), parts(g, b)...)
}

// calmest finds the row, or column, near the middle that has the least in it, so
// that no line of text is cut.
func calmest(g *image.Gray, r image.Rectangle, column bool) int {
	middle, reach := (r.Min.Y+r.Max.Y)/2, r.Dy()/10
	if column {
		middle, reach = (r.Min.X+r.Max.X)/2, r.Dx()/10
	}
	best, least := middle, math.MaxInt
	for d := range reach {
		for _, at := range [2]int{middle + d, middle - d} {
			change := 0
			if column {
				for y := r.Min.Y + 1; y < r.Max.Y; y++ {
					change += abs(int(g.Pix[y*g.Stride+at]) - int(g.Pix[(y-1)*g.Stride+at]))
				}
			} else {
				for x := r.Min.X + 1; x < r.Max.X; x++ {
					change += abs(int(g.Pix[at*g.Stride+x]) - int(g.Pix[at*g.Stride+x-1]))
				}
			}
			if change < least {
				best, least = at, change
			}
		}
	}
	return best
}

// cut copies a part out of g.
func cut(g *image.Gray, r image.Rectangle) *image.Gray {
	if r == g.Rect {
		return g
	}
	out := image.NewGray(image.Rect(0, 0, r.Dx(), r.Dy()))
	copyPart(out, g, r)
	return out
}

func copyPart(to, g *image.Gray, r image.Rectangle) {
	for y := range r.Dy() {
		copy(to.Pix[y*to.Stride:][:r.Dx()], g.Pix[(r.Min.Y+y)*g.Stride+r.Min.X:])
	}
}

// unreadLetters is how many letters in rows a picture must hold for it to count as text
// that could not be read.
const unreadLetters = 20

// readPart reads one part and tells how many lines it has.
func (e *engine) readPart(ctx context.Context, whole *image.Gray, part image.Rectangle) ([]document.Segment, int, error) {
	g := cut(whole, part)
	w, h := g.Rect.Dx(), g.Rect.Dy()
	zoom := max(1, min(2.5, math.Sqrt(screenPixels/float64(w*h))))
	s := shape{sx: zoom, sy: zoom, origin: part.Min, limit: whole.Rect}
	s.w, s.h = max(1, int(float64(w)*zoom)), max(1, int(float64(h)*zoom))
	g = unruled(evened(g))
	spots := lettersIn(g)
	e.left = max(leastAgain, s.w*s.h/4)
	big := s.framed(scaled(g, s.w, s.h), 20)
	dpi := int(96 * zoom)
	first, err := e.pass(ctx, big, s, dpi, psmBlock)
	if err != nil {
		return nil, 0, err
	}
	if err := e.mend(ctx, g, first.lines, s.on); err != nil {
		return segments(first.lines, s), 0, err
	}
	out := segments(first.lines, s)
	again := func(big *image.Gray, psm int) error {
		second, err := e.pass(ctx, big, s, dpi, psm)
		if err == nil {
			err = e.mend(ctx, g, second.lines, s.on)
			out = append(out, segments(news(second.lines, first), s)...)
			first.lines = append(first.lines, second.lines...) // both are known now
		}
		return err
	}
	lines := len(first.lines)
	if plain, colourful := folded(g); colourful {
		if err := again(s.framed(scaled(plain, s.w, s.h), 20), psmBlock); err != nil {
			return out, lines, err
		}
	}
	switch {
	case first.sureness() < sureScreen && lettersOf(g).longest >= chainBar:
		err = again(big, psmOriented)
	case first.wanting():
		err = again(big, psmAuto)
	}
	if err != nil {
		return out, lines, err
	}
	rows, letters, missing := unreadRows(rowsOf(spots, 1), first.lines, s.on)
	pale, _, _ := unreadRows(rowsOf(lettersIn(steep(g)), 1), first.lines, s.on)
	rows = append(rows, apartFrom(pale, rows)...)
	alone, read, err := e.lonely(ctx, g, rows)
	if err == nil {
		var apart []line
		apart, err = e.combed(ctx, g, spots)
		alone = append(alone, apart...)
	}
	out = append(out, segments(news(alone, first), shape{sx: 1, sy: 1, origin: part.Min, limit: whole.Rect})...)
	e.unread = e.unread || missing-read >= unreadLetters && (missing-read)*2 > letters
	return out, lines, err
}

// sureScreen is the mean confidence below which a screenshot may lie on its side.
const sureScreen = 50
