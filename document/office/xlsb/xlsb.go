// Package xlsb reads the binary parts of an .xlsb workbook ([MS-XLSB]): a zip like
// .xlsx, but with records instead of XML.
package xlsb

import (
	"encoding/binary"
	"errors"
	"math"
	"strconv"
	"unicode/utf16"

	"brevvagt/document"
	"brevvagt/document/office/cellfmt"
	"brevvagt/document/office/fields"
	"brevvagt/document/office/flow"
	"brevvagt/document/office/grid"
)

var errShort = errors.New("part is cut off")

// Record types of [MS-XLSB] 2.3.2.
const (
	brtRow           = 0
	brtRK            = 2
	brtReal          = 5
	brtText          = 6
	brtShared        = 7
	brtFormulaText   = 8
	brtFormulaNumber = 9
	brtShortBlank    = 12 // short cells stand in the next column and do not say so
	brtShortRK       = 13
	brtShortReal     = 16
	brtShortText     = 17
	brtShortShared   = 18
	brtString        = 19
	brtFormat        = 44
	brtXF            = 47
	brtColumns       = 60
	brtRich          = 62
	brtBeginSheet    = 129
	brtBeginBook     = 131
	brtBookProps     = 153
	brtSheet         = 156
	brtBeginStrings  = 159
	brtBeginStyles   = 278
	brtBeginXFs      = 617
	brtEndXFs        = 618
	brtBeginComments = 628
	brtAuthor        = 632
	brtBeginComment  = 635
	brtCommentText   = 637
)

// Kind tells what a part is by its first record: "workbook", "worksheet", "sst",
// "styleSheet", "comments", or "" for no part of a workbook.
func Kind(head []byte) string {
	kind, _, ok := header(&head)
	if !ok {
		return ""
	}
	return map[int]string{brtBeginSheet: "worksheet", brtBeginBook: "workbook", brtBeginStrings: "sst", brtBeginStyles: "styleSheet", brtBeginComments: "comments"}[kind]
}

// header takes type and size of the next record off b.
func header(b *[]byte) (kind, size int, ok bool) {
	for i := 0; ; i++ {
		if i == 2 || len(*b) == 0 {
			return 0, 0, false
		}
		c := (*b)[0]
		*b = (*b)[1:]
		kind |= int(c&0x7f) << (7 * i)
		if c&0x80 == 0 {
			break
		}
	}
	for i := 0; ; i++ {
		if i == 4 || len(*b) == 0 {
			return 0, 0, false
		}
		c := (*b)[0]
		*b = (*b)[1:]
		size |= int(c&0x7f) << (7 * i)
		if c&0x80 == 0 {
			return kind, size, true
		}
	}
}

// each calls f with every record of a part.
func each(b []byte, f func(kind int, rec []byte) bool) error {
	for len(b) > 0 {
		kind, size, ok := header(&b)
		if !ok || size > len(b) {
			return errShort
		}
		if !f(kind, b[:size]) {
			return nil
		}
		b = b[size:]
	}
	return nil
}

// wide reads a text with its count of characters at a place.
func wide(b []byte, at int) (text string, next int) {
	if at+4 > len(b) {
		return "", len(b)
	}
	n := fields.U32(b, at)
	at += 4
	if n == 0xffffffff {
		return "", at
	}
	n = min(n, (len(b)-at)/2)
	u := make([]uint16, n)
	for i := range u {
		u[i] = binary.LittleEndian.Uint16(b[at+i*2:])
	}
	return string(utf16.Decode(u)), at + n*2
}

// Sound tells that b is records from one end to the other.
func Sound(b []byte) bool {
	n := 0
	err := each(b, func(int, []byte) bool { n++; return true })
	return err == nil && n > 1
}

// Sheet is what the workbook says of a worksheet: its relation, name and state.
type Sheet struct {
	ID, Name string
	Hidden   bool
}

// Workbook reads the list of sheets and the date system.
func Workbook(b []byte) (sheets []Sheet, since1904 bool, err error) {
	err = each(b, func(kind int, rec []byte) bool {
		switch kind {
		case brtSheet:
			s := Sheet{Hidden: fields.U32(rec, 0) != 0}
			at := 0
			s.ID, at = wide(rec, 8)
			s.Name, _ = wide(rec, at)
			sheets = append(sheets, s)
		case brtBookProps:
			since1904 = fields.U32(rec, 0)&1 != 0
		}
		return len(sheets) < 10_000
	})
	return sheets, since1904, err
}

const maxStrings = 4_000_000

// Strings reads the table of shared texts.
func Strings(b []byte) (out []string, err error) {
	err = each(b, func(kind int, rec []byte) bool {
		if kind == brtString {
			s, _ := wide(rec, 1)
			out = append(out, s)
		}
		return len(out) < maxStrings
	})
	return out, err
}

// Formats reads the number format of each cell style.
func Formats(b []byte) (out []cellfmt.Format, err error) {
	codes, cells := map[int]string{}, false
	err = each(b, func(kind int, rec []byte) bool {
		switch kind {
		case brtFormat:
			codes[fields.U32(rec, 0)&0xffff], _ = wide(rec, 2)
		case brtBeginXFs, brtEndXFs:
			cells = kind == brtBeginXFs
		case brtXF:
			if id := fields.U32(rec, 0) >> 16; cells {
				out = append(out, cellfmt.Parse(id, codes[id]))
			}
		}
		return len(out) < 70_000
	})
	return out, err
}

