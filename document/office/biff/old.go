package biff

import (
	"encoding/binary"
	"math"

	"brevvagt/document/office/cellfmt"
	"brevvagt/document/office/fields"
)

// Record types of Excel 2 to 4 that later ones number otherwise.
const (
	x2Integer = 0x0002
	x2Number  = 0x0003
	x2Label   = 0x0004
	x2Formula = 0x0006
	x2String  = 0x0007
	x2BOF     = 0x0009
	x3Format  = 0x001e // also of Excel 2
	x3Formula = 0x0206
	x3BOF     = 0x0209
	x3XF      = 0x0243
	x4Formula = 0x0406
	x4BOF     = 0x0409
	x4Format  = 0x041e
	x4XF      = 0x0443
)

// Is tells a workbook that stands in no compound file: Excel 2 to 4 wrote it
// so, and some programs that export lists still do.
func Is(head []byte) bool {
	if len(head) < 8 {
		return false
	}
	size, version := fields.U16(head, 2), fields.U16(head, 4)
	if size < 4 || size > 16 {
		return false
	}
	switch fields.U16(head, 0) {
	case x2BOF, x3BOF, x4BOF:
	case xlBOF:
		if version != 0x0500 && version != 0x0600 {
			return false
		}
	default:
		return false
	}
	switch fields.U16(head, 6) {
	case 0x0005, 0x0006, 0x0010, 0x0020, 0x0040, 0x0100:
		return true
	}
	return false
}

// version of the workbook, by the record that begins it.
func version(kind int, rec []byte) int {
	switch kind {
	case x2BOF:
		return 2
	case x3BOF:
		return 3
	case x4BOF:
		return 4
	}
	if fields.U16(rec, 0) >= 0x0600 {
		return 8
	}
	return 5
}

// older reads the records that only Excel 2 to 4 have. It reports whether it knew
// this one.
func (b *walker) older(kind int, rec []byte) bool {
	if b.version > 4 {
		return false
	}
	row, col := fields.U16(rec, 0), fields.U16(rec, 2)
	if kind < x2BOF && kind != 0 && len(rec) >= 8 { // also met in files of Excel 4
		b.second(kind, row, col, rec)
		return true
	}
	switch kind {
	case x3Format, x4Format:
		at := 0
		if kind == x4Format {
			at = 2
		}
		code := b.text(rec, at, 1)
		if b.version == 2 {
			b.formats = append(b.formats, cellfmt.Parse(-1, code))
		}
		b.codes[len(b.codes)] = code
	case x3XF, x4XF:
		if len(rec) > 1 && len(b.formats) < 70_000 {
			b.formats = append(b.formats, cellfmt.Parse(-1, b.codes[int(rec[1])]))
		}
	case x3Formula, x4Formula:
		b.formula(row, col, fields.U16(rec, 4), rec)
	default:
		return false
	}
	return true
}

// second reads a cell of Excel 2: three bytes say how it looks, the second of
// them its number format.
func (b *walker) second(kind, row, col int, rec []byte) {
	format := int(rec[5] & 0x3f)
	switch kind {
	case x2Integer:
		b.number(row, col, format, float64(fields.U16(rec, 7)))
	case x2Number:
		if len(rec) >= 15 {
			b.number(row, col, format, math.Float64frombits(binary.LittleEndian.Uint64(rec[7:])))
		}
	case x2Label:
		b.put(row, cell{col: col, format: format, text: b.text(rec, 7, 1)})
	case x2Formula:
		if len(rec) >= 15 && fields.U16(rec, 13) != 0xffff {
			b.number(row, col, format, math.Float64frombits(binary.LittleEndian.Uint64(rec[7:])))
		} else {
			b.startRow(row)
			b.pending = &cell{col: col, format: format}
		}
	case x2String:
		if b.pending != nil {
			b.pending.text = b.text(rec, 0, 1)
			b.put(b.row, *b.pending)
			b.pending = nil
		}
	}
}
