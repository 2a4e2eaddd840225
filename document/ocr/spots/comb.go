package spots

import (
	"cmp"
	"image"
	"slices"
)

// What signs with a box each look like.
const (
	combReach  = 4 // heights from one sign to the next, over the box of a hyphen too
	combGap    = 4 // tenths of a height between two of them, at least; letters stand closer
	combFewest = 8
	combMost   = 13
)

// Combs finds runs of 8 to 13 signs of one height that stand further apart than
// letters of a word do, from left to right: digits with a box each.
func Combs(all []Spot) [][]image.Rectangle {
	var out [][]image.Rectangle
	for _, r := range Rows(all, combReach) {
		if r.Light {
			continue
		}
		var run []image.Rectangle
		lettered := false // the last one of run is a letter of a word
		flush := func() {
			if len(run) >= combFewest && len(run) <= combMost && even(run) {
				out = append(out, slices.Clone(run))
			}
			run = run[:0]
		}
		for _, i := range r.Spots {
			b := all[i].Box
			switch n := len(run); {
			case n > 0 && (b.Min.X-run[n-1].Max.X)*10 < combGap*b.Dy():
				run = run[:n-1]
				flush()
				lettered = true
			case lettered:
				run, lettered = run[:0], false
			}
			run = append(run, b)
		}
		flush()
	}
	return out
}

// even tells that most steps from one sign to the next are alike, as the boxes of a form
// are and the letters of words set wide apart are not.
func even(run []image.Rectangle) bool {
	var steps []int
	for i, b := range run[1:] {
		steps = append(steps, b.Min.X+b.Max.X-run[i].Min.X-run[i].Max.X)
	}
	slices.SortFunc(steps, func(a, b int) int { return cmp.Compare(a, b) })
	middle, alike := steps[len(steps)/2], 0
	for _, s := range steps {
		if abs(s-middle)*5 <= middle {
			alike++
		}
	}
	return alike*10 >= len(steps)*7
}
