package codes

import (
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode/detector"
)

// manyCorners is how many places may look like a QR code's corner. To choose the three takes
// time with the third power of them: a picture with more is a pattern, and no code on it.
const manyCorners = 60

// rowStep is how many rows are passed over: the heart of a corner is three modules high.
const rowStep = 3

// corners gives the three corners of a QR code, nil where there is none. It walks along
// every third row for runs in the proportions of a corner; that is the library's own search,
// which has no bound.
func corners(black *gozxing.BitMatrix) []*detector.FinderPattern {
	f := detector.NewFinderPatternFinder(black, nil)
	w, h := black.GetWidth(), black.GetHeight()
	for y := rowStep - 1; y < h; y += rowStep {
		runs, state := make([]int, 5), 0 // black, white, black, white, black
		for x := 0; x <= w; x++ {
			switch dark := x < w && black.Get(x, y); {
			case dark == (state&1 == 0):
				runs[state]++
			case state < 4 && (state > 0 || runs[0] > 0):
				state++
				runs[state]++
			case state == 4:
				if detector.FinderPatternFinder_foundPatternCross(runs) && f.HandlePossibleCenter(runs, y, x) {
					clear(runs)
					state = 0
					continue
				}
				copy(runs, runs[2:])
				runs[3], runs[4], state = 1, 0, 3
			}
		}
		if len(f.GetPossibleCenters()) > manyCorners {
			return nil
		}
	}
	best, err := f.SelectBestPatterns()
	if err != nil {
		return nil
	}
	return best
}
