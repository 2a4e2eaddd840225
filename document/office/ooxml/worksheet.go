package ooxml

import (
	"io"
	"regexp"
	"strconv"
	"strings"

	"brevvagt/document"
	"brevvagt/document/office/cellfmt"
	"brevvagt/document/office/flow"
	"brevvagt/document/office/grid"
	"brevvagt/document/office/pack"
	"brevvagt/document/office/xmlscan"
)

// sheetWalk reads one worksheet row by row.
type sheetWalk struct {
	r      *reader
	sc     *xmlscan.Scanner
	name   string
	layer  document.Layer
	hidden []columns
	grid   grid.Grid

	cells     []grid.Cell
	values    []value
	row       int
	rowHidden bool
	inData    bool
	cell      value
	text      []byte
	place     []byte // of the cell, while it is written
	element   string // whose text is being collected
}

// value is a cell as it is stored.
type value struct {
	col     int
	kind    string // the t attribute
	style   int
	stored  string
	formula string
}

type columns struct{ from, to int }

const maxHiddenRanges = 20_000

func (r *reader) worksheet(p *part) {
	w := &sheetWalk{r: r, layer: document.Visible}
	if p.sheet != nil {
		w.name = p.sheet.name
		if p.sheet.hidden {
			w.layer = document.Hidden
		}
	}
	r.with(p, func(rd io.Reader) error {
		w.sc = xmlscan.New(rd)
		return w.run()
	})
}

func (w *sheetWalk) run() error {
	for n := 0; ; n++ {
		if n&0x3fff == 0 && w.r.ctx.Err() != nil || w.r.sink.Full() {
			return nil
		}
		switch w.sc.Next() {
		case xmlscan.EOF:
			w.endRow()
			return verdict(w.sc)
		case xmlscan.Start:
			if w.inData {
				w.startData(w.sc.Name())
			} else {
				w.start(w.sc.Name())
			}
		case xmlscan.End:
			if w.inData {
				if err := w.endData(w.sc.Name()); err != nil {
					return err
				}
			} else {
				w.end(w.sc.Name())
			}
		case xmlscan.Text:
			switch {
			case w.element == "rPh" && w.inData: // how the word is read aloud: no part of it
				w.other(string(w.sc.Text()), document.Hidden)
			case w.element != "" || !w.inData:
				if w.text = append(w.text, w.sc.Text()...); len(w.text) > maxCellText {
					w.other(string(w.text), w.layer)
					w.text = w.text[:0]
				}
			}
		case xmlscan.Note:
			w.r.add(string(w.sc.Text()), document.Hidden, "")
		}
	}
}

// start acts on an element outside the cells.
func (w *sheetWalk) start(name string) {
	w.text = w.text[:0]
	switch name {
	case "sheetData":
		w.inData = true
		return
	case "col":
		lo, _ := strconv.Atoi(w.sc.Attr("min"))
		hi, _ := strconv.Atoi(w.sc.Attr("max"))
		if (isOn(w.sc.Attr("hidden")) || w.sc.Attr("width") == "0") && len(w.hidden) < maxHiddenRanges {
			w.hidden = append(w.hidden, columns{lo - 1, hi - 1})
		}
		return
	case "sheetView", "selection", "pane", "pageMargins", "pageSetup", "mergeCell", "dimension", "brk":
		return
	}
	if name == "cfRule" {
		w.other(w.sc.Attr("text"), document.Hidden)
		return
	}
	w.other(flow.Telling(w.sc), document.Hidden)
}

// end takes the text of an element outside the cells: headers, validation lists,
// conditions.
func (w *sheetWalk) end(name string) {
	text := string(w.text)
	w.text = w.text[:0]
	layer := document.Hidden
	if strings.HasSuffix(name, "Header") || strings.HasSuffix(name, "Footer") {
		layer, text = document.Header, pageText(text)
	}
	w.other(text, layer)
}

var headerCodes = regexp.MustCompile(`&(?:"[^"]*"|K[0-9A-F]{6}|K\d\d[+-]\d{3}|\d{1,2}\b|[A-Za-z])`)

// pageText takes the layout codes out of a page header (18.3.1.46). A font size
// glued to a longer number stays: better a digit too many than a number cut.
func pageText(s string) string {
	return strings.ReplaceAll(strings.TrimSpace(headerCodes.ReplaceAllString(s, " ")), "&&", "&")
}

func (w *sheetWalk) other(text string, layer document.Layer) {
	w.r.sink.Add(document.Segment{Text: text, At: document.Location{Layer: layer, Cell: w.name}})
}

func isOn(v string) bool { return v == "1" || v == "true" }

