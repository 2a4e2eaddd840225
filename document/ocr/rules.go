package ocr

import (
	"image"
)

// Lines drawn on a screen, in pixels. A stroke of a letter is shorter than a rule
// or thicker than two pixels.
const (
	ruleWidth  = 40 // of a horizontal rule, at least
	ruleHeight = 30 // of a vertical rule that stands alone
	sideHeight = 12 // of a vertical rule that ends at a horizontal one: a field's side
	ruleDepth  = 20 // darker than both sides by this much
)

// unruled paints over the thin lines of tables and fields. Their frames make the
// engine take a whole row for a picture or glue a bracket to the number.
func unruled(g *image.Gray) *image.Gray {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	out := image.NewGray(g.Rect)
	copy(out.Pix, g.Pix)
	flat := make([]byte, w*h) // 1 where a horizontal rule runs
	found := false
	for y := range h {
		for x := 0; x < w; {
			n := ruleAlong(g, x, y)
			if n >= ruleWidth {
				found = true
				for i := y*w + x; i < y*w+x+n; i++ {
					flat[i] = 1
					out.Pix[i] = beside(g.Pix, i, y, h, w)
				}
			}
			x += n + 1
		}
	}
	for x := range w {
		for y := 0; y < h; {
			n := 0
			for y+n < h && (thin(g.Pix, (y+n)*w+x, x, w, 1) || flat[(y+n)*w+x] == 1) {
				n++
			}
			if n >= ruleHeight || n >= sideHeight && found && touches(flat, x, y, n, w, h) {
				for i := y*w + x; i < (y+n)*w+x; i += w {
					out.Pix[i] = beside(out.Pix, i, x, w, 1)
				}
			}
			y += n + 1
		}
	}
	return out
}

// ruleAlong is the length of the horizontal rule that begins at x, y. Where the side
// of a box comes down from it, it is not thin, but dark all the same.
func ruleAlong(g *image.Gray, x, y int) int {
	const crossing = 2
	w, h := g.Rect.Dx(), g.Rect.Dy()
	n, thick := 0, 0
	for x+n < w && thick <= crossing {
		i := y*w + x + n
		switch {
		case thin(g.Pix, i, y, h, w):
			thick = 0
		case n > 0 && int(g.Pix[i]) <= int(g.Pix[i-1])+ruleDepth:
			thick++
		default:
			return n - thick
		}
		n++
	}
	return n - thick
}

// thin tells that pixel i, at position at of size along the axis with this step,
// is darker than what lies two before and two behind, or one of each: part of a
// line of at most two pixels.
func thin(pix []uint8, i, at, size, step int) bool {
	if at < 2 || at >= size-2 {
		return false
	}
	p := int(pix[i]) + ruleDepth
	before, behind := max(int(pix[i-step]), int(pix[i-2*step])), max(int(pix[i+step]), int(pix[i+2*step]))
	near := max(int(pix[i-step]), int(pix[i+step])) // at most two pixels thick
	return before > p && behind > p && near > p
}

// beside is the paper next to a rule.
func beside(pix []uint8, i, at, size, step int) uint8 {
	if at < 2 || at >= size-2 {
		return pix[i]
	}
	return max(pix[i-2*step], pix[i+2*step])
}

// touches tells that both ends of a vertical run lie at horizontal rules.
func touches(flat []byte, x, y, n, w, h int) bool {
	near := func(y int) bool {
		for dy := -2; dy <= 2; dy++ {
			for dx := -2; dx <= 2; dx++ {
				if yy, xx := y+dy, x+dx; yy >= 0 && yy < h && xx >= 0 && xx < w && flat[yy*w+xx] == 1 {
					return true
				}
			}
		}
		return false
	}
	return near(y) && near(y+n-1)
}
