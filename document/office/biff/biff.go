// Package biff reads the records of an Excel workbook from before 2007 ([MS-XLS]),
// from Excel 2 on.
package biff

import (
	"context"
	"encoding/binary"
	"errors"
	"math"
	"strconv"

	"brevvagt/document"
	"brevvagt/document/office/cellfmt"
	"brevvagt/document/office/fields"
	"brevvagt/document/office/flow"
	"brevvagt/document/office/grid"
	"brevvagt/document/office/lock"
	"brevvagt/document/office/ole"
)

var errUnsound = errors.New("no sound Excel file")

// Record types of [MS-XLS] 2.3.
const (
	xlFormula    = 0x0006
	xlEOF        = 0x000a
	xlNote       = 0x001c
	xlHeader     = 0x0014
	xlFooter     = 0x0015
	xl1904       = 0x0022
	xlFilePass   = 0x002f
	xlContinue   = 0x003c
	xlCodePage   = 0x0042
	xlColInfo    = 0x007d
	xlSheet      = 0x0085
	xlMulRK      = 0x00bd
	xlPivotText  = 0x00cd
	xlRString    = 0x00d6
	xlXF         = 0x00e0
	xlFont       = 0x0031
	xlSST        = 0x00fc
	xlLabelSST   = 0x00fd
	xlTXO        = 0x01b6
	xlLabel      = 0x0204
	xlNumber     = 0x0203
	xlString     = 0x0207
	xlRow        = 0x0208
	xlRK         = 0x027e
	xlFormat     = 0x041e
	xlBOF        = 0x0809
	xlName       = 0x0018
	xlLink       = 0x01b8
	xlDV         = 0x01be
	xlCRN        = 0x005a
	xlStyle      = 0x0293
	xlSeriesText = 0x100d // also a chart's titles
	xlAuthor     = 0x005c
)

// biff is a walk over the records of a workbook.
type walker struct {
	ctx     context.Context
	sink    *flow.Sink
	wide    bool // BIFF8: texts in Unicode
	version int  // of the format: 2 to 5, 8
	page    int
	strings []string
	used    []bool
	codes   map[int]string
	formats []cellfmt.Format
	colours colours
	since   bool // the 1904 date system
	sheets  []sheet
	starts  map[int]int // index into sheets by place in the stream
	current int         // index into sheets, -1 in the globals
	depth   int
	lost    bool

	grid       grid.Grid
	row        int
	cells      []cell
	hiddenRows map[int]bool
	hiddenCols [][2]int
	pending    *cell    // a formula whose text comes in the next record
	boxes      []string // texts of drawing objects, in order
	notes      []note
}

type sheet struct {
	name   string
	hidden bool
	at     int // where its first record stands
}

type cell struct {
	col, format int
	text        string // shown text, or the number as stored
	number      bool
}

type note struct{ row, col int }

const maxStrings = 4_000_000

// Read reads the records of a workbook into sink. A workbook that needs a password
// gives document.ErrEncrypted; what was read before another error stays.
func Read(ctx context.Context, data []byte, sink *flow.Sink) error {
	if plain, err := lock.Records(data); err == nil {
		data = plain
	}
	b := &walker{ctx: ctx, sink: sink, page: 1252, current: -1, codes: map[int]string{}, starts: map[int]int{}}
	if err := b.walk(data); err != nil {
		return err
	}
	for i, s := range b.strings {
		if !b.used[i] {
			b.add(s, "", document.Location{Layer: document.Hidden})
		}
	}
	if b.lost {
		return errUnsound
	}
	return nil
}

// walk goes from record to record; a record that is continued gets its parts.
func (b *walker) walk(data []byte) error {
	if fields.U16(data, 0)&0xff != 0x09 {
		return errUnsound
	}
	for pos := 0; pos+4 <= len(data); {
		if b.sink.Full() {
			return nil
		}
		if b.ctx.Err() != nil {
			return b.ctx.Err()
		}
		kind, size, start := fields.U16(data, pos), fields.U16(data, pos+2), pos
		if pos+4+size > len(data) {
			b.lost = true
			break
		}
		parts := [][]byte{data[pos+4 : pos+4+size]}
		pos += 4 + size
		for pos+4 <= len(data) && fields.U16(data, pos) == xlContinue {
			n := fields.U16(data, pos+2)
			if pos+4+n > len(data) {
				b.lost = true
				break
			}
			parts = append(parts, data[pos+4:pos+4+n])
			pos += 4 + n
		}
		if kind == xlFilePass {
			return document.ErrEncrypted
		}
		if kind == 0 && size == 0 {
			continue // the rest of the stream may be padded with zeros
		}
		b.record(kind, start, parts)
	}
	b.endSheet()
	return nil
}

