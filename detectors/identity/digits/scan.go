// Package digits finds runs of digits that may be parts of one number, by looking at 64
// bytes of a text at once.
//
// A Run is a row of digits; invisible characters inside do not part it. A Gap is
// what stands between two runs. A Row is the runs that follow each other closely;
// the reader is told of each run and decides what the row is.
package digits

import (
	"math/bits"
	"strings"
	"unicode/utf8"

	"brevvagt/internal/glance"
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

	dateDigits, serialDigits = 6, 4
)

const (
	maxInvisible = 40 // invisible characters in a row
	maxTag       = 64 // bytes of a tag in markup
	maxTags      = 6  // tags in a row
)

// Classes of bytes.
const (
	isDigit   = 1 << iota
	isCluster // may stand inside a written number
	isLetter
)

var class = func() (t [256]byte) {
	for b := range 256 {
		switch {
		case b >= '0' && b <= '9':
			t[b] = isDigit | isCluster
		case b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z':
			t[b] = isLetter
		case b >= 0x80:
			t[b] = isCluster
		}
	}
	for _, b := range []byte(" -./\t\r\n|_") {
		t[b] |= isCluster
	}
	return t
}()

// Digit tells an ASCII digit.
func Digit(b byte) bool { return class[b]&isDigit != 0 }

// Letter tells an ASCII letter.
func Letter(b byte) bool { return class[b]&isLetter != 0 }

// Alnum tells an ASCII letter or digit.
func Alnum(b byte) bool { return class[b]&(isLetter|isDigit) != 0 }

// chunk is how many blocks of 64 bytes are looked at together.
const chunk = 32

// Scan walks over the digits of a text. It keeps the runs that stand close together
// in row and calls read for each new one that may end a number, the last in row. A lone
// run of fewer than six digits is no part of a number and may be passed over; of one with
// four, the length of a serial, four is told where it begins, and so it is of the last four
// of five that touch the letter before them. sign is told of every
// hyphen and every byte from 0xd9 on. four and sign may be nil. The result tells which
// parts of rare words the text has.
func Scan(s string, row *Row, read func(), four, sign func(at int)) glance.Words {
	var marks [chunk]glance.Marks
	var words glance.Words
	done := 0 // everything before has been read
	for at := 0; at < len(s); {
		n, some, met := glance.Numbers(s, at, marks[:])
		words |= met
		for ; some != 0; some &= some - 1 {
			block := bits.TrailingZeros64(some)
			m, at := &marks[block&(chunk-1)], at+block*glance.Block
			d := m.Digits
			if m.Signs != 0 {
				d |= odd(s, at, m.Signs, sign)
			}
			for d != 0 && done < at+glance.Block {
				if done > at {
					if d &= ^uint64(0) << (done - at); d == 0 {
						break
					}
				}
				i := at + bits.TrailingZeros64(d)
				if done = lonely(s, i, four); done == i {
					done = row.cluster(s, i, read)
				}
			}
		}
		at += n * glance.Block
	}
	return words
}

// odd tells of the signs within the 64 bytes from at on, and gives which are digits.
func odd(s string, at int, signs uint64, sign func(at int)) (found uint64) {
	for ; signs != 0; signs &= signs - 1 {
		bit := bits.TrailingZeros64(signs)
		i := at + bit
		if sign != nil {
			sign(i)
		}
		if s[i] >= utf8.RuneSelf && At(s, i) {
			found |= 1 << bit
		}
	}
	return found
}

// ScanEvery is Scan byte by byte, to hold one against the other.
func ScanEvery(s string, row *Row, read func()) {
	for p := nextDigit(s, 0, len(s)); p >= 0; p = nextDigit(s, p, len(s)) {
		p = row.cluster(s, p, read)
	}
}

// lonely gives the end of the run at i when it has fewer than six digits and no gap at
// its end, and four digits no gap before them either: years, days and house numbers, the
// most of what prose has. It gives i when the run deserves a closer look.
func lonely(s string, i int, four func(at int)) int {
	end := i
	for end < len(s) && s[end]-'0' <= 9 && end-i < 6 {
		end++
	}
	n := end - i
	if n == 5 && four != nil && i > 0 && class[s[i-1]]&isLetter != 0 {
		four(i + 1)
	}
	if n == 6 || n == 0 || !closedBehind(s, end) {
		return i
	} else if n == 4 {
		if !closedBefore(s, i) {
			return i
		}
		if four != nil {
			four(i)
		}
	}
	return end
}

// maxClosing bounds, in bytes, how far from a run the letter may stand that closes it.
const maxClosing = 4

// closedBehind reports whether no gap begins at i.
func closedBehind(s string, i int) bool {
	if i+1 < len(s) && s[i] == ' ' && class[s[i+1]]&isLetter != 0 {
		return true // as most
	}
	return i >= len(s) || class[s[i]]&isLetter != 0 || class[s[i]]&isCluster != 0 && parted(s, i)
}

// closedBefore reports whether no gap ends at i, where four digits begin. What those are
// that stand in a cell, or in a column that blanks set apart, their table says.
func closedBefore(s string, i int) bool {
	cell := strings.HasSuffix(s[:i], "  ")
	for k := i - 1; k >= max(0, i-maxClosing); k-- {
		switch c := s[k]; {
		case class[c]&isLetter != 0:
			return !cell || i-k <= 2
		case class[c]&isCluster == 0 || class[c]&isDigit != 0 || c >= utf8.RuneSelf:
			return false
		case c == '|' || c == '\t' || c == '\n':
			cell = true
		}
	}
	return i == 0
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
		if row.Digits >= dateDigits || r.N == serialDigits {
			read() // before, there is no date yet: an amount, a week, a telephone number's beginning
		}
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
