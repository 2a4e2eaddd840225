package ocr

import (
	"context"
	"image"
	"regexp"
	"slices"
	"strings"

	"brevvagt/document/ocr/engine"
	"brevvagt/document/ocr/prepare"
)

// maxCombed bounds the runs of signs with a box each that are read.
const maxCombed = 20

const combBorder = 10 // pixels of white around them

// combed reads digits that stand far apart, one in each box of a form: they are moved
// together first, without the boxes, because the engine takes each for a word, or the
// boxes for letters. unsure tells that some run is digits and no number could be made of it.
func (e *reader) combed(ctx context.Context, g *image.Gray, runs [][]image.Rectangle) (out []line, unsure bool, err error) {
	for _, run := range runs[:min(len(runs), maxCombed)] {
		number, confidence, digits, err := e.comb(ctx, together(g, run))
		if err != nil {
			return out, unsure, err
		}
		if number == "" {
			unsure = unsure || digits
			continue
		}
		box := image.Rectangle{}
		for _, b := range run {
			box = box.Union(b)
		}
		w := word{Word: engine.Word{Text: number[:6] + "-" + number[6:], Box: box, Confidence: confidence}, up: box}
		out = append(out, line{words: []word{w}, up: box})
	}
	return out, unsure, nil
}

// comb reads signs that were moved together: a number that is proven, or that was read
// alike twice. digits tells that what stands there is digits, number or not.
func (e *reader) comb(ctx context.Context, g *image.Gray) (number string, confidence int, digits bool, err error) {
	count := map[string]int{}
	looksLike := 0
	for _, try := range [4]struct {
		mode   engine.Mode
		height int
	}{{engine.Number, lineHeight}, {engine.Line, lineHeight}, {engine.Number, lineHeight * 3 / 4}, {engine.Number, lineHeight * 5 / 3}} {
		p, err := e.row(ctx, g, g.Rect.Inset(combBorder), try.mode, try.height)
		if err != nil {
			return "", 0, false, err
		}
		d := digitsOf(p.text())
		if try.mode == engine.Line && len(d)*2 < len(strings.TrimSpace(p.text())) {
			return "", 0, false, nil // a name in boxes
		}
		if len(d) >= combDigits {
			looksLike++
		}
		if less := oneLess(d); less != "" {
			d = less
		}
		if len(d) != 10 || !dated(d) {
			continue
		}
		if count[d]++; proven(d) || count[d] >= 2 {
			return d, p.sureness(), true, nil
		}
	}
	return "", 0, looksLike >= 2, nil
}

// combDigits is how many of the signs in boxes must be read as digits for them to count
// as a number that could not be read.
const combDigits = 8

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

// fresh keeps the lines whose number is not in the text of the first look as a number.
func fresh(lines []line, first pass) []line {
	had := numberLike.FindAllString(first.text(), -1)
	return slices.DeleteFunc(lines, func(l line) bool {
		return slices.ContainsFunc(had, func(n string) bool { return digitsOf(n) == digitsOf(l.text()) })
	})
}

// scattered tells that single signs, or the sides of boxes, stand in a row, as digits
// in boxes are read.
func (p pass) scattered() bool {
	for _, l := range p.lines {
		if len(boxLike.FindAllString(l.text(), 5)) >= 5 {
			return true
		}
	}
	return false
}

// boxLike is a side of a box, or one or two digits that stand alone.
var boxLike = regexp.MustCompile(`[|\[\]]|(?:^|\s)\d{1,2}(?:$|\s)`)
