package glance

import "unsafe"

// Marks tell of 64 bytes of a text, the first as bit 0, which are digits 0 to 9 and which
// are signs worth a look by whoever reads numbers: hyphens, and the bytes from 0xd9 on,
// with which dashes, and digits other than those, begin.
type Marks struct{ Digits, Signs uint64 }

// Words tells which parts of rare words were met.
type Words uint32

// The parts of words. That one was met says that its word may be there.
const (
	CP  Words = 1 << iota // "cp", in letters of either size
	ONN                   // "onn", or "nul" with an n of either size
)

// beyond is how many bytes behind a block are looked at with it.
const beyond = 2

// Numbers looks at text[at:], as far as marks reach, of which there are at most 64, and
// gives how many of them it set; some has a bit for each that has any. Those of words are
// told that begin there.
func Numbers(text string, at int, marks []Marks) (n int, some uint64, met Words) {
	if whole := min((len(text)-at-beyond)/Block, len(marks)); whole > 0 {
		some, met = look(unsafe.StringData(text[at:]), marks[:whole])
		n = whole
		at += whole * Block
	}
	if n == len(marks) || at >= len(text) {
		return n, some, met
	}
	var rest [2*Block + beyond]byte // what remains is shorter than a block with what is beyond it
	copy(rest[:], text[at:])
	last := min((len(text)-at+Block-1)/Block, len(marks)-n)
	more, also := look(&rest[0], marks[n:n+last])
	return n + last, some | more<<n, met | also
}

// Letters tells which of the 64 bytes of a text from at on are letters of ASCII, and which
// are 0xc3, with which those of Danish begin.
func Letters(text string, at int) (plain, leads uint64) {
	if len(text)-at >= Block {
		return letters(unsafe.StringData(text[at:]))
	}
	var rest [Block]byte
	copy(rest[:], text[at:])
	return letters(&rest[0])
}

// lettersAtEach is letters for any machine.
func lettersAtEach(text *byte) (plain, leads uint64) {
	for i, c := range unsafe.Slice(text, Block) {
		switch low := c | 0x20; {
		case low >= 'a' && low <= 'z':
			plain |= 1 << i
		case c == 0xc3:
			leads |= 1 << i
		}
	}
	return plain, leads
}

// Pairs tells at which of the 64 bytes of a text from at on the two bytes stand, one behind
// the other.
func Pairs(text string, at int, first, second byte) uint64 {
	if len(text)-at > Block {
		return pairs(unsafe.StringData(text[at:]), first, second)
	}
	var rest [Block + 1]byte
	n := copy(rest[:], text[at:])
	return pairs(&rest[0], first, second) & (1<<max(n-1, 0) - 1)
}

// pairsAtEach is pairs for any machine.
func pairsAtEach(text *byte, first, second byte) (mask uint64) {
	s := unsafe.Slice(text, Block+1)
	for i := range Block {
		if s[i] == first && s[i+1] == second {
			mask |= 1 << i
		}
	}
	return mask
}

// lookAtEach is look for any machine.
func lookAtEach(text *byte, marks []Marks) (some uint64, met Words) {
	s := unsafe.Slice(text, len(marks)*Block+beyond)
	for n := range marks {
		m := Marks{}
		for i := range Block {
			c := s[n*Block+i]
			switch kinds[c] {
			case digit:
				m.Digits |= 1 << i
			case sign:
				m.Signs |= 1 << i
			case letterC:
				if s[n*Block+i+1]|0x20 == 'p' {
					met |= CP
				}
			case letterO:
				if s[n*Block+i+1] == 'n' && s[n*Block+i+2] == 'n' {
					met |= ONN
				}
			case letterN:
				if s[n*Block+i+1] == 'u' && s[n*Block+i+2] == 'l' {
					met |= ONN
				}
			}
		}
		if marks[n] = m; m.Digits|m.Signs != 0 {
			some |= 1 << n
		}
	}
	return some, met
}

type kind byte

const (
	digit kind = iota + 1
	sign
	letterC
	letterO
	letterN
)

var kinds = func() (t [256]kind) {
	for c := range t {
		switch {
		case c >= '0' && c <= '9':
			t[c] = digit
		case c == '-' || c >= 0xd9:
			t[c] = sign
		case c|0x20 == 'c':
			t[c] = letterC
		case c == 'o':
			t[c] = letterO
		case c|0x20 == 'n':
			t[c] = letterN
		}
	}
	return t
}()
