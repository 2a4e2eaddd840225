package prepare

import (
	"image"
)

// Lines drawn on a screen, in pixels. A stroke of a letter is shorter than a rule,
// or thicker for its length.
const (
	ruleWidth  = 40 // of a horizontal rule, at least
	ruleHeight = 30 // of a vertical rule that stands alone
	sideHeight = 12 // of a vertical rule that ends at a horizontal one: a field's side
	ruleDepth  = 20 // darker than both sides by this much
	ruleThick  = 5  // at most, the blurred edges of an enlarged screen counted in
	ruleShape  = 14 // times longer than thick, at least
	corner     = 5  // how far from a rule its side may end, as a round corner does
)

// Unruled paints over the lines of tables and fields. Their frames make the engine
// take a whole row for a picture or glue a bracket to the number.
func Unruled(g *image.Gray) *image.Gray {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	out := image.NewGray(g.Rect)
	copy(out.Pix, g.Pix)
	flat := make([]byte, w*h) // 1 where a horizontal rule runs
	found := false
	for y := 1; y < h-1; y++ {
		for x := 0; x < w; {
			n, thick := ruleAlong(g, x, y)
			if n >= ruleWidth && n*n >= ruleShape*thick {
				found = true
				for i := y*w + x; i < y*w+x+n; i++ {
					flat[i] = 1
					out.Pix[i] = beside(g.Pix, i, y, h, w)
				}
			}
			x += n + 1
		}
	}
	for x := 1; x < w-1; x++ {
		for y := 0; y < h; {
			n, thick := 0, 0
			for ; y+n < h; n++ {
				i := (y+n)*w + x
				if flat[i] == 1 {
					continue
				}
				t := thickness(g.Pix, i, x, w, 1)
				if t == 0 {
					break
				}
				thick += t
			}
			if n >= sideHeight && (n >= ruleHeight && n*n >= ruleShape*thick || found && touches(flat, x, y, n, w, h)) {
				for i := y*w + x; i < (y+n)*w+x; i += w {
					out.Pix[i] = beside(out.Pix, i, x, w, 1)
				}
				corners(g, out, x, y, n)
			}
			y += n + 1
		}
	}
	return out
}

// corners paints on beyond both ends of a vertical rule where it is as dark as before:
// what stands in a corner has paper on two sides only, and a dot left there is read as
// the bracket that its box looked like.
func corners(g, out *image.Gray, x, y, n int) {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	for _, end := range [2][2]int{{y, -1}, {y + n - 1, 1}} {
		at := end[0]*w + x
		for d := 1; d <= ruleThick; d++ {
			if yy := end[0] + d*end[1]; yy < 0 || yy >= h || int(g.Pix[yy*w+x]) > int(g.Pix[at])+ruleDepth {
				break
			}
			out.Pix[at+d*end[1]*w] = max(out.Pix[at+d*end[1]*w], out.Pix[at])
		}
	}
}

// ruleAlong is the length of the horizontal rule that begins at x, y, and the sum of
// its thickness over its length. Where the side of a box comes down from it, it is
// not thin, but dark all the same.
func ruleAlong(g *image.Gray, x, y int) (n, thick int) {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	wide := 0
	for x+n < w && wide <= ruleThick {
		i := y*w + x + n
		t := thickness(g.Pix, i, y, h, w)
		switch {
		case t > 0:
			wide, thick = 0, thick+t
		case n > 0 && int(g.Pix[i]) <= int(g.Pix[i-1])+ruleDepth:
			wide++
		default:
			return n - wide, thick
		}
		n++
	}
	return n - wide, thick
}

// thickness is how thick a line is that pixel i, at position at of size along the axis
// with this step, is part of: what is darker than both its sides. 0 is none.
func thickness(pix []uint8, i, at, size, step int) int {
	a := rise(pix, i, at, -step)
	if a == 0 {
		return 0
	}
	b := rise(pix, i, size-1-at, step)
	if b == 0 || a+b-1 > ruleThick {
		return 0
	}
	return a + b - 1
}

// rise is how many steps away a clearly lighter pixel lies, of which there are room.
// It has to go on from there: a letter's edge beside the rule is no paper.
func rise(pix []uint8, i, room, step int) int {
	p := int(pix[i]) + ruleDepth
	for d := 1; d <= min(ruleThick, room); d++ {
		if int(pix[i+d*step]) > p {
			return d
		}
	}
	return 0
}

// beside is the paper next to a rule, beyond its blurred edge.
func beside(pix []uint8, i, at, size, step int) uint8 {
	paper := pix[i]
	for _, side := range [2][2]int{{-step, at}, {step, size - 1 - at}} {
		d := rise(pix, i, side[1], side[0])
		if d == 0 {
			continue
		}
		for _, k := range [2]int{d, min(d+1, side[1])} {
			paper = max(paper, pix[i+k*side[0]])
		}
	}
	return paper
}

// touches tells that both ends of a vertical run lie at horizontal rules.
func touches(flat []byte, x, y, n, w, h int) bool {
	near := func(y int) bool {
		for dy := -corner; dy <= corner; dy++ {
			for dx := -corner; dx <= corner; dx++ {
				if yy, xx := y+dy, x+dx; yy >= 0 && yy < h && xx >= 0 && xx < w && flat[yy*w+xx] == 1 {
					return true
				}
			}
		}
		return false
	}
	return near(y) && near(y+n-1)
}
