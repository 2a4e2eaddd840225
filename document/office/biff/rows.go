package biff

import (
	"strconv"
	"unicode/utf16"

	"brevvagt/document"
	"brevvagt/document/office/cellfmt"
	"brevvagt/document/office/fields"
	"brevvagt/document/office/grid"
)

// startRow passes the row so far on when a cell of another one comes.
func (b *walker) startRow(row int) {
	if row != b.row || len(b.cells) > 1<<16 {
		b.endRow()
		b.row = row
	}
}

func (b *walker) put(row int, c cell) {
	b.startRow(row)
	b.cells = append(b.cells, c)
}

func (b *walker) number(row, col, format int, n float64) {
	b.put(row, cell{col: col, format: format, text: strconv.FormatFloat(n, 'f', -1, 64), number: true})
}

// endRow labels the cells and passes them on, numbers as they are shown.
func (b *walker) endRow() {
	if len(b.cells) == 0 {
		return
	}
	cells := make([]grid.Cell, len(b.cells))
	for i := range b.cells {
		cells[i] = grid.Cell{Col: b.cells[i].col, Text: b.shown(&b.cells[i], "")}
	}
	labels := b.grid.Row(cells)
	for i := range b.cells {
		text := cells[i].Text
		if b.cells[i].number {
			text = b.shown(&b.cells[i], labels[i])
		}
		at := b.at(b.row, b.cells[i].col)
		if at.Layer == document.Visible && b.colours.crossedOut(b.cells[i].format) {
			at.Layer = document.Covered
		}
		b.add(text, labels[i], at)
	}
	for _, j := range grid.Comb(cells, labels) {
		b.add(j.Text, labels[j.From], b.at(b.row, cells[j.From].Col))
	}
	b.cells = b.cells[:0]
}

func (b *walker) shown(c *cell, heading string) string {
	if !c.number {
		return c.text
	}
	var f cellfmt.Format
	if c.format < len(b.formats) {
		f = b.formats[c.format]
	}
	return f.Show(c.text, heading, b.since)
}

// endSheet passes on the last row and the texts of drawing objects. Comments are
// objects too: the last ones, one for each note record.
func (b *walker) endSheet() {
	b.endRow()
	plain := max(0, len(b.boxes)-len(b.notes))
	for i, text := range b.boxes {
		at := document.Location{Layer: b.layer()}
		if i >= plain {
			n := b.notes[i-plain]
			at = b.at(n.row, n.col)
			at.Layer = document.Comment
		}
		b.add(text, "", at)
	}
	b.boxes, b.notes, b.pending, b.row = nil, nil, nil, 0
}

// shared reads the shared string table. A text may run over into the next part,
// which then begins with its own flag for the width of characters.
func (b *walker) shared(parts [][]byte) {
	c := &cursor{parts: parts}
	total := fields.U32(c.take(8), 4)
	for range total {
		s, ok := c.text()
		if !ok || len(b.strings) >= maxStrings {
			b.lost = true
			break
		}
		b.strings = append(b.strings, s)
	}
	b.used = make([]bool, len(b.strings))
}

// cursor reads over the borders of continued records.
type cursor struct {
	parts [][]byte
	at    int // in the first part
}

func (c *cursor) left() int {
	for len(c.parts) > 0 && c.at >= len(c.parts[0]) {
		c.parts, c.at = c.parts[1:], 0
	}
	if len(c.parts) == 0 {
		return 0
	}
	return len(c.parts[0]) - c.at
}

// take returns n bytes, fewer at the end.
func (c *cursor) take(n int) []byte {
	var out []byte
	for n > 0 {
		k := min(n, c.left())
		if k == 0 {
			break
		}
		if piece := c.parts[0][c.at : c.at+k]; out == nil && k == n {
			out = piece
		} else {
			out = append(out, piece...)
		}
		c.at += k
		n -= k
	}
	return out
}

func (c *cursor) skip(n int) {
	for n > 0 {
		k := min(n, c.left())
		if k == 0 {
			return
		}
		c.at += k
		n -= k
	}
}

// text reads one rich string ([MS-XLS] 2.5.293).
func (c *cursor) text() (string, bool) {
	head := c.take(3)
	if len(head) < 3 {
		return "", false
	}
	n, flags := fields.U16(head, 0), head[2]
	runs, extra := 0, 0
	if flags&8 != 0 {
		runs = fields.U16(c.take(2), 0)
	}
	if flags&4 != 0 {
		extra = fields.U32(c.take(4), 0)
	}
	var units []uint16
	wide := flags&1 != 0
	for n > 0 {
		avail := c.left()
		if avail == 0 {
			return "", false
		}
		if c.at == 0 { // the text runs over: a new flag
			wide = c.take(1)[0]&1 != 0
			avail--
		}
		width := 1
		if wide {
			width = 2
		}
		k := min(n, avail/width)
		if k == 0 {
			if avail > 0 {
				return "", false
			}
			continue
		}
		piece := c.take(k * width)
		for i := range k {
			if wide {
				units = append(units, uint16(fields.U16(piece, i*2)))
			} else {
				units = append(units, uint16(piece[i]))
			}
		}
		n -= k
	}
	c.skip(runs*4 + extra)
	return string(utf16.Decode(units)), true
}
