// Package prepare makes pictures ready for reading: grey, upright, evenly lit, of a
// good size, without rules and dark areas. What it changes it can undo: Shape brings
// boxes back to the picture that came in.
package prepare

import (
	"image"
	"image/color"
	"image/draw"
	"slices"
)

// Gray flattens a picture on white, or on black where what is drawn on nothing is
// nearly white, and drops its colours. The result starts at 0, 0 and has no gap
// between its rows.
func Gray(img image.Image) *image.Gray {
	b := img.Bounds()
	if pale(img) {
		black := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
		draw.Draw(black, black.Rect, image.Black, image.Point{}, draw.Src)
		draw.Draw(black, black.Rect, img, b.Min, draw.Over)
		img, b = black, black.Rect
	}
	w, h := b.Dx(), b.Dy()
	g := image.NewGray(image.Rect(0, 0, w, h))
	switch src := img.(type) {
	case *image.Gray:
		for y := range h {
			copy(g.Pix[y*w:][:w], src.Pix[src.PixOffset(b.Min.X, b.Min.Y+y):])
		}
	case *image.YCbCr:
		for y := range h {
			copy(g.Pix[y*w:][:w], src.Y[src.YOffset(b.Min.X, b.Min.Y+y):])
		}
	case *image.Paletted:
		var table [256]uint8
		for i, c := range src.Palette {
			if i < len(table) {
				table[i] = lightness(c)
			}
		}
		for y := range h {
			row := src.Pix[src.PixOffset(b.Min.X, b.Min.Y+y):]
			for x := range w {
				g.Pix[y*w+x] = table[row[x]]
			}
		}
	case *image.RGBA: // alpha multiplied in
		for y := range h {
			row := src.Pix[src.PixOffset(b.Min.X, b.Min.Y+y):]
			for x := range w {
				p := row[4*x:][:4]
				l := luma(uint32(p[0]), uint32(p[1]), uint32(p[2])) + 255 - uint32(p[3])
				g.Pix[y*w+x] = uint8(min(l, 255))
			}
		}
	case *image.NRGBA:
		for y := range h {
			row := src.Pix[src.PixOffset(b.Min.X, b.Min.Y+y):]
			for x := range w {
				p := row[4*x:][:4]
				a := uint32(p[3])
				g.Pix[y*w+x] = uint8((luma(uint32(p[0]), uint32(p[1]), uint32(p[2]))*a + 255*(255-a)) / 255)
			}
		}
	default:
		for y := range h {
			for x := range w {
				g.Pix[y*w+x] = lightness(img.At(b.Min.X+x, b.Min.Y+y))
			}
		}
	}
	return g
}

// palest is how bright what is drawn on nothing may be, in the mean of 255, for white
// paper to show it.
const palest = 200

// pale tells that a good part of a picture is transparent and that the rest would be
// lost on white: a text cut out of a dark window.
func pale(img image.Image) bool {
	if o, ok := img.(interface{ Opaque() bool }); !ok || o.Opaque() {
		return false
	}
	b := img.Bounds()
	var bright, solid, seen uint64
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X + y%2; x < b.Max.X; x += 2 {
			r, g, b, a := img.At(x, y).RGBA()
			bright, solid, seen = bright+uint64(luma(r, g, b)), solid+uint64(a), seen+1
		}
	}
	return solid > 0 && solid*2 < seen*0xffff && bright*255 > solid*palest
}

func luma(r, g, b uint32) uint32 { return (299*r + 587*g + 114*b) / 1000 }

func lightness(c color.Color) uint8 {
	r, g, b, a := c.RGBA()
	return uint8(min((luma(r, g, b)+0xffff-a)>>8, 255))
}

// Levels are the brightness below which so many of a thousand pixels lie.
func Levels(g *image.Gray, perMille ...int) []uint8 {
	var count [256]int
	for _, p := range g.Pix {
		count[p]++
	}
	out := make([]uint8, len(perMille))
	for i, pm := range perMille {
		want, sum := len(g.Pix)*pm/1000, 0
		for v, n := range count {
			if sum += n; sum > want {
				out[i] = uint8(v)
				break
			}
		}
	}
	return out
}

// Invert makes dark light and light dark, in place.
func Invert(g *image.Gray) {
	for i, p := range g.Pix {
		g.Pix[i] = 255 - p
	}
}

// Stretch spreads what lies between ink and paper over the whole scale, when it
// uses less than most of it. paper is the median: pages are mostly background.
func Stretch(g *image.Gray) {
	Spread(g, Levels(g, 5, 500))
}

// Spread makes the first of two levels black and the second white, unless they are
// nearly that or nearly the same.
func Spread(g *image.Gray, l []uint8) {
	ink, paper := int(l[0]), int(l[1])
	if paper-ink < 12 || paper-ink > 190 {
		return
	}
	var table [256]uint8
	for v := range table {
		table[v] = uint8(max(0, min(255, (v-ink)*255/(paper-ink))))
	}
	for i, p := range g.Pix {
		g.Pix[i] = table[p]
	}
}

