package identity

// This file finds runs of digits in a text without looking at every byte. What
// is made of the runs stands in forms.go.

// gap is what stands between two runs of digits that may be one number.
type gap byte

const (
	gapNone      gap = iota // too far apart, or something that parts numbers
	gapDash                 // a hyphen or dash, also doubled or with a space beside
	gapDashBreak            // a hyphen and a line break
	gapSpace                // one blank of any kind
	gapWide                 // two to four blanks
	gapTab                  // table cells
	gapBreak                // one line break
	gapCell                 // markup between, no hyphen
	gapDot
	gapSlash
	gapPipe  // border of a box, as OCR reads it
	gapUnder // as in file names
)

// run is a run of digits; invisible characters inside do not part it.
type run struct {
	start, end int
	n          int      // all digits of the run
	digit      [12]byte // the first of them, as values
	gap        gap      // between the run before and this one
	width      int      // bytes of that gap
}

const (
	maxRuns      = 10  // ten boxes with one digit each
	maxInvisible = 3   // invisible characters in a row
	maxBlanks    = 4   // blanks in a row
	maxTag       = 64  // bytes of a tag in markup
	maxTags      = 6   // tags in a row
	maxBack      = 160 // bytes looked back for the beginning of a number
	near         = 10  // bytes around an invisible character to look for a digit
)

// Classes of bytes. A probe stops at digits, at 0xEF (full-width digits) and at
// the bytes of invisible characters and special blanks: so a number is never
// missed because the probes fell on what stands between its digits.
const (
	isDigit   = 1 << iota
	isProbe   // stops the stride
	isCluster // may stand inside a written number
	isLetter
)

var class = func() (t [256]byte) {
	for b := range 256 {
		switch {
		case b >= '0' && b <= '9':
			t[b] = isDigit | isProbe | isCluster
		case b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z':
			t[b] = isLetter
		case b >= 0x80:
			t[b] = isCluster
		}
	}
	for _, b := range []byte(" -./\t\r\n|_") {
		t[b] |= isCluster
	}
	for _, b := range []byte{0xef, 0xc2, 0xe2, 0x80, 0x81, 0x8b, 0x8c, 0x8d, 0x8e, 0x8f, 0xa0, 0xad, 0xbb, 0xbf} {
		t[b] |= isProbe
	}
	return t
}()

// nextProbe gives the first probed position at or after i whose byte may belong
// to a number, or -1. Probes are 3 and 4 bytes apart in turn: every run of four
// digits is met, and so are ten digits that stand one by one with equal gaps,
// because the parity of the probes alternates and 7 shares no factor with the
// spacings allowed (2 to 5).
func nextProbe(s string, i int) int {
	for ; i+28 <= len(s); i += 28 {
		w := s[i : i+28]
		if (class[w[0]]|class[w[3]]|class[w[7]]|class[w[10]]|
			class[w[14]]|class[w[17]]|class[w[21]]|class[w[24]])&isProbe == 0 {
			continue
		}
		for _, k := range [...]int{0, 3, 7, 10, 14, 17, 21, 24} {
			if class[w[k]]&isProbe != 0 {
				return i + k
			}
		}
	}
	for ; i < len(s); i++ {
		if class[s[i]]&isProbe != 0 {
			return i
		}
	}
	return -1
}

// scan walks over the numbers of the text by stride.
func (f *finder) scan() {
	s := f.text
	done := 0 // everything before has been read
	for i := 0; ; {
		hit := nextProbe(s, i)
		if hit < 0 {
			return
		}
		i = hit + 1
		if class[s[hit]]&isDigit == 0 && !digitNear(s, hit) {
			continue
		}
		p := max(done, back(s, hit))
		for p <= hit {
			next := nextDigit(s, p, hit+near+1)
			if next < 0 {
				break
			}
			p = f.cluster(next)
			done = p
		}
		i = max(i, done)
	}
}

// scanEvery is scan without the stride; the fuzz test holds one against the other.
func (f *finder) scanEvery() {
	for p := nextDigit(f.text, 0, len(f.text)); p >= 0; p = nextDigit(f.text, p, len(f.text)) {
		p = f.cluster(p)
	}
}

func digitNear(s string, i int) bool {
	for k := max(0, i-near); k < min(len(s), i+near+1); k++ {
		if class[s[k]]&isDigit != 0 || s[k] == 0xef {
			return true
		}
	}
	return false
}

// nextDigit gives the position of the first digit in s[i:end].
func nextDigit(s string, i, end int) int {
	for end = min(end, len(s)); i < end; i++ {
		if _, w := digitAt(s, i); w > 0 {
			return i
		}
	}
	return -1
}

// digitAt reads an ASCII or full-width digit; w is its width in bytes, 0 if none.
func digitAt(s string, i int) (v byte, w int) {
	c := s[i]
	if c >= '0' && c <= '9' {
		return c - '0', 1
	}
	if c == 0xef && i+2 < len(s) && s[i+1] == 0xbc && s[i+2] >= 0x90 && s[i+2] <= 0x99 {
		return s[i+2] - 0x90, 3
	}
	return 0, 0
}

// back gives a position at or before the beginning of the number that the hit
// lies in. Going too far back costs time but changes nothing.
func back(s string, hit int) int {
	low := max(0, hit-maxBack)
	i := hit
	for i > low {
		c := s[i-1]
		switch {
		case class[c]&isCluster != 0:
			i--
			continue
		case c == ';':
			if k := lastByte(s, i-1, 9, '&'); k >= 0 {
				i = k
				continue
			}
		case c == '>':
			if k := lastByte(s, i-1, maxTag, '<'); k >= 0 {
				i = k
				continue
			}
		}
		return i
	}
	return i
}

// lastByte looks back from s[i-1] over at most n bytes.
func lastByte(s string, i, n int, b byte) int {
	for k := i - 1; k >= max(0, i-n); k-- {
		if s[k] == b {
			return k
		}
	}
	return -1
}

// cluster reads runs of digits from the one at i on, as long as they may be parts
// of one number, and judges every number they form. It returns the end.
func (f *finder) cluster(i int) int {
	f.count = 0
	g, width := gapNone, 0
	for {
		r := runAt(f.text, i)
		r.gap, r.width = g, width
		f.push(&r)
		f.match()
		i = r.end
		var next int
		if g, next = gapAt(f.text, i); g == gapNone {
			return i
		}
		width = next - i
		i = next
	}
}

func (f *finder) push(r *run) {
	if f.count == maxRuns {
		copy(f.runs[:], f.runs[1:])
		f.count--
	}
	f.runs[f.count] = *r
	f.count++
}

// runAt reads the run of digits at i.
func runAt(s string, i int) run {
	r := run{start: i, end: i}
	invisible := 0
	for i < len(s) {
		if v, w := digitAt(s, i); w > 0 {
			if r.n < len(r.digit) {
				r.digit[r.n] = v
			}
			r.n++
			i += w
			r.end = i
			invisible = 0
			continue
		}
		w := invisibleAt(s, i)
		if invisible++; w == 0 || invisible > maxInvisible {
			break
		}
		i += w
	}
	return r
}
