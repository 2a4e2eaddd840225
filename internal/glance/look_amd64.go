package glance

import "golang.org/x/sys/cpu"

// look sets the marks of the bytes from text on: those of as many blocks, and beyond more
// must be there.
func look(text *byte, marks []Marks) (some uint64, met Words) {
	if cpu.X86.HasAVX2 {
		return lookAtMany(text, len(marks), &marks[0])
	}
	return lookAtEach(text, marks)
}

// classes gives those of the 64 bytes from text on.
func (t *Table) classes(text *byte) (a, b, c uint64) {
	if cpu.X86.HasAVX2 {
		return classesAtMany(text, &t.rows)
	}
	return t.eachClass(text)
}

// classesAtMany is eachClass for a processor with AVX2.
//
//go:noescape
func classesAtMany(text *byte, r *rows) (a, b, c uint64)

// letters gives which of the 64 bytes from text on are letters, and which are 0xc3.
func letters(text *byte) (plain, leads uint64) {
	if cpu.X86.HasAVX2 {
		return lettersAtMany(text)
	}
	return lettersAtEach(text)
}

// lookAtMany is lookAtEach for a processor with AVX2.
//
//go:noescape
func lookAtMany(text *byte, blocks int, marks *Marks) (some uint64, met Words)

// lettersAtMany is lettersAtEach for a processor with AVX2.
//
//go:noescape
func lettersAtMany(text *byte) (plain, leads uint64)

// pairs gives at which of the 64 bytes from text on the two bytes stand; one more must be
// there.
func pairs(text *byte, first, second byte) uint64 {
	if cpu.X86.HasAVX2 {
		return pairsAtMany(text, first, second)
	}
	return pairsAtEach(text, first, second)
}

// pairsAtMany is pairsAtEach for a processor with AVX2.
//
//go:noescape
func pairsAtMany(text *byte, first, second byte) uint64
