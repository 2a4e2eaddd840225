package identity

import (
	"slices"

	"brevvagt/detectors"
	"brevvagt/detectors/identity/verdict"
	"brevvagt/document"
)

// sheet is a picture, or a page of one.
type sheet struct {
	path string
	page int
}

// reread leaves out the readings of a place of a picture that was read more than once, as
// if two people stood there: the surest stays, and of equals the first. A number that got
// a zero before it is less sure than one with all its digits. Nothing is left out of
// pictures whose name others have, too: their places say nothing of each other.
func reread(doc *document.Document, found []detectors.Finding) []detectors.Finding {
	named := make(map[string]int)
	for i := range doc.Parts {
		named[doc.Parts[i].Path]++
	}
	on := make(map[sheet][]*detectors.Finding)
	for i := range found {
		if x := &found[i]; boxed(x) && named[x.At.Path] < 2 {
			at := sheet{x.At.Path, x.At.Page}
			on[at] = append(on[at], x)
		}
	}
	weight := func(x *detectors.Finding) int {
		w := 2 * x.Strength.Rank()
		if slices.Contains(x.Why, verdict.ZeroRestored) {
			w--
		}
		return w
	}
	return slices.DeleteFunc(slices.Clone(found), func(x detectors.Finding) bool {
		return boxed(&x) && slices.ContainsFunc(on[sheet{x.At.Path, x.At.Page}], func(o *detectors.Finding) bool {
			if o.Segment == x.Segment || o.Value.Digest() == x.Value.Digest() || !samePlace(*o.At.Box, *x.At.Box) {
				return false // each look has segments of its own
			}
			if a, b := weight(&x), weight(o); a != b {
				return a < b
			}
			return o.Segment < x.Segment
		})
	})
}

// boxed reports whether a finding is a number on a picture, at a known place.
func boxed(x *detectors.Finding) bool {
	return x.Category == verdict.Category && x.At.OCR && x.At.Box != nil
}

// samePlace reports whether two boxes are about as high and have most of the smaller one in
// common. One around a number that stands on two lines is higher than those of one line.
func samePlace(a, b document.Box) bool {
	w := min(a[0]+a[2], b[0]+b[2]) - max(a[0], b[0])
	h := min(a[1]+a[3], b[1]+b[3]) - max(a[1], b[1])
	return w > 0 && h > 0 && max(a[3], b[3]) < 2*min(a[3], b[3]) && 10*w*h > 7*min(a[2]*a[3], b[2]*b[3])
}
