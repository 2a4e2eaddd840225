package ocr

import (
	"context"
	"image"
	"math"
	"regexp"
	"slices"
	"strings"

	"brevvagt/document"
	"brevvagt/document/ocr/engine"
	"brevvagt/document/ocr/picture"
	"brevvagt/document/ocr/prepare"
	"brevvagt/document/ocr/spots"
)

var (
	numberLike = regexp.MustCompile(`\d{6}\s?[-–—]?\s?\d{4}`)
	digitsLike = regexp.MustCompile(`\d{4}`)
)

// pass is one recognition with its way back to the picture.
type pass struct {
	lines []line
	shape prepare.Shape
}

func (p pass) text() string {
	var b strings.Builder
	for _, l := range p.lines {
		b.WriteString(l.text())
		b.WriteByte('\n')
	}
	return b.String()
}

// wanting tells that digits are there and no whole number, and that not all was read
// surely: another look may help.
func (p pass) wanting() bool {
	t := p.text()
	if !digitsLike.MatchString(t) || numberLike.MatchString(t) {
		return false
	}
	return p.sureness() < sureWords || slices.ContainsFunc(p.lines, line.unsureDigits)
}

// What is read surely, in per cent: words in the mean, and each with a digit. Small print
// of a signature with a telephone number has 78 and 89; a second look at such gives the same.
const (
	sureWords  = 75
	sureDigits = 85
)

func (l line) unsureDigits() bool {
	return slices.ContainsFunc(l.words, func(w word) bool {
		return w.Confidence < sureDigits && strings.ContainsAny(w.Text, "0123456789")
	})
}

