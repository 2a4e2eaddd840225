package spots

import (
	"cmp"
	"image"
	"slices"
)

// In finds the letter-like spots of g, from left to right.
func In(g *image.Gray) []Spot {
	spots := spotsOf(inkAround(g, max(spotContrast, 4*grain(g))), g.Rect.Dx(), g.Rect.Dy())
	slices.SortFunc(spots, func(a, b Spot) int {
		return cmp.Or(cmp.Compare(a.Box.Min.X, b.Box.Min.X), cmp.Compare(a.Box.Min.Y, b.Box.Min.Y))
	})
	return spots
}

// Twice gives spots of a picture of half the size on the picture itself.
func Twice(all []Spot) []Spot {
	for i, s := range all {
		all[i].Box = image.Rect(2*s.Box.Min.X, 2*s.Box.Min.Y, 2*s.Box.Max.X, 2*s.Box.Max.Y)
	}
	return all
}

// Row is a row of letter-like spots beside each other.
type Row struct {
	Box     image.Rectangle
	Letters int
	Light   bool  // on dark
	Spots   []int // from left to right
}

// Rows joins spots to rows where the next one is not further away than reach times
// the height.
func Rows(spots []Spot, reach int) []Row {
	const band = 32
	into := make([]int, len(spots))
	bands := map[int][]int{}
	for i, s := range spots {
		into[i] = i
		at := (s.Box.Min.Y + s.Box.Max.Y) / 2 / band
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
		at := (s.Box.Min.Y + s.Box.Max.Y) / 2 / band
		for b := at - 1; b <= at+1; b++ {
			k, _ := slices.BinarySearch(bands[b], i+1)
			for _, j := range bands[b][k:] {
				if spots[j].Box.Min.X > s.Box.Max.X+reach*s.Box.Dy() {
					break
				}
				if s.kind == spots[j].kind && s.beside(spots[j]) {
					into[find(j)] = find(i)
				}
			}
		}
	}
	rows := map[int]int{}
	var out []Row
	for i, s := range spots {
		at, ok := rows[find(i)]
		if !ok {
			at = len(out)
			rows[find(i)] = at
			out = append(out, Row{Light: s.kind == 2})
		}
		r := &out[at]
		r.Box, r.Letters, r.Spots = r.Box.Union(s.Box), r.Letters+1, append(r.Spots, i)
	}
	return out
}

// ApartFrom keeps the rows that stand elsewhere than the others.
func ApartFrom(rows, others []Row) []Row {
	return slices.DeleteFunc(rows, func(r Row) bool {
		return slices.ContainsFunc(others, func(o Row) bool { return o.Box.Intersect(r.Box).Dx()*2 > r.Box.Dx() })
	})
}
