// Package digits finds runs of digits that may be parts of one number, without
// looking at every byte of a text.
//
// A Run is a row of digits; invisible characters inside do not part it. A Gap is
// what stands between two runs. A Row is the runs that follow each other closely;
// the reader is told of each run and decides what the row is.
package digits

import (
	"strings"
	"unicode/utf8"
)

// Gap is what stands between two runs of digits that may be one number.
type Gap byte

// The gaps.
const (
	None      Gap = iota // too far apart, or something that parts numbers
	Dash                 // a hyphen or dash, also doubled or with a space beside
	DashBreak            // a hyphen and a line break
	Space                // one blank of any kind
	Wide                 // two to four blanks
	Tab                  // table cells
	Break                // one line break
	Cell                 // markup between, no hyphen
	Dot
	Slash
	Pipe  // border of a box, as OCR reads it
	Under // as in file names
	Fence // brackets or quotes closed and opened again: "[220645] [7026]"
	Sign  // a sign that people type in place of the hyphen: "220645*7026"
)

// Run is a row of digits.
type Run struct {
	Start, End int
	N          int      // all digits of the run
	Digit      [12]byte // the first of them, as values
	Gap        Gap      // between the run before and this one
	Width      int      // bytes of that gap
}

// Row is the last runs that stand close together, the newest last. Its reader may
// set Count to 0 when the digits are used up.
type Row struct {
	Runs   [MaxRuns]Run
	Count  int
	Digits int // of the runs, and of those before that stood as close
}

// Limits of what is still one number.
const (
	MaxRuns   = 10 // ten boxes with one digit each
	MaxBlanks = 4  // blanks in a row
)

const (
	maxInvisible = 40  // invisible characters in a row
	maxTag       = 64  // bytes of a tag in markup
	maxTags      = 6   // tags in a row
	maxBack      = 160 // bytes looked back for the beginning of a number
	near         = 10  // bytes around an invisible character to look for a digit
)

// Classes of bytes. A probe stops at digits, at the first bytes of foreign
// digits and at the bytes of invisible characters and special blanks: so a number is never
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
	for _, b := range []byte{0xef, 0xf0, 0xd9, 0xcc, 0xcd, 0xc2, 0xe2, 0x80, 0x81, 0x8b, 0x8c, 0x8d, 0x8e, 0x8f, 0xa0, 0xad, 0xbb, 0xbf} {
		t[b] |= isProbe
	}
	return t
}()

// Digit tells an ASCII digit.
func Digit(b byte) bool { return class[b]&isDigit != 0 }

// Letter tells an ASCII letter.
func Letter(b byte) bool { return class[b]&isLetter != 0 }

// Alnum tells an ASCII letter or digit.
func Alnum(b byte) bool { return class[b]&(isLetter|isDigit) != 0 }

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

// Scan walks over the text by stride. It keeps the runs that stand close together
// in row and calls read for each new one, the last in row. A lone run of fewer than
// six digits is no part of a number and may be passed over; of one with four, the
// length of a serial, four is told where it begins. four may be nil.
func Scan(s string, row *Row, read func(), four func(start int)) {
	done := 0 // everything before has been read
	for i := 0; ; {
		hit := nextProbe(s, i)
		if hit < 0 {
			return
		}
		i = hit + 1
		if class[s[hit]]&isDigit == 0 {
			if !digitNear(s, hit) {
				continue
			}
		} else if from, end := lonely(s, hit); end > 0 {
			if end-from == 4 && four != nil {
				four(from)
			}
			i, done = end, end
			continue
		}
		p := max(done, back(s, hit))
		for p <= hit {
			next := nextDigit(s, p, hit+near+1)
			if next < 0 {
				done = max(done, min(hit+near+1, len(s))) // no digit begins before
				break
			}
			p = row.cluster(s, next, read)
			done = p
		}
		i = max(i, done)
	}
}

// ScanEvery is Scan without the stride, to hold one against the other.
func ScanEvery(s string, row *Row, read func()) {
	for p := nextDigit(s, 0, len(s)); p >= 0; p = nextDigit(s, p, len(s)) {
		p = row.cluster(s, p, read)
	}
}

// lonely gives the bounds of the run around the digit at i when it has fewer than
// six digits and letters close to it on both sides: years, days and house numbers,
// the most of what prose has. The end is 0 when the run deserves a closer look.
func lonely(s string, i int) (from, end int) {
	from, end = i, i+1
	for from > 0 && class[s[from-1]]&isDigit != 0 && i-from < 6 {
		from--
	}
	for end < len(s) && class[s[end]]&isDigit != 0 && end-i < 6 {
		end++
	}
	if end-from >= 6 || !closedBefore(s, from, end-from == 4) || !closedBehind(s, end) {
		return 0, 0
	}
	return from, end
}

