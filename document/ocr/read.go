package ocr

import (
	"context"
	"image"
	"math"
	"regexp"
	"slices"
	"strings"

	"brevvagt/document"
)

// Tesseract's page segmentation modes that are used.
const (
	psmOriented = 1 // columns and blocks, turned upright first
	psmAuto     = 3
	psmBlock    = 6 // one block of rows
)

var (
	numberLike = regexp.MustCompile(`\d{6}\s?[-–—]?\s?\d{4}`)
	digitsLike = regexp.MustCompile(`\d{4}`)
)

// pass is one recognition with its way back to the picture.
type pass struct {
	lines []line
	shape shape
}

func (p pass) text() string {
	var b strings.Builder
	for _, l := range p.lines {
		b.WriteString(l.text())
		b.WriteByte('\n')
	}
	return b.String()
}

// wanting tells that digits are there and no whole number: another look may help.
func (p pass) wanting() bool {
	t := p.text()
	return digitsLike.MatchString(t) && !numberLike.MatchString(t)
}

// read recognises one picture, as a screen or as a page.
func (e *engine) read(ctx context.Context, p picture) ([]document.Segment, error) {
	g := toGray(p.img)
	if levels(g, 500)[0] < 110 {
		invert(g)
	}
	if dpi := pageDPI(p, g); dpi > 0 {
		return e.readPage(ctx, p, g, dpi)
	}
	return e.readScreen(ctx, g)
}

// pageDPI gives the resolution of a scan or photograph, 0 for what looks like a
// screenshot. Scanners write their resolution; where none stands, paper is told by
// its proportions and by being larger than a screen.
func pageDPI(p picture, g *image.Gray) float64 {
	w, h := float64(g.Rect.Dx()), float64(g.Rect.Dy())
	long, short := max(w, h), min(w, h)
	if max(p.dpiX, p.dpiY) > 120 && max(p.dpiX, p.dpiY) <= 1200 && min(p.dpiX, p.dpiY) > 60 {
		return p.dpiY // a coarse fax has 204 by 98
	}
	a4 := math.Abs(long/short-math.Sqrt2) < 0.05 || math.Abs(long/short-11/8.5) < 0.02
	guess := long / 11.69
	switch {
	case a4 && short >= 760 && (h > w || p.lossy):
		return guess
	case p.camera, p.lossy && w*h > 2.5e6:
		return max(guess, 72)
	}
	return 0
}

// screenPixels is what a screenshot is enlarged to at most; an HD desktop at two
// and a half times is 13 million.
const screenPixels = 13e6

func (e *engine) readScreen(ctx context.Context, g *image.Gray) ([]document.Segment, error) {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	zoom := max(1, min(2.5, math.Sqrt(screenPixels/float64(w*h))))
	s := shape{sx: zoom, sy: zoom, limit: g.Rect}
	s.w, s.h = max(1, int(float64(w)*zoom)), max(1, int(float64(h)*zoom))
	big := s.framed(scaled(unruled(g), s.w, s.h), 20)
	first, err := e.pass(ctx, big, s, int(96*zoom), psmBlock)
	if err != nil {
		return nil, err
	}
	out := segments(first.lines, s)
	if first.wanting() {
		second, err := e.pass(ctx, big, s, int(96*zoom), psmAuto)
		if err != nil {
			return out, err
		}
		out = append(out, segments(news(second.lines, first), s)...)
	}
	return out, nil
}

// pageLike is the resolution at which pages are read: fewer dots lose letters,
// more cost time and find no more.
const pageLike = 200

func (e *engine) readPage(ctx context.Context, p picture, g *image.Gray, dpi float64) ([]document.Segment, error) {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	if dpi >= 100 && speckled(g) {
		g = median(g)
	}
	dpiX := dpi
	if p.dpiX > 60 && p.dpiY > 60 {
		dpiX = dpi * p.dpiX / p.dpiY // fax lines are wider apart than its dots
	}
	s := shape{sx: limited(pageLike / dpiX), sy: limited(pageLike / dpi), limit: g.Rect}
	if most := math.Sqrt(25e6 / (float64(w) * s.sx * float64(h) * s.sy)); most < 1 {
		s.sx, s.sy = s.sx*most, s.sy*most
	}
	s.w, s.h = max(1, int(float64(w)*s.sx)), max(1, int(float64(h)*s.sy))
	g = scaled(g, s.w, s.h)
	uneven := uneven(g)
	if !uneven {
		stretch(g)
	}
	if s.angle = skew(g); s.angle != 0 {
		g = s.turn(g)
	}
	g = s.framed(g, 20)
	first, err := e.pass(ctx, g, s, pageLike, psmOriented)
	if err != nil {
		return nil, err
	}
	out := segments(first.lines, s)
	if uneven || first.wanting() {
		second, err := e.pass(ctx, sauvola(g, 15), s, pageLike, psmOriented)
		if err != nil {
			return out, err
		}
		out = append(out, segments(news(second.lines, first), s)...)
	}
	return out, nil
}

func limited(zoom float64) float64 { return max(0.2, min(3, zoom)) }

// uneven tells a photograph's light: the paper is much darker in one corner than
// in another.
func uneven(g *image.Gray) bool {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	const n = 6
	if w < 50*n || h < 50*n {
		return false
	}
	var paper []uint8
	for ty := range n {
		for tx := range n {
			tile := image.NewGray(image.Rect(0, 0, w/n, h/n))
			for y := range h / n {
				copy(tile.Pix[y*tile.Stride:][:w/n], g.Pix[(ty*(h/n)+y)*g.Stride+tx*(w/n):])
			}
			paper = append(paper, levels(tile, 800)[0])
		}
	}
	slices.Sort(paper)
	return int(paper[len(paper)*9/10])-int(paper[len(paper)/10]) > 35
}

func (e *engine) pass(ctx context.Context, g *image.Gray, s shape, dpi, psm int) (pass, error) {
	if err := ctx.Err(); err != nil {
		return pass{}, err
	}
	words, err := e.recognise(g, dpi, psm)
	if err != nil {
		return pass{}, err
	}
	return pass{lines: arrange(words), shape: s}, nil
}

// news keeps the lines of a second look with digits that the first did not have;
// the rest would only say everything twice.
func news(lines []line, first pass) []line {
	had := digitsOf(first.text())
	var out []line
	for _, l := range lines {
		for _, w := range l.words {
			if d := digitsOf(w.text); len(d) >= 4 && !strings.Contains(had, d) {
				out = append(out, l)
				break
			}
		}
	}
	return out
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}
