// Package spots finds what in a picture looks like letters, and rows of them, before
// anything is read: what has none need not be read, and what has some that no word
// covers was passed over.
package spots

import (
	"cmp"
	"image"
	"slices"
)

// ChainBar is the number of letter-like spots in a row from which on a photograph is
// taken to hold text. Nearly all pictures with a number in them had chains of ten and
// more, those without text fewer than seven.
const ChainBar = 7

// What a spot must be like to count as a letter, in pixels and in shares.
const (
	spotContrast = 14 // from the mean of what is around it, or four times the grain
	spotRadius   = 14 // of what is around it
	spotLow      = 6
	spotHigh     = 90
	spotArea     = 10
)

// run is a stretch of equal ink in one row.
type run struct {
	from, to int // to is behind the last
	kind     uint8
	piece    int32
}

// Spot is a connected piece of ink.
type Spot struct {
	Box  image.Rectangle
	Area int
	into int32 // the spot it was joined to, itself while it is one
	kind uint8 // 1 darker, 2 lighter than what is around
}

// Letters says what of text a picture seems to have.
type Letters struct {
	Longest int // chain of letter-like spots of similar size, side by side or above each other
	Many    int // spots that are the fourth of a chain, or a later one
	Height  int // of the middle one of all in longer chains, in pixels; 0 without any
}

// Text tells that a photograph with such letters holds text: shapes in a landscape make a
// chain of seven now and then, but neither a long one nor several.
func (l Letters) Text() bool {
	const long, many = 10, 12
	return l.Longest >= ChainBar && (l.Longest >= long || l.Many >= many)
}

// LettersOf looks for dark and for light letters. It costs a fiftieth of reading: a
// photograph of a landscape need not be read.
func LettersOf(g *image.Gray) Letters {
	spots := spotsOf(inkAround(g, max(spotContrast, 4*grain(g))), g.Rect.Dx(), g.Rect.Dy())
	across := chain(spots)
	for i := range spots {
		b := spots[i].Box
		spots[i].Box = image.Rect(b.Min.Y, b.Min.X, b.Max.Y, b.Max.X)
	}
	// By many: the pattern of a photographed screen can make one very long chain.
	if down := chain(spots); down.Many > across.Many || down.Many == across.Many && down.Longest > across.Longest {
		return down
	}
	return across
}

// grain is the middle difference of a pixel from the mean of its two neighbours.
func grain(g *image.Gray) int {
	var count [256]int
	n := 0
	for y := 0; y < g.Rect.Dy(); y += 7 {
		row := g.Pix[y*g.Stride:][:g.Rect.Dx()]
		for x := 1; x < len(row)-1; x += 3 {
			count[abs(int(row[x])-(int(row[x-1])+int(row[x+1]))/2)]++
			n++
		}
	}
	for d, sum := 0, 0; d < len(count); d++ {
		if sum += count[d]; sum*2 > n {
			return d
		}
	}
	return 0
}

// inkAround marks what is darker (1) or lighter (2) than the mean around it.
func inkAround(g *image.Gray, contrast int) []uint8 {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	out := make([]uint8, w*h)
	sum := make([]int32, w) // of each column within the radius
	for y := range min(spotRadius, h) {
		for x, p := range g.Pix[y*g.Stride:][:w] {
			sum[x] += int32(p)
		}
	}
	for y := range h {
		slide(sum, g, y)
		rows := min(y+spotRadius, h-1) - max(y-spotRadius, 0) + 1
		inkInRow(g.Pix[y*g.Stride:][:w], out[y*w:][:w], sum, int32(rows), int32(contrast))
	}
	return out
}

// slide moves the columns' sums down to row y.
func slide(sum []int32, g *image.Gray, y int) {
	enters, leaves := y+spotRadius, y-spotRadius-1
	if enters < g.Rect.Dy() {
		for x, p := range g.Pix[enters*g.Stride:][:len(sum)] {
			sum[x] += int32(p)
		}
	}
	if leaves >= 0 {
		for x, p := range g.Pix[leaves*g.Stride:][:len(sum)] {
			sum[x] -= int32(p)
		}
	}
}

// inkInRow marks one row, whose columns hold rows pixels each. The sums are small: 29 by
// 29 pixels of 255.
func inkInRow(row, out []uint8, sum []int32, rows, contrast int32) {
	const window = 2*spotRadius + 1
	w := len(row)
	around := int32(0)
	for x := range min(spotRadius, w) {
		around += sum[x]
	}
	edge := func(from, to int) {
		for x := from; x < to; x++ {
			if x+spotRadius < w {
				around += sum[x+spotRadius]
			}
			if x-spotRadius-1 >= 0 {
				around -= sum[x-spotRadius-1]
			}
			n := rows * int32(min(x+spotRadius, w-1)-max(x-spotRadius, 0)+1)
			out[x] = ink(int32(row[x])*n-around, contrast*n)
		}
	}
	// Away from the edges nothing has to be asked: nearly all pixels are there.
	from, to := min(spotRadius+1, w), max(w-spotRadius, min(spotRadius+1, w))
	edge(0, from)
	n := rows * window
	most := contrast * n
	if from < to {
		enters, leaves := sum[from+spotRadius:], sum[:to-from]
		for i, p := range row[from:to] {
			around += enters[i] - leaves[i]
			out[from+i] = ink(int32(p)*n-around, most)
		}
	}
	edge(to, w)
}

