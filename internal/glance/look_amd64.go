package glance

import "golang.org/x/sys/cpu"

// look sets the marks of the bytes from text on: those of as many blocks, and beyond more
// must be there.
func look(text *byte, marks []Marks) Words {
	if cpu.X86.HasAVX2 {
		return lookAtMany(text, len(marks), &marks[0])
	}
	return lookAtEach(text, marks)
}

// lookAtMany is lookAtEach for a processor with AVX2.
//
//go:noescape
func lookAtMany(text *byte, blocks int, marks *Marks) Words
