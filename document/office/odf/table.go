package odf

import (
	"strconv"
	"strings"

	"brevvagt/document"
	"brevvagt/document/office/cellfmt"
	"brevvagt/document/office/grid"
)

// table is a table or sheet being read, one row at a time.
type table struct {
	name   string
	grid   grid.Grid
	row    int
	col    int
	open   *cell
	cells  []*cell
	repeat int
	header bool
	hidden []hiddenColumns
	cols   int
}

type hiddenColumns struct{ from, to int }

type cell struct {
	col    int
	layer  document.Layer
	depth  int // paragraphs open around it
	texts  []string
	number string // stored value of a number cell
}

func (w *walker) table() *table {
	if n := len(w.tables); n > 0 {
		return w.tables[n-1]
	}
	return nil
}

func (w *walker) cell() *cell {
	if t := w.table(); t != nil {
		return t.open
	}
	return nil
}

const maxRepeat = 1 << 20

func (w *walker) repeated(attr string) int {
	n, err := strconv.Atoi(w.sc.Attr(attr))
	if err != nil {
		return 1
	}
	return max(1, min(n, maxRepeat))
}

// openTable acts on the elements of tables and gives o the layer of hidden ones.
func (w *walker) openTable(name string, o *open) {
	if name == "table" {
		if w.hiddenStyles[w.sc.Attr("style-name")] && o.layer == w.base {
			o.layer = document.Hidden
		}
		w.tables = append(w.tables, &table{name: w.sc.Attr("name")})
		return
	}
	t := w.table()
	if t == nil {
		return
	}
	gone := w.sc.Attr("visibility")
	switch name {
	case "table-header-rows":
		t.header = true
	case "table-column":
		n := w.repeated("number-columns-repeated")
		if (gone == "collapse" || gone == "filter") && len(t.hidden) < 1000 {
			t.hidden = append(t.hidden, hiddenColumns{t.cols, t.cols + n - 1})
		}
		t.cols += n
	case "table-row":
		t.repeat, t.col, t.cells = w.repeated("number-rows-repeated"), 0, nil
		if gone == "collapse" || gone == "filter" {
			o.layer = document.Hidden
		}
	case "table-cell", "covered-table-cell":
		for _, h := range t.hidden {
			if t.col >= h.from && t.col <= h.to && o.layer == w.base {
				o.layer = document.Hidden
			}
		}
		t.open = &cell{col: t.col, layer: o.layer, depth: len(w.paras)}
		if w.sc.Attr("value-type") == "float" {
			t.open.number = w.sc.Attr("value")
		}
		t.col += w.repeated("number-columns-repeated")
	}
}

func (w *walker) shutTable(o open) {
	t := w.table()
	if t == nil {
		return
	}
	switch o.name {
	case "table":
		w.tables = w.tables[:len(w.tables)-1]
	case "table-header-rows":
		t.header = false
	case "table-cell", "covered-table-cell":
		if t.open != nil && (len(t.open.texts) > 0 || t.open.number != "") {
			t.cells = append(t.cells, t.open)
		}
		t.open = nil
	case "table-row":
		w.endRow(t)
		t.row += max(1, t.repeat)
	}
}

// endRow labels the cells of a row and passes them on. A number whose display
// lost the leading zero gets it back under a heading for CPR numbers.
func (w *walker) endRow(t *table) {
	if len(t.cells) == 0 {
		return
	}
	cells := make([]grid.Cell, len(t.cells))
	for i, c := range t.cells {
		cells[i] = grid.Cell{Col: c.col, Text: strings.Join(c.texts, "\n"), Heading: t.header}
		if len(c.texts) == 0 {
			cells[i].Text = c.number
		}
	}
	labels := t.grid.Row(cells)
	for i, c := range t.cells {
		text := cells[i].Text
		if c.number != "" {
			shown := cellfmt.Format{}.Show(c.number, labels[i], false)
			if text == c.number || text == cellfmt.Plain(c.number) {
				text = shown
			}
			cells[i].Text = text
		}
		w.sink.Add(document.Segment{Text: text, Label: labels[i], At: w.cellAt(t, c)})
	}
	for _, j := range grid.Comb(cells, labels) {
		w.sink.Add(document.Segment{Text: j.Text, Label: labels[j.From], At: w.cellAt(t, t.cells[j.From])})
	}
	t.cells = nil
}

func (w *walker) cellAt(t *table, c *cell) document.Location {
	return document.Location{Layer: c.layer, Page: w.page, Cell: t.name + "!" + cellfmt.Column(c.col) + strconv.Itoa(t.row+1)}
}