// flatRun is how many equal pixels in a row are background, or a rule, and no stroke
// of a letter.
const flatRun = 14

// Folded draws dark on white what differs from the colour it stands on, row of pixels
// by row: in a table with rows of many colours each of them has its own dark and
// light, and one threshold for all loses some. colourful tells that a good part of the
// picture stands on another brightness than the most of it, so that this is worth a
// second look.
func Folded(g *image.Gray) (out *image.Gray, colourful bool) {
	const same, apart = 4, 40
	w, h := g.Rect.Dx(), g.Rect.Dy()
	out = image.NewGray(g.Rect)
	var count [256]int
	for y := range h {
		row, to := g.Pix[y*g.Stride:][:w], out.Pix[y*out.Stride:][:w]
		under := -1
		for x := 0; x < w; {
			n := 1
			for x+n < w && abs(int(row[x+n])-int(row[x])) <= same {
				n++
			}
			if n >= flatRun || under < 0 {
				under = int(row[x])
				count[under] += n
			}
			for i := x; i < x+n; i++ {
				to[i] = uint8(max(0, 255-2*abs(int(row[i])-under)))
			}
			x += n
		}
	}
	most, all, other := 0, 0, 0
	for v, n := range count {
		if all += n; n > count[most] {
			most = v
		}
	}
	for v, n := range count {
		if abs(v-most) > apart {
			other += n
		}
	}
	return out, other*8 > all
}

// Speckled tells grain from text: the share of pixels that differ from all four
// neighbours in the same direction. In clean text it is below one in a hundred,
// and a page full of grain costs tesseract ten seconds instead of one.
func Speckled(g *image.Gray) bool {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	if w < 3 || h < 3 {
		return false
	}
	const jump = 12
	lone, seen := 0, 0
	for y := 1; y < h-1; y += 3 {
		for x := 1; x < w-1; x += 2 {
			i := y*w + x
			p := int(g.Pix[i])
			hi := max(g.Pix[i-1], g.Pix[i+1], g.Pix[i-w], g.Pix[i+w])
			lo := min(g.Pix[i-1], g.Pix[i+1], g.Pix[i-w], g.Pix[i+w])
			seen++
			if p < int(lo)-jump || p > int(hi)+jump {
				lone++
			}
		}
	}
	return lone*100 > seen*2
}

// Median replaces each pixel by the middle one of its nine.
func Median(g *image.Gray) *image.Gray {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	out := image.NewGray(g.Rect)
	copy(out.Pix, g.Pix)
	var nine [9]uint8
	for y := 1; y < h-1; y++ {
		for x := 1; x < w-1; x++ {
			i := y*w + x
			copy(nine[0:3], g.Pix[i-w-1:i-w+2])
			copy(nine[3:6], g.Pix[i-1:i+2])
			copy(nine[6:9], g.Pix[i+w-1:i+w+2])
			slices.Sort(nine[:])
			out.Pix[i] = nine[4]
		}
	}
	return out
}

// Sauvola makes ink black and paper white by the mean and spread around each
// pixel, which bears uneven light. Source: Sauvola and Pietikäinen 2000, k 0.2.
func Sauvola(g *image.Gray, radius int) *image.Gray {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	out := image.NewGray(g.Rect)
	// Column sums of the window's rows slide down, a window over them slides right.
	sum, square := make([]int64, w), make([]int64, w)
	add := func(y int, sign int64) {
		if y < 0 || y >= h {
			return
		}
		for x, p := range g.Pix[y*w : (y+1)*w] {
			v := int64(p)
			sum[x] += sign * v
			square[x] += sign * v * v
		}
	}
	for y := range radius {
		add(y, 1)
	}
	for y := range h {
		add(y+radius, 1)
		add(y-radius-1, -1)
		rows := int64(min(y+radius, h-1) - max(y-radius, 0) + 1)
		var s, q int64
		for x := range min(radius, w) {
			s, q = s+sum[x], q+square[x]
		}
		for x := range w {
			if x+radius < w {
				s, q = s+sum[x+radius], q+square[x+radius]
			}
			if x-radius-1 >= 0 {
				s, q = s-sum[x-radius-1], q-square[x-radius-1]
			}
			n := rows * int64(min(x+radius, w-1)-max(x-radius, 0)+1)
			mean := float64(s) / float64(n)
			spread := sqrt(float64(q)/float64(n) - mean*mean)
			if float64(g.Pix[y*w+x]) > mean*(1+0.2*(spread/128-1)) {
				out.Pix[y*w+x] = 255
			}
		}
	}
	return out
}

func abs(n int) int { return max(n, -n) }
