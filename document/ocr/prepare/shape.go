package prepare

import (
	"image"
	"math"

	"brevvagt/document"
)

func sqrt(f float64) float64 { return math.Sqrt(max(f, 0)) }

// Scaled resizes with the Catmull-Rom curve, which kept more small digits than
// bilinear (40 of 40 against 30 of 40 on shots that had been made smaller).
func Scaled(g *image.Gray, w, h int) *image.Gray {
	if w == g.Rect.Dx() && h == g.Rect.Dy() {
		return g
	}
	if h < g.Rect.Dy() { // the rest then has fewer rows
		return scaledAcross(scaledDown(g, h), w)
	}
	return scaledDown(scaledAcross(g, w), h)
}

// Halved is g at half its width and height, each pixel the mean of four.
func Halved(g *image.Gray) *image.Gray {
	w, h := g.Rect.Dx()/2, g.Rect.Dy()/2
	out := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		a, b := g.Pix[2*y*g.Stride:][:2*w], g.Pix[(2*y+1)*g.Stride:][:2*w]
		row := out.Pix[y*w:][:w]
		for x := range row {
			row[x] = uint8((int(a[2*x]) + int(a[2*x+1]) + int(b[2*x]) + int(b[2*x+1]) + 2) / 4)
		}
	}
	return out
}

// scaledAcross resizes the width.
func scaledAcross(g *image.Gray, w int) *image.Gray {
	sw, sh := g.Rect.Dx(), g.Rect.Dy()
	out := image.NewGray(image.Rect(0, 0, w, sh))
	k := kernelOf(sw, w)
	for y := range sh {
		row, to := g.Pix[y*g.Stride:][:sw], out.Pix[y*w:][:w]
		for x := range to {
			sum := int32(half)
			weights := k.weights[x*k.taps:][:k.taps]
			for i, p := range row[k.starts[x]:][:len(weights)] {
				sum += int32(p) * weights[i]
			}
			to[x] = fromFixed(sum)
		}
	}
	return out
}

// scaledDown resizes the height: each row of the result is a sum of whole rows, so that
// memory is read in its order.
func scaledDown(g *image.Gray, h int) *image.Gray {
	w, sh := g.Rect.Dx(), g.Rect.Dy()
	out := image.NewGray(image.Rect(0, 0, w, h))
	k := kernelOf(sh, h)
	sums := make([]int32, w)
	for y := range h {
		for x := range sums {
			sums[x] = half
		}
		weights := k.weights[y*k.taps:][:k.taps]
		for i := 0; i < len(weights); i += 4 {
			at := (k.starts[y] + i) * g.Stride
			addRows(sums, g.Pix[at:], g.Stride, weights[i:])
		}
		to := out.Pix[y*w:][:w]
		for x, sum := range sums {
			to[x] = fromFixed(sum)
		}
	}
	return out
}

// addRows adds up to four rows to sums, each with its weight.
func addRows(sums []int32, pix []uint8, stride int, weights []int32) {
	w := len(sums)
	if len(weights) < 4 {
		for i, k := range weights {
			for x, p := range pix[i*stride:][:w] {
				sums[x] += int32(p) * k
			}
		}
		return
	}
	a, b, c, d := pix[:w], pix[stride:][:w], pix[2*stride:][:w], pix[3*stride:][:w]
	ka, kb, kc, kd := weights[0], weights[1], weights[2], weights[3]
	for x := range sums {
		sums[x] += int32(a[x])*ka + int32(b[x])*kb + int32(c[x])*kc + int32(d[x])*kd
	}
}

// Weights are whole numbers, in 1/16384.
const (
	fixedBits = 14
	half      = 1 << (fixedBits - 1)
)

func fromFixed(sum int32) uint8 { return uint8(max(0, min(255, sum>>fixedBits))) }

// kernel gives for each target pixel the first source pixel and the weights of that and
// the next ones, which add up to one.
type kernel struct {
	starts  []int
	weights []int32 // taps for each
	taps    int
}

