package ocr

import (
	"cmp"
	"context"
	"image"
	"slices"
	"strings"
)

// lettersIn finds the letter-like spots of g, from left to right.
func lettersIn(g *image.Gray) []spot {
	spots := spotsOf(inkAround(g, max(spotContrast, 4*grain(g))), g.Rect.Dx(), g.Rect.Dy())
	slices.SortFunc(spots, func(a, b spot) int {
		return cmp.Or(cmp.Compare(a.box.Min.X, b.box.Min.X), cmp.Compare(a.box.Min.Y, b.box.Min.Y))
	})
	return spots
}

// rowBox is a row of letter-like spots beside each other.
type rowBox struct {
	box     image.Rectangle
	letters int
	light   bool  // on dark
	spots   []int // from left to right
}

// rowsOf joins spots to rows where the next one is not further away than reach times
// the height.
func rowsOf(spots []spot, reach int) []rowBox {
	const band = 32
	into := make([]int, len(spots))
	bands := map[int][]int{}
	for i, s := range spots {
		into[i] = i
		at := (s.box.Min.Y + s.box.Max.Y) / 2 / band
		bands[at] = append(bands[at], i)
	}
	find := func(i int) int {
		for into[i] != i {
			into[i] = into[into[i]]
			i = into[i]
		}
		return i
	}
	for i, s := range spots {
		at := (s.box.Min.Y + s.box.Max.Y) / 2 / band
		for b := at - 1; b <= at+1; b++ {
			k, _ := slices.BinarySearch(bands[b], i+1)
			for _, j := range bands[b][k:] {
				if spots[j].box.Min.X > s.box.Max.X+reach*s.box.Dy() {
					break
				}
				if s.kind == spots[j].kind && s.beside(spots[j]) {
					into[find(j)] = find(i)
				}
			}
		}
	}
	rows := map[int]int{}
	var out []rowBox
	for i, s := range spots {
		at, ok := rows[find(i)]
		if !ok {
			at = len(out)
			rows[find(i)] = at
			out = append(out, rowBox{light: s.kind == 2})
		}
		r := &out[at]
		r.box, r.letters, r.spots = r.box.Union(s.box), r.letters+1, append(r.spots, i)
	}
	return out
}

// What digits with a box each look like, in tenths of their height.
const (
	combReach = 4  // heights from one digit to the next, over the box of a hyphen too
	combGap   = 4  // tenths of a height between two of them, at least; letters stand closer
	maxCombed = 20 // runs that are read

	combBorder = 10 // pixels of white around them
)

// combed reads digits that stand far apart, one in each box of a form: they are moved
// together first, without the boxes, because the engine takes each for a word, or the
// boxes for letters.
func (e *engine) combed(ctx context.Context, g *image.Gray, spots []spot) ([]line, error) {
	var out []line
	for _, r := range rowsOf(spots, combReach) {
		var run []image.Rectangle
		lettered := false // the last one of run is a letter of a word
		flush := func() error {
			defer func() { run = run[:0] }()
			if len(run) < 9 || len(run) > 13 || len(out) >= maxCombed {
				return nil
			}
			box := image.Rectangle{}
			for _, b := range run {
				box = box.Union(b)
			}
			whole := together(g, run)
			p, err := e.row(ctx, whole, whole.Rect.Inset(combBorder), psmNumber, lineHeight)
			if d := digitsOf(p.text()); len(d) == 10 && dated(d) {
				w := word{text: d[:6] + "-" + d[6:], box: box, up: box, confidence: p.sureness()}
				out = append(out, line{words: []word{w}, up: box})
			}
			return err
		}
		for _, i := range r.spots {
			b := spots[i].box
			switch n := len(run); {
			case n > 0 && (b.Min.X-run[n-1].Max.X)*10 < combGap*b.Dy():
				run = run[:n-1]
				if err := flush(); err != nil {
					return out, err
				}
				lettered = true
			case lettered:
				run, lettered = run[:0], false
			}
			run = append(run, b)
		}
		if err := flush(); err != nil {
			return out, err
		}
	}
	return out, nil
}

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
		part := cut(g, b.Inset(-1).Intersect(g.Rect))
		paper := levels(part, 900)[0]
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

// scattered tells that single signs, or the sides of boxes, stand in a row, as digits
// in boxes are read.
func (p pass) scattered() bool {
	for _, l := range p.lines {
		alone := strings.Count(l.text(), "|") + strings.Count(l.text(), "[") + strings.Count(l.text(), "]")
		for _, w := range l.words {
			if len(w.text) <= 2 {
				alone++
			}
		}
		if alone >= 5 {
			return true
		}
	}
	return false
}

// steep makes everything black that is a little darker than the paper, so that pale
// letters beside black ones count as letters too.
func steep(g *image.Gray) *image.Gray {
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

// apartFrom keeps the rows that stand elsewhere than the others.
func apartFrom(rows, others []rowBox) []rowBox {
	return slices.DeleteFunc(rows, func(r rowBox) bool {
		return slices.ContainsFunc(others, func(o rowBox) bool { return o.box.Intersect(r.box).Dx()*2 > r.box.Dx() })
	})
}
