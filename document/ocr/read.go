package ocr

import (
	"context"
	"image"
	"math"
	"regexp"
	"slices"
	"strings"

	"brevvagt/document"
	"brevvagt/document/ocr/picture"
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
func (e *engine) read(ctx context.Context, p picture.Page) ([]document.Segment, error) {
	g := toGray(p.Image)
	if levels(g, 500)[0] < 110 {
		invert(g)
	}
	dpi := pageDPI(p, g)
	if photograph(p, g) {
		l := lettersOf(g)
		if l.longest < chainBar {
			return nil, nil
		}
		dpi = pageLike * float64(l.height) / letterHeight
		p.DPIX, p.DPIY = 0, 0
	}
	if dpi > 0 {
		return e.readPage(ctx, p, g, dpi)
	}
	return e.readScreen(ctx, g)
}

// letterHeight is how high letters of usual print are on a page as it is read, in
// pixels. A photograph has no resolution; its letters have a height.
const letterHeight = 18

// photograph tells a picture of the world from a scan, which has a resolution, and
// from a screenshot, of which a good part has one and the same brightness.
func photograph(p picture.Page, g *image.Gray) bool {
	if p.Camera || !p.Lossy || max(p.DPIX, p.DPIY) > 120 {
		return p.Camera
	}
	var count [256]int
	for _, v := range g.Pix {
		count[v]++
	}
	most := 0
	for v := 1; v < 255; v++ {
		most = max(most, count[v-1]+count[v]+count[v+1])
	}
	return most*4 < len(g.Pix)
}

// pageDPI gives the resolution of a scan or photograph, 0 for what looks like a
// screenshot. Scanners write their resolution; where none stands, paper is told by
// its proportions and by being larger than a screen.
func pageDPI(p picture.Page, g *image.Gray) float64 {
	w, h := float64(g.Rect.Dx()), float64(g.Rect.Dy())
	long, short := max(w, h), min(w, h)
	if max(p.DPIX, p.DPIY) > 120 && max(p.DPIX, p.DPIY) <= 1200 && min(p.DPIX, p.DPIY) > 60 {
		return p.DPIY // a coarse fax has 204 by 98
	}
	a4 := math.Abs(long/short-math.Sqrt2) < 0.05 || math.Abs(long/short-11/8.5) < 0.02
	guess := long / 11.69
	switch {
	case a4 && short >= 760 && (h > w || p.Lossy):
		return guess
	case p.Camera, p.Lossy && w*h > 2.5e6:
		return max(guess, 72)
	}
	return 0
}

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
	for y := range r.Dy() {
		copy(out.Pix[y*out.Stride:][:r.Dx()], g.Pix[(r.Min.Y+y)*g.Stride+r.Min.X:])
	}
	return out
}

// readPart reads one part and tells how many lines it has.
func (e *engine) readPart(ctx context.Context, whole *image.Gray, part image.Rectangle) ([]document.Segment, int, error) {
	g := cut(whole, part)
	w, h := g.Rect.Dx(), g.Rect.Dy()
	zoom := max(1, min(2.5, math.Sqrt(screenPixels/float64(w*h))))
	s := shape{sx: zoom, sy: zoom, origin: part.Min, limit: whole.Rect}
	s.w, s.h = max(1, int(float64(w)*zoom)), max(1, int(float64(h)*zoom))
	g = unruled(g)
	big := s.framed(scaled(g, s.w, s.h), 20)
	dpi := int(96 * zoom)
	first, err := e.pass(ctx, big, s, dpi, psmBlock)
	if err != nil {
		return nil, 0, err
	}
	out := segments(first.lines, s)
	again := func(big *image.Gray, psm int) error {
		second, err := e.pass(ctx, big, s, dpi, psm)
		if err == nil {
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
	return out, lines, err
}

// sureScreen is the mean confidence below which a screenshot may lie on its side.
const sureScreen = 50

// pageLike is the resolution at which pages are read: fewer dots lose letters,
// more cost time and find no more.
const pageLike = 200

func (e *engine) readPage(ctx context.Context, p picture.Page, g *image.Gray, dpi float64) ([]document.Segment, error) {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	if dpi >= 100 && speckled(g) {
		g = median(g)
	}
	dpiX := dpi
	if p.DPIX > 60 && p.DPIY > 60 {
		dpiX = dpi * p.DPIX / p.DPIY // fax lines are wider apart than its dots
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
	first, err := e.upright(ctx, g, s)
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

// surePage is the mean confidence of words, in per cent, from which on a page is
// taken to stand upright. Upright pages reach 85 and more, turned ones 30 to 50.
const surePage = 70

// upright reads a page as it lies and only asks which way up it is when what came
// out is doubtful: the question costs a fifth of the reading, and most pages lie
// right.
func (e *engine) upright(ctx context.Context, g *image.Gray, s shape) (pass, error) {
	first, err := e.pass(ctx, g, s, pageLike, psmAuto)
	if err != nil || first.sureness() >= surePage {
		return first, err
	}
	second, err := e.pass(ctx, g, s, pageLike, psmOriented)
	if err != nil || second.sureness() > first.sureness() {
		return second, err
	}
	return first, nil
}

// sureness is the mean confidence of all words that are longer than two letters,
// each counted by its length; 0 without any.
func (p pass) sureness() int {
	sum, n := 0, 0
	for _, l := range p.lines {
		for _, w := range l.words {
			if size := len(w.text); size > 2 {
				sum, n = sum+size*w.confidence, n+size
			}
		}
	}
	return sum / max(n, 1)
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