// recognise reads the letters of one picture, as a screen or as a page.
func (e *reader) recognise(ctx context.Context, p picture.Page, g *image.Gray) ([]document.Segment, error) {
	if prepare.Levels(g, 500)[0] < 110 {
		prepare.Invert(g)
	}
	dpi := pageDPI(p, g)
	if photograph(p, g) {
		l := spots.LettersOf(g)
		if !l.Text() {
			if l = spots.LettersOf(leantPaper(g)); !l.Text() {
				return nil, nil
			}
		}
		dpi = pageLike * float64(l.Height) / letterHeight
		p.DPIX, p.DPIY, p.Camera = 0, 0, true
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

// pageLike is the resolution at which pages are read: fewer dots lose letters,
// more cost time and find no more.
const pageLike = 200

// Print of usual size is as well read with fewer dots: at 150 and 200 the same 148 of 160
// numbers in noise came out, and reading took a sixth less.
const (
	fewestLike  = 150 // dots per inch
	usualLetter = 10  // pixels that a page's middle letter must keep
	denseText   = 150 // letters in chains in the middle third of a page that is worth asking
)

// slim is by how much letters are made narrower before they are read. The engine brings
// each line to one height and walks along it: its time goes with the line's length, and
// letters of print that are clear enough are as well read when they are slim.
const slim = 0.75

// wideLetter is how wide the middle letter of a page must be for letters to be made slim,
// in per cent of its height: Arial has 76, narrow fonts 57 to 72, and of 118 numbers in
// pale print of those 7 were read with a 1 for the 7 they begin with when made slim.
const wideLetter = 75

// slimmable tells by the middle third of a page whether its letters are wide enough to be
// made slim; a page with few letters there is read as it is.
func slimmable(g *image.Gray) bool {
	h := g.Rect.Dy() / 3
	letters := spots.In(prepare.Cut(g, image.Rect(0, h, g.Rect.Dx(), 2*h)))
	return wide(spots.Rows(letters, 1), letters, denseText)
}

// readAt is the resolution at which a page is read: pageLike, or less where its letters
// are large enough.
func readAt(g *image.Gray, dpi float64) float64 {
	if dpi < pageLike {
		return pageLike
	}
	h := g.Rect.Dy() / 3
	l := spots.LettersOf(prepare.Halved(prepare.Cut(g, image.Rect(0, h, g.Rect.Dx(), 2*h))))
	if l.Many < denseText || l.Height == 0 {
		return pageLike
	}
	return max(fewestLike, min(pageLike, usualLetter*dpi/float64(2*l.Height)))
}

func (e *reader) readPage(ctx context.Context, p picture.Page, g *image.Gray, dpi float64) ([]document.Segment, error) {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	speckled := dpi >= 100 && prepare.Speckled(g)
	if speckled {
		g = prepare.Median(g)
	} else {
		g = prepare.Whitened(g)
	}
	dpiX := dpi
	if p.DPIX > 60 && p.DPIY > 60 {
		dpiX = dpi * p.DPIX / p.DPIY // fax lines are wider apart than its dots
	}
	like := readAt(g, dpi)
	s := prepare.Shape{SX: limited(like / dpiX), SY: limited(like / dpi), Limit: g.Rect}
	if dpiX == dpi && dpi >= fewestLike && !speckled && !p.Camera && slimmable(g) {
		s.SX *= slim
	}
	if most := math.Sqrt(25e6 / (float64(w) * s.SX * float64(h) * s.SY)); most < 1 {
		s.SX, s.SY = s.SX*most, s.SY*most
	}
	s.W, s.H = max(1, int(float64(w)*s.SX)), max(1, int(float64(h)*s.SY))
	g = prepare.Scaled(g, s.W, s.H)
	dim := prepare.Uneven(g)
	if !dim {
		prepare.Stretch(g)
	}
	e.left = max(leastAgain, s.W*s.H/4)
	straight := g
	g, s = turned(straight, s, prepare.Skew(straight))
	first, err := e.upright(ctx, g, s, int(like))
	if err == nil && first.sureness() < askew && spots.LettersOf(leantPaper(straight)).Text() {
		if angle := prepare.Lean(straight); math.Abs(angle-s.Angle) > 0.02 {
			g, s, first, err = e.leant(ctx, straight, angle, int(like), g, s, first)
		}
	}
	if err != nil {
		return nil, err
	}
	same := func(r image.Rectangle) image.Rectangle { return r }
	err = e.mend(ctx, g, first.lines, same)
	out := segments(first.lines, s)
	if err == nil && (dim || first.wanting()) {
		var second pass
		if second, err = e.pass(ctx, prepare.Sauvola(g, 15), s, pageLike, engine.Oriented); err == nil {
			err = e.mend(ctx, g, second.lines, same)
		}
		out = append(out, segments(news(second.lines, first), s)...)
		first.lines = append(first.lines, second.lines...)
	}
	if err != nil {
		return out, err
	}
	// Half the size is enough for what stands in boxes or alone, and costs a fiftieth.
	letters := spots.Twice(spots.In(prepare.Halved(g)))
	runs := spots.Combs(letters)
	if first.sureness() < sureRows || len(runs) == 0 && first.scattered() {
		if letters = spots.In(g); len(runs) == 0 {
			runs = spots.Combs(letters)
		}
		if len(runs) == 0 && first.scattered() { // digits that touch their boxes
			runs = spots.Combs(spots.In(prepare.Unruled(g)))
		}
	}
	boxed, numbers, err := e.combed(ctx, g, runs)
	out = append(out, segments(fresh(boxed, first), s)...)
	e.doubt(numbers, first, boxed)
	if err != nil {
		return out, err
	}
	rows, seen, missing := unreadRows(spots.Rows(letters, 1), first.lines, same)
	if missing*2 > seen { // the engine took what it saw for something else, as below a coloured head
		block, err := e.pass(ctx, g, s, int(like), engine.Block)
		if err != nil {
			return out, err
		}
		if len(first.lines) > 0 {
			block.lines = news(block.lines, first)
		}
		out = append(out, segments(block.lines, s)...)
		first.lines = append(first.lines, block.lines...)
		rows, seen, missing = unreadRows(spots.Rows(letters, 1), first.lines, same)
	}
	alone, read, err := e.lonely(ctx, g, rows)
	out = append(out, segments(news(alone, first), s)...)
	e.missed(missing-read, seen)
	if err != nil {
		return out, err
	}
	stamps, err := e.stamped(ctx, p, dpi, first)
	return append(out, stamps...), err
}

// askew is the mean confidence below which a page may lie askew.
const askew = 60

// leantPaper is a page that lies askew, set upright; g itself where it is no bright paper
// with much on it.
func leantPaper(g *image.Gray) *image.Gray {
	const bright, much = 190, 150
	if prepare.Levels(g, 500)[0] < bright {
		return g
	}
	half := prepare.Halved(g)
	if len(spots.In(half)) < much {
		return g
	}
	s := prepare.Shape{SX: 1, SY: 1, W: g.Rect.Dx(), H: g.Rect.Dy(), Angle: prepare.Lean(half)}
	if s.Angle == 0 {
		return g
	}
	return s.Turn(g)
}

// turned sets a page upright and puts paper around it.
func turned(g *image.Gray, s prepare.Shape, angle float64) (*image.Gray, prepare.Shape) {
	if s.Angle = angle; angle != 0 {
		g = s.Turn(g)
	}
	return s.Framed(g, 20), s
}

// leant reads a page that lies askew by more than a scanner's feeder does, and keeps the
// first reading where that was the better one.
func (e *reader) leant(ctx context.Context, straight *image.Gray, angle float64, dpi int, g *image.Gray, s prepare.Shape, first pass) (*image.Gray, prepare.Shape, pass, error) {
	other := s
	other.Border = 0
	leanG, other := turned(straight, other, angle)
	second, err := e.upright(ctx, leanG, other, dpi)
	if err != nil || second.sureness() <= first.sureness() {
		return g, s, first, err
	}
	return leanG, other, second, nil
}

// surePage is the mean confidence of words, in per cent, from which on a page is
// taken to stand upright. Upright pages reach 85 and more, turned ones 30 to 50.
const surePage = 70

// sureRows is the mean confidence from which on a page is not searched at full size for
// rows that were passed over; that search costs an eighth of the reading.
const sureRows = 85

// upright reads a page as it lies and only asks which way up it is when what came
// out is doubtful: the question costs a fifth of the reading, and most pages lie
// right.
func (e *reader) upright(ctx context.Context, g *image.Gray, s prepare.Shape, dpi int) (pass, error) {
	first, err := e.pass(ctx, g, s, dpi, engine.Auto)
	if err != nil || first.sureness() >= surePage {
		return first, err
	}
	second, err := e.pass(ctx, g, s, dpi, engine.Oriented)
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
			if size := len(w.Text); size > 2 {
				sum, n = sum+size*w.Confidence, n+size
			}
		}
	}
	return sum / max(n, 1)
}

