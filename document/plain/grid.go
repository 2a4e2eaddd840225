package plain

import (
	"bytes"
	"strconv"
	"strings"

	"brevvagt/document"
	"brevvagt/document/plain/looks"
)

// grid is what is known of the innermost open table. A first row of nothing but
// heading cells (th) gives the cells below it their labels; without headings a
// row stays one text, for its first cell often says what the second one is.
type grid struct {
	row      int
	column   int // of the current cell, from 0
	plain    bool
	headings []string
	marks    []mark
}

// mark is where a cell begins in the text of its row.
type mark struct{ column, start int }

func (g *grid) newRow() {
	g.row++
	g.column, g.plain, g.marks = -1, false, g.marks[:0]
}

func (g *grid) newCell(heading bool) {
	g.column++
	g.plain = g.plain || !heading
}

func (g *grid) mark(start int) {
	if g.row > 0 && g.column >= 0 {
		g.marks = append(g.marks, mark{g.column, start})
	}
}

// cell gives the text of the i-th mark.
func (g *grid) cell(row []byte, i int) string {
	end := len(row)
	if i+1 < len(g.marks) {
		end = g.marks[i+1].start
	}
	return string(bytes.TrimSpace(row[min(g.marks[i].start, end):end]))
}

// learn takes the headings from a finished row, if it is the first and has them.
func (g *grid) learn(row []byte) {
	if g.row != 1 || g.plain || len(g.marks) == 0 {
		return
	}
	g.headings = make([]string, g.marks[len(g.marks)-1].column+1)
	for i, m := range g.marks {
		g.headings[m.column] = g.cell(row, i)
	}
}

// labelled makes a segment of each cell, with its heading as label.
func (p *page) labelled(layer document.Layer) {
	for i, m := range p.table.marks {
		s := document.Segment{Text: p.table.cell(p.shown, i)}
		s.At = document.Location{Line: p.shownLine, Layer: layer, Cell: looks.Column(m.column) + strconv.Itoa(p.table.row)}
		if m.column < len(p.table.headings) {
			s.Label = strings.TrimSpace(p.table.headings[m.column])
		}
		p.out.Segment(s)
	}
}