// Book is what worksheets share. Used is as long as Strings and marks those that
// a cell shows.
type Book struct {
	Strings   []string
	Used      []bool
	Formats   []cellfmt.Format
	Since1904 bool
}

// Worksheet reads one sheet into sink. lost tells that a cell names a shared text
// that is not there.
func Worksheet(b []byte, book *Book, name string, hidden bool, sink *flow.Sink) (lost bool, err error) {
	w := &walk{book: book, name: name, sink: sink, layer: document.Visible}
	if hidden {
		w.layer = document.Hidden
	}
	err = each(b, func(kind int, rec []byte) bool {
		w.record(kind, rec)
		return !sink.Full()
	})
	w.endRow()
	return w.lost, err
}

// shortCells gives each kind of short cell with a value its long kind.
var shortCells = map[int]int{brtShortBlank: -1, brtShortRK: brtRK, brtShortReal: brtReal, brtShortText: brtText, brtShortShared: brtShared}

type walk struct {
	book   *Book
	name   string
	sink   *flow.Sink
	layer  document.Layer
	grid   grid.Grid
	row    int
	col    int  // of the latest cell
	gone   bool // the row is hidden
	hidden [][2]int
	cells  []grid.Cell
	styles []int // style of a number cell, -1 for a text
	lost   bool
}

func (w *walk) record(kind int, rec []byte) {
	switch {
	case kind > brtRow && kind < brtShortBlank:
		w.col = fields.U32(rec, 0)
	case kind >= brtShortBlank && kind <= brtShortShared:
		w.col++
		rec = append(binary.LittleEndian.AppendUint32(nil, uint32(w.col)), rec...)
		kind = shortCells[kind]
	}
	switch kind {
	case brtRow:
		w.endRow()
		w.row, w.col = fields.U32(rec, 0), -1
		w.gone = len(rec) > 11 && rec[11]&0x10 != 0
	case brtColumns:
		if len(rec) > 16 && rec[16]&1 != 0 && len(w.hidden) < 256 {
			w.hidden = append(w.hidden, [2]int{fields.U32(rec, 0), fields.U32(rec, 4)})
		}
	case brtText, brtFormulaText:
		s, _ := wide(rec, 8)
		w.put(rec, s, false)
	case brtRich:
		s, _ := wide(rec, 9)
		w.put(rec, s, false)
	case brtShared:
		n := fields.U32(rec, 8)
		if n >= len(w.book.Strings) {
			w.lost = true
			return
		}
		w.book.Used[n] = true
		w.put(rec, w.book.Strings[n], false)
	case brtRK:
		w.put(rec, strconv.FormatFloat(fields.RK(fields.U32(rec, 8)), 'f', -1, 64), true)
	case brtReal, brtFormulaNumber:
		if len(rec) >= 16 {
			w.put(rec, strconv.FormatFloat(math.Float64frombits(binary.LittleEndian.Uint64(rec[8:])), 'f', -1, 64), true)
		}
	}
}

func (w *walk) put(rec []byte, text string, number bool) {
	if len(w.cells) > 1<<16 {
		w.endRow()
	}
	style := -1
	if number {
		style = fields.U32(rec, 4) & 0xffffff
	}
	w.cells = append(w.cells, grid.Cell{Col: fields.U32(rec, 0), Text: text})
	w.styles = append(w.styles, style)
}

func (w *walk) endRow() {
	if len(w.cells) == 0 {
		return
	}
	labels := w.grid.Row(w.cells)
	for i, c := range w.cells {
		text := c.Text
		if n := w.styles[i]; n >= 0 {
			var f cellfmt.Format
			if n < len(w.book.Formats) {
				f = w.book.Formats[n]
			}
			text = f.Show(text, labels[i], w.book.Since1904)
		}
		w.sink.Add(document.Segment{Text: text, Label: labels[i], At: w.at(c.Col)})
	}
	for _, j := range grid.Comb(w.cells, labels) {
		w.sink.Add(document.Segment{Text: j.Text, Label: labels[j.From], At: w.at(w.cells[j.From].Col)})
	}
	w.cells, w.styles = w.cells[:0], w.styles[:0]
}

func (w *walk) at(col int) document.Location {
	at := document.Location{Layer: w.layer, Cell: w.name + "!" + cellfmt.Column(col) + strconv.Itoa(w.row+1)}
	if w.gone {
		at.Layer = document.Hidden
	}
	for _, h := range w.hidden {
		if col >= h[0] && col <= h[1] {
			at.Layer = document.Hidden
		}
	}
	return at
}

// Comments reads the comments of a sheet.
func Comments(b []byte, name string, sink *flow.Sink) error {
	cell := ""
	return each(b, func(kind int, rec []byte) bool {
		switch kind {
		case brtAuthor:
			s, _ := wide(rec, 0)
			sink.Add(document.Segment{Text: s, Label: flow.LabelAuthor, At: document.Location{Layer: document.Metadata}})
		case brtBeginComment:
			cell = cellfmt.Column(fields.U32(rec, 12)) + strconv.Itoa(fields.U32(rec, 4)+1)
		case brtCommentText:
			s, _ := wide(rec, 1)
			sink.Add(document.Segment{Text: s, At: document.Location{Layer: document.Comment, Cell: name + "!" + cell}})
		}
		return !sink.Full()
	})
}