func kernelOf(from, to int) kernel {
	ratio := float64(from) / float64(to)
	width := max(1, ratio)
	k := kernel{taps: min(from, int(math.Ceil(4*width))+1)}
	k.starts, k.weights = make([]int, to), make([]int32, to*k.taps)
	raw := make([]float64, k.taps)
	for x := range to {
		centre := (float64(x)+0.5)*ratio - 0.5
		start := max(0, min(from-k.taps, int(math.Ceil(centre-2*width))))
		total := 0.0
		for i := range raw {
			raw[i] = catmullRom(math.Abs(float64(start+i)-centre) / width)
			total += raw[i]
		}
		k.starts[x] = start
		for i, v := range raw {
			k.weights[x*k.taps+i] = int32(math.Round(v / total * (1 << fixedBits)))
		}
	}
	return k
}

func catmullRom(t float64) float64 {
	switch {
	case t < 1:
		return (1.5*t-2.5)*t*t + 1
	case t < 2:
		return ((-0.5*t+2.5)*t-4)*t + 2
	}
	return 0
}

// Shape remembers what was done to a picture before recognition, to bring boxes
// back: first scaled by SX and SY, then turned by Angle within a larger canvas,
// then given a border. Origin is set where only a part of the picture was read.
type Shape struct {
	SX, SY float64
	Angle  float64 // radians
	W, H   int     // after scaling
	Border int
	Origin image.Point     // of the part that was read, on the original
	Limit  image.Rectangle // the original
	cw, ch int             // canvas after turning
}

// Back gives the box on the original picture that holds r.
func (s Shape) Back(r image.Rectangle) document.Box {
	minX, minY, maxX, maxY := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, p := range [4]image.Point{{r.Min.X, r.Min.Y}, {r.Max.X, r.Min.Y}, {r.Min.X, r.Max.Y}, {r.Max.X, r.Max.Y}} {
		x, y := float64(p.X-s.Border), float64(p.Y-s.Border)
		if s.Angle != 0 {
			x, y = s.unturn(x, y)
		}
		x, y = x/s.SX+float64(s.Origin.X), y/s.SY+float64(s.Origin.Y)
		minX, minY, maxX, maxY = min(minX, x), min(minY, y), max(maxX, x), max(maxY, y)
	}
	out := image.Rect(int(math.Floor(minX)), int(math.Floor(minY)), int(math.Ceil(maxX)), int(math.Ceil(maxY))).Intersect(s.Limit)
	return document.Box{out.Min.X, out.Min.Y, out.Dx(), out.Dy()}
}

// Fore is the other way round: the box on the prepared picture that holds b of the original.
func (s Shape) Fore(b document.Box) image.Rectangle {
	minX, minY, maxX, maxY := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	sin, cos := math.Sincos(s.Angle)
	for _, p := range [4]image.Point{{b[0], b[1]}, {b[0] + b[2], b[1]}, {b[0], b[1] + b[3]}, {b[0] + b[2], b[1] + b[3]}} {
		x, y := float64(p.X-s.Origin.X)*s.SX, float64(p.Y-s.Origin.Y)*s.SY
		if s.Angle != 0 {
			x, y = x-float64(s.W)/2, y-float64(s.H)/2
			x, y = x*cos+y*sin+float64(s.cw)/2, y*cos-x*sin+float64(s.ch)/2
		}
		minX, minY, maxX, maxY = min(minX, x), min(minY, y), max(maxX, x), max(maxY, y)
	}
	return image.Rect(int(math.Floor(minX)), int(math.Floor(minY)), int(math.Ceil(maxX)), int(math.Ceil(maxY))).Add(image.Pt(s.Border, s.Border))
}

// unturn gives the point of the scaled picture that was turned to x, y.
func (s Shape) unturn(x, y float64) (float64, float64) {
	sin, cos := math.Sincos(s.Angle)
	x, y = x-float64(s.cw)/2, y-float64(s.ch)/2
	return x*cos - y*sin + float64(s.W)/2, x*sin + y*cos + float64(s.H)/2
}

// Turn turns g by s.Angle on a canvas that holds all of it, paper around.
func (s *Shape) Turn(g *image.Gray) *image.Gray {
	sin, cos := math.Sincos(s.Angle)
	w, h := float64(s.W), float64(s.H)
	s.cw = int(math.Ceil(w*math.Abs(cos) + h*math.Abs(sin)))
	s.ch = int(math.Ceil(w*math.Abs(sin) + h*math.Abs(cos)))
	out := image.NewGray(image.Rect(0, 0, s.cw, s.ch))
	paper := Levels(g, 500)[0]
	for y := range s.ch {
		fx, fy := s.unturn(0.5, float64(y)+0.5)
		fx, fy = fx-0.5, fy-0.5
		row := out.Pix[y*s.cw:][:s.cw]
		for x := range row {
			row[x] = between(g, fx, fy, paper)
			fx, fy = fx+cos, fy+sin
		}
	}
	return out
}

