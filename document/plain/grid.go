package plain

import (
	"bytes"
	"strconv"
	"strings"

	"brevvagt/document"
	"brevvagt/document/plain/looks"
	"brevvagt/document/plain/table"
	"brevvagt/internal/columns"
)

// grid is what is known of the innermost open table. A first row of nothing but
// heading cells (th) gives the cells below it their labels; without headings a
// row stays one text, for its first cell often says what the second one is.
type grid struct {
	row      int
	column   int // of the current cell, from 0
	plain    bool
	headings []string
	likely   []string // texts of a first row of ordinary cells that reads like headings
	marks    []mark
	repeated int // one more than the column whose cell in this row says itself that it has a CPR number
}

// mark is where a cell begins in the text of its row.
type mark struct{ column, start int }

func (g *grid) newRow() {
	g.row++
	g.column, g.plain, g.marks, g.repeated = -1, false, g.marks[:0], 0
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
	if g.row != 1 || len(g.marks) == 0 || g.marks[len(g.marks)-1].column >= maxColumns {
		return
	}
	texts := make([]string, g.marks[len(g.marks)-1].column+1)
	for i, m := range g.marks {
		texts[m.column] = strings.TrimSpace(g.cell(row, i))
	}
	switch {
	case !g.plain:
		g.headings = texts
	case len(texts) > 1 && table.IsHeading(texts):
		g.likely = texts
	}
}

// maxColumns bounds a row, as in a spreadsheet.
const maxColumns = 16_384

// values are the cells of the current row, as many as there are columns.
func (g *grid) values(row []byte, columns int) []string {
	list := make([]string, columns)
	for i, m := range g.marks {
		if m.column < columns {
			list[m.column] = strings.TrimSpace(g.cell(row, i))
		}
	}
	return list
}

// labelled makes a segment of each cell, with its heading as label.
func (p *page) labelled(layer document.Layer) {
	for i, m := range p.table.marks {
		s := document.Segment{Text: p.table.cell(p.shown, i), At: p.cellAt(m.column, layer)}
		if m.column < len(p.table.headings) {
			s.Label = p.table.headings[m.column]
		}
		if m.column == p.table.repeated-1 {
			s.Label = civil
		}
		p.out.Segment(s)
	}
	p.joined(p.table.headings, layer)
}

// spread adds, to a row that stays one text, the numbers that only their heading
// makes a number: a run of ten digits, or nine whose zero is lost, those in two columns.
func (p *page) spread(layer document.Layer) {
	if col := p.table.repeated - 1; col >= 0 {
		for i, m := range p.table.marks {
			if v := p.table.cell(p.shown, i); m.column == col && tenDigits(v) {
				p.out.Segment(document.Segment{Text: v, Label: civil, At: p.cellAt(col, layer)})
			}
		}
	}
	if p.table.likely == nil || p.table.row < 2 {
		return
	}
	for i, v := range p.table.values(p.shown, len(p.table.likely)) {
		if (len(v) == 9 || len(v) == 10 && cprWord.MatchString(p.table.likely[i])) && strings.Trim(v, "0123456789") == "" {
			p.out.Segment(document.Segment{Text: v, Label: p.table.likely[i], At: p.cellAt(i, layer)})
		}
	}
	p.joined(p.table.likely, layer)
}

func (p *page) joined(headings []string, layer document.Layer) {
	for _, j := range columns.Join(headings, p.table.values(p.shown, len(headings))) {
		p.out.Segment(document.Segment{Text: j.Text, Label: headings[j.From], At: p.cellAt(j.From, layer)})
	}
}

func (p *page) cellAt(col int, layer document.Layer) document.Location {
	return document.Location{Line: p.shownLine, Layer: layer, Cell: looks.Column(col) + strconv.Itoa(p.table.row)}
}
