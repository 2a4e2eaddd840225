package identity

import (
	"slices"
	"strings"
	"unicode/utf8"

	"brevvagt/detectors"
	"brevvagt/detectors/identity/digits"
	"brevvagt/document"
)

// readOCR looks again at a text that a machine read from a picture, or a person typed so
// that no machine should, with letters that look like digits taken for digits. Such a
// reading counts only with a label and when date and check digit both prove it; in the form
// 6-4 it counts a little without the check digit.
func (f *finder) readOCR() {
	if f.heading.kind != labelCPR && !mentionsLabel(f.text) {
		return
	}
	mended, changed := mend(f.text)
	if !changed {
		return
	}
	again := finder{text: mended, heading: f.heading, rules: f.rules, today: f.today, ocr: true, explain: true}
	digits.Scan(mended, &again.row, again.match, nil, nil)
	for _, r := range again.out {
		if r.Verdict != Strong && !(r.Verdict == NoMod11 && r.Parted) || r.Label == "" || mended[r.Start:r.End] == f.text[r.Start:r.End] || f.covered(r.Start, r.End) {
			continue
		}
		r.OCR = true
		f.add(r)
	}
}

// covered reports whether the place was read as it stands already.
func (f *finder) covered(start, end int) bool {
	for _, sp := range f.spans {
		if sp.Start < end && start < sp.End && sp.Detector != IDTypo {
			return true
		}
	}
	return false
}

func mentionsLabel(s string) bool {
	low := strings.ToLower(s)
	return strings.Contains(low, "cpr") || strings.Contains(low, "pers") || strings.Contains(low, "pnr") || strings.Contains(low, "født")
}

// mend replaces letters by the digits they look like, in words that hold a digit
// and nothing but digits and such letters. Every byte keeps its place: a letter of two
// bytes becomes the Arabic digit, which has two as well.
func mend(s string) (string, bool) {
	var out []byte
	for i := 0; i < len(s); {
		k, plain, letters, other := i, 0, 0, 0
		for k < len(s) {
			width, d := signAt(s, k)
			if width == 0 {
				break
			}
			switch {
			case digits.Digit(s[k]):
				plain++
			case d != 0:
				letters++
			default:
				other++
			}
			k += width
		}
		if plain > 0 && letters > 0 && other == 0 {
			if out == nil {
				out = []byte(s)
			}
			mendWord(out[i:k], s[i:k])
		}
		i = max(k, i+1)
	}
	if out == nil {
		return s, false
	}
	return string(out), true
}

func mendWord(out []byte, word string) {
	for i := 0; i < len(word); {
		width, d := signAt(word, i)
		switch {
		case d != 0 && width == 2:
			out[i], out[i+1] = 0xd9, 0xa0+d-'0'
		case d != 0:
			out[i] = d
		}
		i += width
	}
}

// signAt gives the width of a letter or digit at s[i], 0 for anything else, and the digit
// that a letter looks like, 0 for none.
func signAt(s string, i int) (width int, d byte) {
	if s[i] < 0x80 {
		if !digits.Alnum(s[i]) {
			return 0, 0
		}
		return 1, looksLike(s[i])
	}
	if s[i] >= 0xce && s[i] <= 0xd6 {
		if r, width := utf8.DecodeRuneInString(s[i:]); detectors.ForeignDigit(r) >= 0 {
			return width, '0' + byte(detectors.ForeignDigit(r))
		}
	}
	return 0, 0
}

func looksLike(c byte) byte {
	switch c {
	case 'O', 'o', 'D', 'Q':
		return '0'
	case 'l', 'I', 'i':
		return '1'
	case 'Z', 'z':
		return '2'
	case 'S', 's':
		return '5'
	case 'B':
		return '8'
	}
	return 0
}

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
		if slices.Contains(x.Why, zeroRestored) {
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
	return x.Category == Category && x.At.OCR && x.At.Box != nil
}

// samePlace reports whether two boxes are about as high and have most of the smaller one in
// common. One around a number that stands on two lines is higher than those of one line.
func samePlace(a, b document.Box) bool {
	w := min(a[0]+a[2], b[0]+b[2]) - max(a[0], b[0])
	h := min(a[1]+a[3], b[1]+b[3]) - max(a[1], b[1])
	return w > 0 && h > 0 && max(a[3], b[3]) < 2*min(a[3], b[3]) && 10*w*h > 7*min(a[2]*a[3], b[2]*b[3])
}