// maxClosing bounds, in bytes, how far from a run the letter may stand that closes it.
const maxClosing = 4

// closedBehind reports whether no gap begins at i.
func closedBehind(s string, i int) bool {
	return i >= len(s) || class[s[i]]&isLetter != 0 || class[s[i]]&isCluster != 0 && parted(s, i)
}

// closedBefore reports whether no gap ends at i. What four digits are that stand in a
// cell, or in a column that blanks set apart, their table says.
func closedBefore(s string, i int, four bool) bool {
	cell := four && strings.HasSuffix(s[:i], "  ")
	for k := i - 1; k >= max(0, i-maxClosing); k-- {
		switch c := s[k]; {
		case class[c]&isLetter != 0:
			return !cell || i-k <= 2
		case class[c]&isCluster == 0 || class[c]&isDigit != 0 || c >= utf8.RuneSelf:
			return false
		case four && (c == '|' || c == '\t' || c == '\n'):
			cell = true
		}
	}
	return i == 0
}

func digitNear(s string, i int) bool {
	for k := max(0, i-near); k < min(len(s), i+near+1); k++ {
		if class[s[k]]&isDigit != 0 || s[k] >= 0xd9 {
			return true
		}
	}
	return false
}

// nextDigit gives the position of the first digit in s[i:end].
func nextDigit(s string, i, end int) int {
	for end = min(end, len(s)); i < end; i++ {
		if At(s, i) {
			return i
		}
	}
	return -1
}

// At tells a digit of any kind at s[i].
func At(s string, i int) bool {
	if s[i] < utf8.RuneSelf {
		return s[i]-'0' <= 9
	}
	_, w := digitAt(s, i)
	return w > 0
}

// digitAt reads an ASCII digit, or one that looks like it: full-width, Arabic, or
// of a mathematical alphabet. w is its width in bytes, 0 if there is none.
func digitAt(s string, i int) (v byte, w int) {
	c := s[i]
	if c >= '0' && c <= '9' {
		return c - '0', 1
	}
	if c < 0xd9 {
		return 0, 0
	}
	switch r, w := utf8.DecodeRuneInString(s[i:]); {
	case r >= 0xff10 && r <= 0xff19:
		return byte(r - 0xff10), w
	case r >= 0x660 && r <= 0x669:
		return byte(r - 0x660), w
	case r >= 0x1fbf0 && r <= 0x1fbf9: // of a display
		return byte(r - 0x1fbf0), w
	case r >= 0x1d7ce && r <= 0x1d7ff:
		return byte((r - 0x1d7ce) % 10), w
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
		case oddSign[c] && c != ';' && hit-i < maxOdd:
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
// of one number. It returns the end.
func (row *Row) cluster(s string, i int, read func()) int {
	row.Count, row.Digits = 0, 0
	g, width := None, 0
	for {
		r := row.next()
		r.Gap, r.Width = g, width
		r.read(s, i)
		row.Digits += r.N
		i = r.End
		read()
		var next int
		if g, next = GapAt(s, i); g == None {
			return i
		}
		width = next - i
		i = next
	}
}

// next gives the place for a new run; a full row loses its oldest.
func (row *Row) next() *Run {
	if row.Count == MaxRuns {
		copy(row.Runs[:], row.Runs[1:])
		row.Count--
	}
	row.Count++
	return &row.Runs[row.Count-1]
}

// read reads the run of digits at i.
func (r *Run) read(s string, i int) {
	r.Start, r.N, r.Digit = i, 0, [12]byte{}
	invisible := 0
	for {
		n, from := r.N, i
		for ; i < len(s) && s[i]-'0' <= 9; i++ { // nearly all there is
			if n < len(r.Digit) {
				r.Digit[n] = s[i] - '0'
			}
			n++
		}
		if i > from {
			r.N, r.End, invisible = n, i, 0
		}
		if i >= len(s) || s[i] < utf8.RuneSelf {
			return
		}
		if v, w := digitAt(s, i); w > 0 {
			r.add(v)
			i += w
			r.End, invisible = i, 0
			continue
		}
		w := InvisibleAt(s, i)
		if invisible++; w == 0 || invisible > maxInvisible {
			return
		}
		i += w
	}
}

func (r *Run) add(v byte) {
	if r.N < len(r.Digit) {
		r.Digit[r.N] = v
	}
	r.N++
}
