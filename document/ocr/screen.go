package ocr

import (
	"context"
	"image"
	"math"
	"slices"

	"brevvagt/document"
	"brevvagt/document/ocr/engine"
	"brevvagt/document/ocr/prepare"
	"brevvagt/document/ocr/spots"
)

// screenPixels is what a part of a screenshot is enlarged to at most; an HD desktop
// at two and a half times is 13 million.
const screenPixels = 13e6

// readScreen reads a screenshot, a long or wide one in parts.
func (e *reader) readScreen(ctx context.Context, g *image.Gray) ([]document.Segment, error) {
	var out []document.Segment
	lines := 0
	for _, part := range prepare.Parts(g, g.Rect) {
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

// readPart reads one part and tells how many lines it has.
func (e *reader) readPart(ctx context.Context, whole *image.Gray, part image.Rectangle) ([]document.Segment, int, error) {
	g := prepare.Cut(whole, part)
	w, h := g.Rect.Dx(), g.Rect.Dy()
	zoom := max(1, min(2.5, math.Sqrt(screenPixels/float64(w*h))))
	g = prepare.Unruled(prepare.Evened(prepare.Whitened(g)))
	letterSpots := spots.In(g)
	letterRows := spots.Rows(letterSpots, 1)
	plain, colourful := prepare.Folded(g)
	s := prepare.Shape{SX: zoom, SY: zoom, Origin: part.Min, Limit: whole.Rect}
	if !colourful && smallest(letterRows, letterSpots) >= slimLetter && wide(letterRows, letterSpots, fewLetters) {
		s.SX *= slim
	}
	s.W, s.H = max(1, int(float64(w)*s.SX)), max(1, int(float64(h)*s.SY))
	e.left = max(leastAgain, s.W*s.H/4)
	big := s.Framed(prepare.Scaled(g, s.W, s.H), 20)
	dpi := int(96 * zoom)
	first, err := e.pass(ctx, big, s, dpi, engine.Block)
	if err != nil {
		return nil, 0, err
	}
	if err := e.mend(ctx, g, first.lines, s.On); err != nil {
		return segments(first.lines, s), 0, err
	}
	out := segments(first.lines, s)
	again := func(big *image.Gray, mode engine.Mode) error {
		second, err := e.pass(ctx, big, s, dpi, mode)
		if err == nil {
			err = e.mend(ctx, g, second.lines, s.On)
			out = append(out, segments(news(second.lines, first), s)...)
			first.lines = append(first.lines, second.lines...) // both are known now
		}
		return err
	}
	lines := len(first.lines)
	if colourful {
		if err := again(s.Framed(prepare.Scaled(plain, s.W, s.H), 20), engine.Block); err != nil {
			return out, lines, err
		}
	}
	switch {
	case first.sureness() < sureScreen && spots.LettersOf(g).Longest >= spots.ChainBar:
		err = again(big, engine.Oriented)
	case first.wanting():
		err = again(big, engine.Auto)
	}
	if err != nil {
		return out, lines, err
	}
	rows, letters, missing := unreadRows(letterRows, first.lines, s.On)
	pale, _, _ := unreadRows(spots.Rows(spots.In(prepare.Steep(g)), 1), first.lines, s.On)
	rows = append(rows, spots.ApartFrom(pale, rows)...)
	asIs := prepare.Shape{SX: 1, SY: 1, Origin: part.Min, Limit: whole.Rect}
	boxed, numbers, err := e.combed(ctx, g, spots.Combs(letterSpots))
	out = append(out, segments(fresh(boxed, first), asIs)...)
	e.doubt(numbers, first, boxed)
	if err != nil {
		return out, lines, err
	}
	alone, read, err := e.lonely(ctx, g, rows)
	out = append(out, segments(news(alone, first), asIs)...)
	e.missed(missing-read, letters)
	return out, lines, err
}

// sureScreen is the mean confidence below which a screenshot may lie on its side.
const sureScreen = 50

// wide reports whether there are so many letters in rows, and the middle one is wide.
func wide(rows []spots.Row, letters []spots.Spot, least int) bool {
	widths := measured(rows, letters, func(b image.Rectangle) int { return 100 * b.Dx() / max(1, b.Dy()) })
	return len(widths) >= least && widths[len(widths)/2] >= wideLetter
}

// slimLetter is how high the small letters of a screenshot must be for them to be made
// slim, in pixels: at 8 one number in two hundred was misread, from 9 on none.
const slimLetter = 9

// fewLetters is how many letters tell how wide those of a screenshot are.
const fewLetters = 12

// smallest is the height below which a quarter of the letters in rows are, in pixels; 0
// without any rows.
func smallest(rows []spots.Row, letters []spots.Spot) int {
	heights := measured(rows, letters, image.Rectangle.Dy)
	if len(heights) == 0 {
		return 0
	}
	return heights[len(heights)/4]
}

// measured gives a measure of each letter in rows, the least first.
func measured(rows []spots.Row, letters []spots.Spot, of func(image.Rectangle) int) (all []int) {
	for _, r := range rows {
		if !r.Light && r.Letters >= rowLetters {
			for _, i := range r.Spots {
				all = append(all, of(letters[i].Box))
			}
		}
	}
	slices.Sort(all)
	return all
}
