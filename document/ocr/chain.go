package ocr

import (
	"cmp"
	"image"
	"slices"
)

// chainBar is the number of letter-like spots in a row from which on a photograph is
// taken to hold text. Nearly all pictures with a number in them had chains of ten and
// more, those without text fewer than seven.
const chainBar = 7

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
	spot     int32
}

// spot is a connected piece of ink.
type spot struct {
	box  image.Rectangle
	area int
	into int32 // the spot it was joined to, itself while it is one
	kind uint8 // 1 darker, 2 lighter than what is around
}

// letters says what of text a picture seems to have.
type letters struct {
	longest int // chain of letter-like spots of similar size, side by side or above each other
	height  int // of the middle one of all in longer chains, in pixels; 0 without any
}

// lettersOf looks for dark and for light letters. It costs a fiftieth of reading: a
// photograph of a landscape need not be read.
func lettersOf(g *image.Gray) letters {
	spots := spotsOf(inkAround(g, max(spotContrast, 4*grain(g))), g.Rect.Dx(), g.Rect.Dy())
	across := chain(spots)
	for i := range spots {
		b := spots[i].box
		spots[i].box = image.Rect(b.Min.Y, b.Min.X, b.Max.Y, b.Max.X)
	}
	if down := chain(spots); down.longest > across.longest {
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
	sum := make([]int, w)
	add := func(y, sign int) {
		if y < 0 || y >= h {
			return
		}
		for x, p := range g.Pix[y*g.Stride:][:w] {
			sum[x] += sign * int(p)
		}
	}
	for y := range spotRadius {
		add(y, 1)
	}
	for y := range h {
		add(y+spotRadius, 1)
		add(y-spotRadius-1, -1)
		rows := min(y+spotRadius, h-1) - max(y-spotRadius, 0) + 1
		around := 0
		for x := range min(spotRadius, w) {
			around += sum[x]
		}
		for x := range w {
			if x+spotRadius < w {
				around += sum[x+spotRadius]
			}
			if x-spotRadius-1 >= 0 {
				around -= sum[x-spotRadius-1]
			}
			n := rows * (min(x+spotRadius, w-1) - max(x-spotRadius, 0) + 1)
			switch p := int(g.Pix[y*g.Stride+x]) * n; {
			case p < around-contrast*n:
				out[y*w+x] = 1
			case p > around+contrast*n:
				out[y*w+x] = 2
			}
		}
	}
	return out
}

// spotsOf keeps of the pieces of ink what has a letter's size. Pieces that were joined
// to another keep their one row and fall through by their height.
func spotsOf(ink []uint8, w, h int) []spot {
	return slices.DeleteFunc(pieces(ink, w, h), func(s spot) bool { return !s.like() })
}

// pieces joins the runs of ink of neighbouring rows. What was joined to another piece
// stays in the list as the one row that it was.
func pieces(ink []uint8, w, h int) []spot {
	var spots []spot
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
			spots = append(spots, spot{image.Rect(from, y, x, y+1), x - from, r.spot, kind})
			for k < len(above) && above[k].to <= from {
				k++
			}
			for j := k; j < len(above) && above[j].from < x; j++ {
				if a := find(above[j].spot); above[j].kind == kind && a != find(r.spot) {
					b := find(r.spot)
					spots[a].box, spots[a].area = spots[a].box.Union(spots[b].box), spots[a].area+spots[b].area
					spots[b].into = a
				}
			}
			row = append(row, r)
		}
		above, row = row, above
	}
	return spots
}

// like tells that a spot has the size and fill of a letter, upright or lying.
func (s spot) like() bool {
	w, h := s.box.Dx(), s.box.Dy()
	long, short := max(w, h), min(w, h)
	return s.area >= spotArea && long >= spotLow && long <= spotHigh && short >= 2 && s.area*6 >= w*h
}

// chain is the longest row of spots of similar height, each close to the one before.
func chain(spots []spot) (l letters) {
	const band = 32
	slices.SortFunc(spots, func(a, b spot) int {
		return cmp.Or(cmp.Compare(a.box.Min.X, b.box.Min.X), cmp.Compare(a.box.Min.Y, b.box.Min.Y))
	})
	bands := map[int][]int{}
	for i, s := range spots {
		bands[(s.box.Min.Y+s.box.Max.Y)/2/band] = append(bands[(s.box.Min.Y+s.box.Max.Y)/2/band], i)
	}
	length := make([]int, len(spots))
	var heights []int
	for i, s := range spots {
		length[i] = max(length[i], 1)
		l.longest = max(l.longest, length[i])
		if length[i] >= 4 {
			heights = append(heights, s.box.Dy())
		}
		at := (s.box.Min.Y + s.box.Max.Y) / 2 / band
		for b := at - 1; b <= at+1; b++ {
			list := bands[b]
			k, _ := slices.BinarySearch(list, i+1)
			for _, j := range list[k:] {
				if spots[j].box.Min.X > s.box.Max.X+s.box.Dy() {
					break
				}
				if s.beside(spots[j]) {
					length[j] = max(length[j], length[i]+1)
				}
			}
		}
	}
	if slices.Sort(heights); len(heights) > 0 {
		l.height = heights[len(heights)/2]
	}
	return l
}

// beside tells that t may be the next letter of s's line.
func (s spot) beside(t spot) bool {
	a, b := s.box.Dy(), t.box.Dy()
	overlap := min(s.box.Max.Y, t.box.Max.Y) - max(s.box.Min.Y, t.box.Min.Y)
	return t.box.Min.X >= s.box.Max.X-1 && max(a, b)*10 <= min(a, b)*17 && overlap*10 >= min(a, b)*6 && a >= spotLow && b >= spotLow
}