func (b *walker) record(kind, start int, parts [][]byte) {
	rec := parts[0]
	switch kind {
	case xlBOF, x2BOF, x3BOF, x4BOF:
		b.version = version(kind, rec)
		b.begin(rec, start)
	case xlEOF:
		if b.depth--; b.depth == 0 {
			b.endSheet()
		}
	case xlCodePage:
		b.page = fields.U16(rec, 0)
		if b.page == 0x8001 || b.page == 1200 {
			b.page = 1252
		}
	case xl1904:
		b.since = fields.U16(rec, 0) == 1
	case xlSheet:
		b.sheet(rec)
	case xlSST:
		b.shared(parts)
	case xlFormat:
		if !b.older(kind, rec) {
			code := b.text(rec, 2, b.short())
			b.codes[fields.U16(rec, 0)] = code
			if document.HoldsParted([]byte(code)) {
				b.add(code, "", document.Location{Layer: document.Hidden})
			}
		}
	case xlFont:
		b.colours.font(rec)
	case xlXF:
		b.colours.format(rec)
		if id := fields.U16(rec, 2); len(b.formats) < 70_000 {
			b.formats = append(b.formats, cellfmt.Parse(id, b.codes[id]))
		}
	default:
		if !b.older(kind, rec) {
			b.cellRecord(kind, parts)
		}
	}
}

// short is the width of the count before texts that were short before BIFF8.
func (b *walker) short() int {
	if b.wide {
		return 2
	}
	return 1
}

func (b *walker) begin(rec []byte, start int) {
	if b.depth++; b.depth > 1 {
		return // a chart within a sheet
	}
	b.wide = b.version == 8
	b.endSheet()
	b.current = -1
	if i, ok := b.starts[start]; ok {
		b.current = i
	}
	b.grid, b.hiddenRows, b.hiddenCols = grid.Grid{}, map[int]bool{}, nil
}

func (b *walker) sheet(rec []byte) {
	if len(rec) < 8 || len(b.sheets) > 10_000 {
		return
	}
	s := sheet{at: fields.U32(rec, 0), hidden: rec[4]&3 != 0, name: b.text(rec, 6, 1)}
	b.starts[s.at] = len(b.sheets)
	b.sheets = append(b.sheets, s)
	b.add(s.name, "", document.Location{Layer: document.Metadata})
}

// text reads a short text with a count of width bytes at place at.
func (b *walker) text(rec []byte, at, width int) string {
	if at+width > len(rec) {
		return ""
	}
	n := int(rec[at])
	if width == 2 {
		n = fields.U16(rec, at)
	}
	at += width
	if !b.wide {
		return ole.Decode(fields.Sub(rec, at, n), b.page)
	}
	if at >= len(rec) {
		return ""
	}
	if rec[at]&1 != 0 {
		return ole.UTF16(fields.Sub(rec, at+1, n*2))
	}
	return ole.Decode(fields.Sub(rec, at+1, n), 1252)
}

func (b *walker) layer() document.Layer {
	if b.current >= 0 && b.sheets[b.current].hidden {
		return document.Hidden
	}
	return document.Visible
}

func (b *walker) at(row, col int) document.Location {
	name := ""
	if b.current >= 0 {
		name = b.sheets[b.current].name
	}
	at := document.Location{Layer: b.layer(), Cell: name + "!" + cellfmt.Column(col) + strconv.Itoa(row+1)}
	if b.hiddenRows[row] {
		at.Layer = document.Hidden
	}
	for _, h := range b.hiddenCols {
		if col >= h[0] && col <= h[1] {
			at.Layer = document.Hidden
		}
	}
	return at
}

// cellRecord reads what stands in a sheet.
func (b *walker) cellRecord(kind int, parts [][]byte) {
	rec := parts[0]
	if len(rec) < 4 {
		return
	}
	row, col, format := fields.U16(rec, 0), fields.U16(rec, 2), fields.U16(rec, 4)
	switch kind {
	case xlRow:
		if fields.U16(rec, 12)&0x20 != 0 && len(b.hiddenRows) < 70_000 && b.hiddenRows != nil {
			b.hiddenRows[row] = true
		}
	case xlColInfo:
		if fields.U16(rec, 8)&1 != 0 && len(b.hiddenCols) < 256 {
			b.hiddenCols = append(b.hiddenCols, [2]int{row, col})
		}
	case xlLabelSST:
		n := fields.U32(rec, 6)
		if n >= len(b.strings) {
			b.lost = true
			return
		}
		b.used[n] = true
		b.put(row, cell{col: col, format: format, text: b.strings[n]})
	case xlLabel, xlRString:
		b.put(row, cell{col: col, format: format, text: b.text(join(parts), 6, 2)})
	case xlNumber:
		if len(rec) >= 14 {
			b.number(row, col, format, math.Float64frombits(binary.LittleEndian.Uint64(rec[6:])))
		}
	case xlRK:
		b.number(row, col, format, fields.RK(fields.U32(rec, 6)))
	case xlMulRK:
		for i := 4; i+6 <= len(rec)-2; i += 6 {
			b.number(row, col+(i-4)/6, fields.U16(rec, i), fields.RK(fields.U32(rec, i+2)))
		}
	case xlFormula:
		b.formula(row, col, format, rec)
	case xlString:
		if b.pending != nil {
			b.pending.text = b.text(join(parts), 0, 2)
			b.put(b.row, *b.pending)
			b.pending = nil
		}
	default:
		b.otherRecord(kind, parts)
	}
}

func (b *walker) formula(row, col, format int, rec []byte) {
	if len(rec) < 14 {
		return
	}
	if fields.U16(rec, 12) != 0xffff {
		b.number(row, col, format, math.Float64frombits(binary.LittleEndian.Uint64(rec[6:])))
	} else if rec[6] == 0 {
		b.startRow(row)
		b.pending = &cell{col: col, format: format}
	}
	// A text within the formula is spelled out in its tokens.
	b.sweep(rec[min(len(rec), 20):])
}