// ink tells how a pixel that differs by so much is marked.
func ink(by, contrast int32) uint8 {
	switch {
	case by < -contrast:
		return 1
	case by > contrast:
		return 2
	}
	return 0
}

// spotsOf keeps of the pieces of ink what has a letter's size.
func spotsOf(ink []uint8, w, h int) []Spot {
	return slices.DeleteFunc(Pieces(ink, w, h), func(s Spot) bool { return !s.like() })
}

// Pieces joins the runs of ink of neighbouring rows.
func Pieces(ink []uint8, w, h int) []Spot {
	var spots []Spot
	find := func(i int32) int32 {
		for spots[i].into != i {
			spots[i].into = spots[spots[i].into].into
			i = spots[i].into
		}
		return i
	}
	var above, row []run
	for y := range h {
		row = row[:0]
		line := ink[y*w:][:w]
		k := 0
		for x := 0; x < w; {
			kind := line[x]
			from := x
			for x < w && line[x] == kind {
				x++
			}
			if kind == 0 {
				continue
			}
			r := run{from, x, kind, int32(len(spots))}
			spots = append(spots, Spot{image.Rect(from, y, x, y+1), x - from, r.piece, kind})
			for k < len(above) && above[k].to <= from {
				k++
			}
			for j := k; j < len(above) && above[j].from < x; j++ {
				if a := find(above[j].piece); above[j].kind == kind && a != find(r.piece) {
					b := find(r.piece)
					spots[a].Box, spots[a].Area = spots[a].Box.Union(spots[b].Box), spots[a].Area+spots[b].Area
					spots[b].into = a
				}
			}
			row = append(row, r)
		}
		above, row = row, above
	}
	whole := spots[:0]
	for i, s := range spots {
		if s.into == int32(i) {
			whole = append(whole, s)
		}
	}
	return whole
}

// like tells that a spot has the size and fill of a letter, upright or lying.
func (s Spot) like() bool {
	w, h := s.Box.Dx(), s.Box.Dy()
	long, short := max(w, h), min(w, h)
	return s.Area >= spotArea && long >= spotLow && long <= spotHigh && short >= 2 && s.Area*6 >= w*h
}

// chain is the longest row of spots of similar height, each close to the one before.
func chain(spots []Spot) (l Letters) {
	const band = 32
	slices.SortFunc(spots, func(a, b Spot) int {
		return cmp.Or(cmp.Compare(a.Box.Min.X, b.Box.Min.X), cmp.Compare(a.Box.Min.Y, b.Box.Min.Y))
	})
	bands := map[int][]int{}
	for i, s := range spots {
		bands[(s.Box.Min.Y+s.Box.Max.Y)/2/band] = append(bands[(s.Box.Min.Y+s.Box.Max.Y)/2/band], i)
	}
	length := make([]int, len(spots))
	var heights []int
	for i, s := range spots {
		length[i] = max(length[i], 1)
		l.Longest = max(l.Longest, length[i])
		if length[i] >= 4 {
			heights = append(heights, s.Box.Dy())
		}
		at := (s.Box.Min.Y + s.Box.Max.Y) / 2 / band
		for b := at - 1; b <= at+1; b++ {
			list := bands[b]
			k, _ := slices.BinarySearch(list, i+1)
			for _, j := range list[k:] {
				if spots[j].Box.Min.X > s.Box.Max.X+s.Box.Dy() {
					break
				}
				if s.beside(spots[j]) {
					length[j] = max(length[j], length[i]+1)
				}
			}
		}
	}
	l.Many = len(heights)
	if slices.Sort(heights); len(heights) > 0 {
		l.Height = heights[len(heights)/2]
	}
	return l
}

// beside tells that t may be the next letter of s's line.
func (s Spot) beside(t Spot) bool {
	a, b := s.Box.Dy(), t.Box.Dy()
	overlap := min(s.Box.Max.Y, t.Box.Max.Y) - max(s.Box.Min.Y, t.Box.Min.Y)
	return t.Box.Min.X >= s.Box.Max.X-1 && max(a, b)*10 <= min(a, b)*17 && overlap*10 >= min(a, b)*6 && a >= spotLow && b >= spotLow
}

func abs(n int) int { return max(n, -n) }
