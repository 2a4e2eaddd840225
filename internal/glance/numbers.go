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
	ONN                   // "onn"
)

// beyond is how many bytes behind a block are looked at with it.
const beyond = 2

// Numbers looks at text[at:], as far as marks reach, and gives how many of them it set.
// Those of words are told that begin there.
func Numbers(text string, at int, marks []Marks) (n int, met Words) {
	if whole := min((len(text)-at-beyond)/Block, len(marks)); whole > 0 {
		met = look(unsafe.StringData(text[at:]), marks[:whole])
		n = whole
		at += whole * Block
	}
	if n == len(marks) || at >= len(text) {
		return n, met
	}
	var rest [2*Block + beyond]byte // what remains is shorter than a block with what is beyond it
	copy(rest[:], text[at:])
	last := min((len(text)-at+Block-1)/Block, len(marks)-n)
	return n + last, met | look(&rest[0], marks[n:n+last])
}

// lookAtEach is look for any machine.
func lookAtEach(text *byte, marks []Marks) (met Words) {
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
			}
		}
		marks[n] = m
	}
	return met
}

type kind byte

const (
	digit kind = iota + 1
	sign
	letterC
	letterO
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
		}
	}
	return t
}()