func (w *sheetWalk) startData(name string) {
	switch name {
	case "row":
		w.endRow()
		w.row++
		if n, err := strconv.Atoi(w.sc.Attr("r")); err == nil {
			w.row = n
		}
		w.rowHidden = isOn(w.sc.Attr("hidden")) || w.sc.Attr("ht") == "0"
	case "c":
		w.cell = value{col: w.nextColumn(), kind: w.sc.Attr("t")}
		if col, _, ok := cellfmt.Ref(w.sc.Attr("r")); ok {
			w.cell.col = col
		}
		w.cell.style, _ = strconv.Atoi(w.sc.Attr("s"))
	case "v", "f", "rPh":
		w.element = name
		if name != "rPh" {
			w.text = w.text[:0]
		}
	case "t":
		if w.element != "rPh" {
			w.element = name
		}
	case "is":
		w.text = w.text[:0]
	}
}

func (w *sheetWalk) nextColumn() int {
	if n := len(w.values); n > 0 {
		return w.values[n-1].col + 1
	}
	return 0
}

// maxCellText is how much of a cell is held; the format itself allows 32 767 signs.
const maxCellText = 1 << 20

// maxRowCells bounds what one row may hold; the format itself allows 16 384.
const maxRowCells = 1 << 16

func (w *sheetWalk) endData(name string) error {
	switch name {
	case "sheetData":
		w.endRow()
		w.inData = false
	case "row":
		w.endRow()
	case "v":
		w.cell.stored = string(w.text)
		w.element = ""
	case "f":
		w.cell.formula = string(w.text)
		w.element = ""
	case "t":
		if w.element != "rPh" {
			w.element = ""
		}
	case "rPh":
		w.element = ""
	case "is":
		w.cell.stored = string(w.text)
		w.cell.kind = "inlineStr"
	case "c":
		if len(w.values) >= maxRowCells {
			return pack.ErrTooBig
		}
		w.values = append(w.values, w.cell)
	}
	return nil
}

// endRow labels the cells of the row and passes them on. Numbers come after
// labels, because a heading decides how a number is shown.
func (w *sheetWalk) endRow() {
	if len(w.values) == 0 {
		return
	}
	w.cells = w.cells[:0]
	for i := range w.values {
		w.cells = append(w.cells, grid.Cell{Col: w.values[i].col, Text: w.shown(&w.values[i], "")})
	}
	labels := w.grid.Row(w.cells)
	for i := range w.values {
		v := &w.values[i]
		text := w.cells[i].Text
		if isNumber(v.kind) {
			text = w.shown(v, labels[i])
		}
		at := w.at(v.col)
		if at.Layer == document.Visible && w.r.book.paints.crossedOut(v) {
			at.Layer = document.Covered
		}
		w.r.sink.Add(document.Segment{Text: text, Label: labels[i], At: at})
		if telling(v.formula) {
			at.Layer = document.Hidden
			w.r.sink.Add(document.Segment{Text: v.formula, Label: labels[i], At: at})
		}
	}
	for _, j := range grid.Comb(w.cells, labels) {
		w.r.sink.Add(document.Segment{Text: j.Text, Label: labels[j.From], At: w.at(w.cells[j.From].Col)})
	}
	w.values = w.values[:0]
}

func (w *sheetWalk) at(col int) document.Location {
	w.place = append(append(w.place[:0], w.name...), '!')
	w.place = strconv.AppendInt(append(w.place, cellfmt.Column(col)...), int64(w.row), 10)
	at := document.Location{Layer: w.layer, Cell: string(w.place)}
	if w.rowHidden || w.columnHidden(col) {
		at.Layer = document.Hidden
	}
	return at
}

func (w *sheetWalk) columnHidden(col int) bool {
	// Ranges come in order and do not overlap, so only a hostile file has many.
	for _, c := range w.hidden[:min(len(w.hidden), 256)] {
		if col >= c.from && col <= c.to {
			return true
		}
	}
	return false
}

func isNumber(kind string) bool { return kind == "" || kind == "n" }

// shown is the cell's text.
func (w *sheetWalk) shown(v *value, label string) string {
	b := &w.r.book
	switch {
	case v.kind == "s":
		n, err := strconv.Atoi(strings.TrimSpace(v.stored))
		if err != nil || n < 0 || n >= len(b.strings) {
			b.lost = true
			return ""
		}
		b.used[n] = true
		return b.strings[n]
	case v.kind == "b" || v.kind == "e" || v.stored == "":
		return ""
	case !isNumber(v.kind):
		return v.stored
	}
	var f cellfmt.Format
	if v.style >= 0 && v.style < len(b.formats) {
		f = b.formats[v.style]
	}
	return f.Show(strings.TrimSpace(v.stored), label, b.since1904)
}

// telling formulas hold a text or a number of six digits or more; the others
// only point to cells, whose values are read anyway.
func telling(formula string) bool {
	run := 0
	for i := 0; i < len(formula); i++ {
		switch c := formula[i]; {
		case c == '"':
			return true
		case c >= '0' && c <= '9':
			if run++; run >= 6 {
				return true
			}
		default:
			run = 0
		}
	}
	return false
}
