package identity

import (
	"strings"

	"brevvagt/detectors/identity/digits"
)

// readOCR looks again at a text that a machine read from a picture, with letters
// that look like digits taken for digits. Such a reading counts only with a label
// and when date and check digit both prove it.
func (f *finder) readOCR() {
	if f.heading.kind != labelCPR && !mentionsLabel(f.text) {
		return
	}
	mended, changed := mend(f.text)
	if !changed {
		return
	}
	again := finder{text: mended, heading: f.heading, rules: f.rules, today: f.today, ocr: true, explain: true}
	digits.Scan(mended, &again.row, again.match, nil)
	for _, r := range again.out {
		if r.Verdict != Strong || r.Label == "" || mended[r.Start:r.End] == f.text[r.Start:r.End] || f.covered(r.Start, r.End) {
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
// and nothing but digits and such letters. Every byte keeps its place.
func mend(s string) (string, bool) {
	var out []byte
	for i := 0; i < len(s); {
		if !digits.Alnum(s[i]) {
			i++
			continue
		}
		k, plain, letters, other := i, 0, 0, 0
		for k < len(s) && digits.Alnum(s[k]) {
			switch {
			case digits.Digit(s[k]):
				plain++
			case looksLike(s[k]) != 0:
				letters++
			default:
				other++
			}
			k++
		}
		if plain > 0 && letters > 0 && other == 0 {
			if out == nil {
				out = []byte(s)
			}
			for j := i; j < k; j++ {
				if d := looksLike(s[j]); d != 0 {
					out[j] = d
				}
			}
		}
		i = k
	}
	if out == nil {
		return s, false
	}
	return string(out), true
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
