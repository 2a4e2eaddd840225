// Package glance tells of 64 bytes of a text at once which of them are of a class, such
// as letters: most of a text is passed over by a look at a few numbers, without a branch
// for each byte.
package glance

import "unsafe"

// Block is how many bytes are looked at together.
const Block = 64

// Class is a set of bytes. A table tells three apart, and a byte may be of several.
type Class uint64

// The classes: each has its bit where sixteen bytes side by side do not meet.
const (
	A Class = 1
	B Class = 1 << 16
	C Class = 1 << 32
)

// Table tells of which classes each byte is.
type Table struct {
	each [256]uint64
	rows rows
}

// rows are the same for a look at many bytes: for A, B and C, the bytes below 0x80 and the
// others, by their lower four bits, with a bit for each value of the three above them. All
// are there twice.
type rows [3][2][2 * 16]byte

// Add puts the bytes of list into a class.
func (t *Table) Add(c Class, list string) {
	for i := range len(list) {
		b := list[i]
		t.each[b] |= uint64(c)
		for n, one := range [...]Class{A, B, C} {
			if c&one != 0 {
				row := &t.rows[n][b>>7]
				row[b&15] |= 1 << (b >> 4 & 7)
				row[16+b&15] |= 1 << (b >> 4 & 7)
			}
		}
	}
}

// Has reports whether a byte is of a class.
func (t *Table) Has(c Class, b byte) bool { return t.each[b]&uint64(c) != 0 }

// Look gives the bytes of each class within text[at:at+Block], the first as bit 0. There
// are none behind the end of the text.
func (t *Table) Look(text string, at int) (a, b, c uint64) {
	if left := len(text) - at; left < Block {
		var last [Block]byte
		copy(last[:], text[at:])
		a, b, c = t.classes(&last[0])
		within := uint64(1)<<left - 1
		return a & within, b & within, c & within
	}
	return t.classes(unsafe.StringData(text[at:]))
}

// LookBytes is Look for bytes.
func (t *Table) LookBytes(data []byte, at int) (a, b, c uint64) {
	return t.Look(unsafe.String(unsafe.SliceData(data), len(data)), at)
}

// eachClass is classes for any machine.
func (table *Table) eachClass(text *byte) (a, b, c uint64) {
	t := &table.each
	for k := 0; k < Block; k += 16 {
		s := unsafe.Slice(text, Block)[k : k+16]
		x := t[s[0]] | t[s[1]]<<1 | t[s[2]]<<2 | t[s[3]]<<3 | t[s[4]]<<4 | t[s[5]]<<5 | t[s[6]]<<6 | t[s[7]]<<7 |
			t[s[8]]<<8 | t[s[9]]<<9 | t[s[10]]<<10 | t[s[11]]<<11 | t[s[12]]<<12 | t[s[13]]<<13 | t[s[14]]<<14 | t[s[15]]<<15
		a = a>>16 | x<<48
		b = b>>16 | x>>16<<48
		c = c>>16 | x>>32<<48
	}
	return a, b, c
}
