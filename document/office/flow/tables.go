package flow

import (
	"strings"

	"brevvagt/document"
	"brevvagt/document/office/grid"
)

// table is a table being read; only its current row is kept.
type table struct {
	grid    grid.Grid
	row     []*cell
	col     int
	heading bool // the row repeats on each page
	open    *cell
}

// cell collects the texts of one cell until the row ends and labels are known.
type cell struct {
	col    int
	span   int
	depth  int // paragraphs open around the cell
	plain  []string
	others []Piece
	label  string // title of a control within
}

// add takes a piece of the cell. What has the layer of its part, as all has on a hidden
// slide, is what the cell says.
func (c *cell) add(p Piece, base document.Layer) {
	if p.Layer == base || p.Layer == document.Visible || p.Layer == document.Header || p.Layer == document.Comment {
		c.plain = append(c.plain, p.Text)
		return
	}
	c.others = append(c.others, p)
}

func (w *walker) cell() *cell {
	if len(w.tables) == 0 {
		return nil
	}
	return w.tables[len(w.tables)-1].open
}

func (w *walker) openTable(name string) action {
	if name == "tbl" || name == "Table" {
		w.tables = append(w.tables, &table{})
		return actTable
	}
	if len(w.tables) == 0 {
		return none
	}
	t := w.tables[len(w.tables)-1]
	switch name {
	case "tr", "Row":
		t.row, t.col, t.heading = nil, 0, false
		return actRow
	case "tc", "Cell":
		if n := number(w.sc.Attr("Index"), 0, grid.MaxColumns); n > 0 {
			t.col = n - 1
		}
		t.open = &cell{col: t.col, depth: len(w.paras), span: number(w.sc.Attr("gridSpan"), 1, 1000)} // DrawingML has it here
		return actCell
	case "gridSpan":
		if t.open != nil {
			t.open.span = number(w.sc.Attr("val"), 1, 1000)
		}
	case "tblHeader":
		v, ok := w.sc.Lookup("val")
		t.heading = !ok || on(v)
	}
	return none
}

func (w *walker) shutTable(act action) {
	n := len(w.tables)
	if n == 0 {
		return
	}
	t := w.tables[n-1]
	switch act {
	case actTable:
		w.endRow(t)
		w.tables = w.tables[:n-1]
	case actRow:
		w.endRow(t)
	case actCell:
		if t.open != nil {
			t.open.label = w.label()
			t.row = append(t.row, t.open)
			t.col += t.open.span
			t.open = nil
		}
	}
}

// endRow labels the row's cells and passes them on.
func (w *walker) endRow(t *table) {
	if len(t.row) == 0 {
		return
	}
	cells := make([]grid.Cell, len(t.row))
	for i, c := range t.row {
		cells[i] = grid.Cell{Col: c.col, Text: strings.Join(c.plain, "\n"), Heading: t.heading}
	}
	labels := t.grid.Row(cells)
	for i, c := range t.row {
		if c.label != "" {
			labels[i] = c.label
		}
		w.add(w.opt.Layer, cells[i].Text, labels[i])
		for _, p := range c.others {
			w.add(p.Layer, p.Text, labels[i])
		}
	}
	for _, j := range grid.Comb(cells, labels) {
		w.add(w.opt.Layer, j.Text, labels[j.From])
	}
	t.row = nil
}
