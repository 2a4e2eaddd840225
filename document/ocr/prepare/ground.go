package prepare

import (
	"image"
	"slices"

	"brevvagt/document/ocr/spots"
)

// A dark area that text stands on, in pixels.
const (
	darkBelow  = 150
	areaWidth  = 40
	areaHeight = 9
)

// Evened draws dark areas white and what stands on them dark, each by its own
// brightness: a selected row of a list is white on blue while the rest is black on
// white, and the engine reads only one of both.
func Evened(g *image.Gray) *image.Gray {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	ink := make([]uint8, w*h)
	for i, p := range g.Pix {
		if p < darkBelow {
			ink[i] = 1
		}
	}
	out := g
	for _, a := range spots.Pieces(ink, w, h) {
		b := a.Box
		if b.Dx() < areaWidth || b.Dy() < areaHeight || a.Area*2 < b.Dx()*b.Dy() {
			continue
		}
		if out == g {
			out = image.NewGray(g.Rect)
			copy(out.Pix, g.Pix)
		}
		area := Cut(g, b)
		ground := int(Levels(area, 500)[0])
		diff := image.NewGray(image.Rect(0, 0, b.Dx(), b.Dy()))
		for y := range b.Dy() { // line by line: rows of several colours may touch
			line := image.Gray{Pix: area.Pix[y*area.Stride:][:b.Dx()], Stride: b.Dx(), Rect: image.Rect(0, 0, b.Dx(), 1)}
			under := ground
			if own := int(Levels(&line, 350)[0]); own < darkBelow && abs(own-ground) > 12 {
				under = own
			}
			for x, p := range line.Pix {
				diff.Pix[y*diff.Stride+x] = uint8(abs(int(p) - under))
			}
		}
		ink := max(leastInk, int(Levels(diff, 985)[0]))
		for y := range b.Dy() {
			row := out.Pix[(b.Min.Y+y)*w+b.Min.X:][:b.Dx()]
			for x := range row {
				row[x] = uint8(max(0, 255-int(diff.Pix[y*diff.Stride+x])*255/ink))
			}
		}
	}
	return out
}

// Grounds that text stands on beside the paper's.
const (
	apartFrom  = 20  // darker than the paper by this much
	alikeBy    = 6   // brightness by which one ground may differ in itself
	leastShare = 200 // of the picture's pixels that are a ground, one in
	mostLevels = 12  // grounds of one picture
)

// Whitened draws areas of one brightness that text stands on white, and the text dark: the
// grey head of a table beside white rows is lost by the one threshold that the engine has
// for both, and rows of many colours are read as if they were none.
func Whitened(g *image.Gray) *image.Gray {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	type area struct {
		box    image.Rectangle
		ground int
	}
	var areas []area
	mask := make([]uint8, w*h)
	for _, v := range grounds(g) {
		for i, p := range g.Pix {
			mask[i] = 0
			if abs(int(p)-v) <= alikeBy {
				mask[i] = 1
			}
		}
		for _, a := range spots.Pieces(mask, w, h) {
			if b := a.Box; b.Dx() >= areaWidth && b.Dy() >= areaHeight && a.Area*2 >= b.Dx()*b.Dy() {
				areas = append(areas, area{b, v})
			}
		}
	}
	if len(areas) == 0 {
		return g
	}
	out := image.NewGray(g.Rect)
	copy(out.Pix, g.Pix)
	// What lies within another area is drawn after it.
	slices.SortStableFunc(areas, func(a, b area) int { return b.box.Dx()*b.box.Dy() - a.box.Dx()*a.box.Dy() })
	for _, a := range areas {
		whiten(out, g, a.box, a.ground)
	}
	return out
}

// grounds are the brightnesses in which a good part of a picture is flat, but for the
// palest, which is paper.
func grounds(g *image.Gray) []int {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	var count [256]int
	for y := range h {
		row := g.Pix[y*g.Stride:][:w]
		for x := 0; x < w; {
			n := 1
			for x+n < w && abs(int(row[x+n])-int(row[x])) <= alikeBy {
				n++
			}
			if n >= flatRun {
				count[row[x]] += n
			}
			x += n
		}
	}
	var out []int
	for len(out) < mostLevels {
		best, sum := 0, 0
		for v, n := range count {
			if n > count[best] {
				best = v
			}
		}
		for v := max(0, best-alikeBy); v <= min(255, best+alikeBy); v++ {
			sum += count[v]
			count[v] = 0
		}
		if sum*leastShare < w*h || sum == 0 {
			break
		}
		out = append(out, best)
	}
	paper := 0
	for _, v := range out {
		paper = max(paper, v)
	}
	return slices.DeleteFunc(out, func(v int) bool { return v > paper-apartFrom })
}

// whiten draws what stands on an area of this brightness dark on white: what is darker,
// or what is lighter where that is more.
func whiten(out, g *image.Gray, b image.Rectangle, ground int) {
	darker, lighter := 0, 0
	var count [256]int
	each := func(do func(i, by int)) {
		for y := b.Min.Y; y < b.Max.Y; y++ {
			for i := y*g.Stride + b.Min.X; i < y*g.Stride+b.Max.X; i++ {
				do(i, int(g.Pix[i])-ground)
			}
		}
	}
	each(func(_, by int) {
		switch {
		case by > leastInk:
			lighter++
		case by < -leastInk:
			darker++
		}
	})
	sign := 1
	if darker >= lighter {
		sign = -1
	}
	each(func(_, by int) { count[max(0, sign*by)]++ })
	ink, sum := 0, 0
	for v, n := range count {
		if sum += n; sum*1000 >= b.Dx()*b.Dy()*985 {
			ink = v
			break
		}
	}
	ink = max(leastInk, ink)
	each(func(i, by int) { out.Pix[i] = uint8(max(0, 255-max(0, sign*by)*255/ink)) })
}

// leastInk is by how much what stands on a ground differs from it, at least.
const leastInk = 30
