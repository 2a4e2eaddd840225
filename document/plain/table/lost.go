package table

import (
	"encoding/binary"

	"brevvagt/document"
	"brevvagt/internal/sweep"
)

// This file reads what a database keeps of rows that were deleted.

// deleted sweeps what deleted rows have left in a page: between the list of cells, which
// ends at byte end, and the cells, and in the free blocks among these, which stand in
// order of place.
func (db *database) deleted(p []byte, at, end int) {
	to := int(binary.BigEndian.Uint16(p[at+5:]))
	if to == 0 {
		to = 1 << 16 // of a page as long as they can be
	}
	if end < to && to <= len(p) {
		db.sweep(p[end:to])
	}
	for block := int(binary.BigEndian.Uint16(p[at+1:])); block > 0 && block+4 <= len(p); {
		size := int(binary.BigEndian.Uint16(p[block+2:]))
		if size > 4 && block+size <= len(p) {
			db.sweep(p[block+4 : block+size])
		}
		next := int(binary.BigEndian.Uint16(p[block:]))
		if next < block+max(size, 4) {
			return // the last, or they lead back
		}
		block = next
	}
}

// leftovers reads the rows on pages that no table has any more, and sweeps the rest.
func (db *database) leftovers() {
	lost := &relation{rows: rows{out: db.out}, key: -1, layer: document.Deleted}
	before := db.damaged
	for n := 2; n <= db.pages; n++ {
		if db.seen[n] {
			continue
		}
		if db.data[(n-1)*db.size] == tableLeaf {
			db.tree(n, lost, maxTreeDepth)
		} else if p := db.page(n); p != nil && p[0] != indexLeaf && p[0] != indexInterior {
			db.sweep(p)
		}
	}
	db.damaged = before // what nobody needs any more may be written over in part
}

// sweep looks for texts with a number in bytes without an order.
func (db *database) sweep(b []byte) {
	if !document.MayHoldNumber(b) && db.wide == nil {
		return
	}
	found, _ := sweep.Texts(b)
	for _, t := range found {
		if document.MayHoldNumber([]byte(t)) {
			db.out.Segment(document.Segment{Text: t, At: document.Location{Layer: document.Deleted}})
		}
	}
}
