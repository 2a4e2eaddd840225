//go:build !amd64

package glance

func look(text *byte, marks []Marks) (some uint64, met Words) { return lookAtEach(text, marks) }

func (t *Table) classes(text *byte) (a, b, c uint64) { return t.eachClass(text) }

func letters(text *byte) (plain, leads uint64) { return lettersAtEach(text) }

func pairs(text *byte, first, second byte) uint64 { return pairsAtEach(text, first, second) }
