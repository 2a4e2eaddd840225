package prepare

import (
	"image"
	"math"
	"slices"
)

// Uneven tells a photograph's light: the paper is much darker in one corner than
// in another.
func Uneven(g *image.Gray) bool {
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
			paper = append(paper, Levels(tile, 800)[0])
		}
	}
	slices.Sort(paper)
	return int(paper[len(paper)*9/10])-int(paper[len(paper)/10]) > 35
}

// Dark tells that most of a row is darker than the middle of its brightness.
func Dark(g *image.Gray) bool {
	l := Levels(g, 20, 500, 980)
	return int(l[1])-int(l[0]) < int(l[2])-int(l[1])
}

// Parts cuts what is much longer or wider than a screen, such as a whole web page
// or two screens side by side, so that each part can be enlarged as it needs.
func Parts(g *image.Gray, r image.Rectangle) []image.Rectangle {
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
	return append(Parts(g, a), Parts(g, b)...)
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

// Cut copies a part out of g.
func Cut(g *image.Gray, r image.Rectangle) *image.Gray {
	if r == g.Rect {
		return g
	}
	out := image.NewGray(image.Rect(0, 0, r.Dx(), r.Dy()))
	CopyPart(out, g, r)
	return out
}

// CopyPart copies the part r of g to the corner of to.
func CopyPart(to, g *image.Gray, r image.Rectangle) {
	for y := range r.Dy() {
		copy(to.Pix[y*to.Stride:][:r.Dx()], g.Pix[(r.Min.Y+y)*g.Stride+r.Min.X:])
	}
}

// Steep makes everything black that is a little darker than the paper, so that pale
// letters beside black ones count as letters too.
func Steep(g *image.Gray) *image.Gray {
	const depth, palest = 40, 8
	var count [256]int
	paper := 0
	for _, p := range g.Pix {
		if count[p]++; count[p] > count[paper] {
			paper = int(p)
		}
	}
	var table [256]uint8
	for v := range table {
		table[v] = uint8(max(0, min(255, (v-paper+depth)*255/(depth-palest))))
	}
	out := image.NewGray(g.Rect)
	for i, p := range g.Pix {
		out.Pix[i] = table[p]
	}
	return out
}