// between samples g between its pixels.
func between(g *image.Gray, fx, fy float64, paper uint8) uint8 {
	x, y := int(math.Floor(fx)), int(math.Floor(fy))
	w, h := g.Rect.Dx(), g.Rect.Dy()
	if x < 0 || y < 0 || x+1 >= w || y+1 >= h {
		return paper
	}
	dx, dy := int(256*(fx-float64(x))), int(256*(fy-float64(y)))
	i := y*w + x
	top := int(g.Pix[i])*(256-dx) + int(g.Pix[i+1])*dx
	bottom := int(g.Pix[i+w])*(256-dx) + int(g.Pix[i+w+1])*dx
	return uint8((top*(256-dy) + bottom*dy) >> 16)
}

// Framed puts paper around g: tesseract loses letters that touch the edge.
func (s *Shape) Framed(g *image.Gray, border int) *image.Gray {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	s.Border = border
	out := image.NewGray(image.Rect(0, 0, w+2*border, h+2*border))
	paper := Levels(g, 500)[0]
	for i := range out.Pix {
		out.Pix[i] = paper
	}
	for y := range h {
		copy(out.Pix[(y+border)*out.Stride+border:], g.Pix[y*w:][:w])
	}
	return out
}

// Skew finds by how much lines of text lean, in radians, at most 8 degrees; a page
// that lies on its side is measured along its own lines. The right angle is the
// one at which dark pixels fall into the sharpest rows.
func Skew(g *image.Gray) float64 { return skew(g, 8) }

// Lean is Skew for a page that lies askew on the glass, up to 45 degrees.
func Lean(g *image.Gray) float64 { return skew(g, 45) }

func skew(g *image.Gray, most float64) float64 {
	const side = 800
	w, h := g.Rect.Dx(), g.Rect.Dy()
	f := min(1, float64(side)/float64(max(w, h)))
	s := Scaled(g, max(1, int(float64(w)*f)), max(1, int(float64(h)*f)))
	l := Levels(s, 10, 500)
	limit := uint8((int(l[0]) + 2*int(l[1])) / 3)
	var points []image.Point
	for y := range s.Rect.Dy() {
		for x, p := range s.Pix[y*s.Stride:][:s.Rect.Dx()] {
			if p < limit {
				points = append(points, image.Pt(x, y))
			}
		}
	}
	if len(points) < 200 || len(points) > s.Rect.Dx()*s.Rect.Dy()/3 {
		return 0
	}
	angle, score := bestAngle(points, most)
	for i, p := range points {
		points[i] = image.Pt(p.Y, -p.X)
	}
	if side, sideScore := bestAngle(points, most); sideScore > score*1.1 {
		return side
	}
	return angle
}

func bestAngle(points []image.Point, most float64) (angle, score float64) {
	flat := sharpness(points, 0)
	score = flat
	try := func(degrees float64) {
		a := degrees * math.Pi / 180
		if s := sharpness(points, a); s > score {
			angle, score = a, s
		}
	}
	for d := -most; d <= most; d += 0.5 {
		try(d)
	}
	rough := angle * 180 / math.Pi
	for d := rough - 0.4; d <= rough+0.41; d += 0.1 {
		try(d)
	}
	if score < flat*1.05 { // not worth a second sampling
		return 0, score
	}
	return angle, score
}

func sharpness(points []image.Point, angle float64) float64 {
	tan := math.Tan(angle)
	const size = 4096
	var rows [size]int32
	for _, p := range points {
		y := int(float64(p.Y)-float64(p.X)*tan) + size/2
		if y >= 0 && y < size {
			rows[y]++
		}
	}
	sum := 0.0
	for i := 1; i < size; i++ {
		d := float64(rows[i] - rows[i-1])
		sum += d * d
	}
	return sum
}

// On gives the box that r, a box of the prepared picture, has on the part of the original
// that was prepared.
func (s Shape) On(r image.Rectangle) image.Rectangle {
	b := s.Back(r)
	return image.Rect(b[0], b[1], b[0]+b[2], b[1]+b[3]).Sub(s.Origin)
}