func limited(zoom float64) float64 { return max(0.2, min(3, zoom)) }

func (e *reader) pass(ctx context.Context, g *image.Gray, s prepare.Shape, dpi int, mode engine.Mode) (pass, error) {
	if err := ctx.Err(); err != nil {
		return pass{}, err
	}
	words, err := e.engine.Recognise(g, dpi, mode)
	if err != nil {
		return pass{}, err
	}
	return pass{lines: arrange(words), shape: s}, nil
}

// news keeps the lines of a second look with digits that the first did not have;
// the rest would only say everything twice. A number that is another one but for a sign
// is that one, when only the other is proven.
func news(lines []line, first pass) []line {
	had := digitsOf(first.text())
	var numbers []string
	for _, n := range numberLike.FindAllString(first.text(), -1) {
		if d := digitsOf(n); proven(d) {
			numbers = append(numbers, d)
		}
	}
	var out []line
	for _, l := range lines {
		for _, w := range l.words {
			d := digitsOf(w.Text)
			if slices.ContainsFunc(numbers, func(n string) bool { return misread(d, n) }) {
				continue
			}
			if len(d) >= 4 && !strings.Contains(had, d) {
				out = append(out, l)
				break
			}
		}
	}
	return out
}

// misread tells that d is n with one other digit.
func misread(d, n string) bool {
	other := 0
	for i := range min(len(d), len(n)) {
		if d[i] != n[i] {
			other++
		}
	}
	return len(d) == len(n) && other == 1
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}
