package legacy

import (
	"strings"
	"unicode/utf16"

	"brevvagt/document"
	"brevvagt/document/office/flow"
	"brevvagt/document/office/grid"
)

// docText gathers characters into paragraphs, cells and field codes.
type docText struct {
	d       *docFile
	layer   document.Layer
	para    flow.Para
	units   []uint16
	current document.Layer
	fields  []bool // per open field: its result has begun
	code    strings.Builder
	hint    int
	rowHint int
}

// char takes one character; the low ones are Word's marks ([MS-DOC] 2.4.1).
func (w *docText) char(c uint16, fc int) {
	switch c {
	case 0x0d, 0x0c:
		w.paragraph()
	case 0x07:
		w.endCell(layerAt(w.d.rows, fc, &w.rowHint) == rowEnd)
	case 0x13:
		w.fields = append(w.fields, false)
	case 0x14:
		if n := len(w.fields); n > 0 {
			w.fields[n-1] = true
			w.endCode(n == 1)
		}
	case 0x15:
		if n := len(w.fields); n > 0 {
			w.fields = w.fields[:n-1]
			w.endCode(n == 1)
		}
	case 0x0b:
		w.put('\n', fc)
	case 0x1e:
		w.put('-', fc)
	case 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x08, 0x1f:
	default:
		w.put(c, fc)
	}
}

func (w *docText) put(c uint16, fc int) {
	for _, result := range w.fields {
		if !result {
			w.code.WriteRune(rune(c))
			return
		}
	}
	layer := layerAt(w.d.runs, fc, &w.hint)
	if layer == "" || layer == rowEnd {
		layer = w.layer
	}
	if layer != w.current {
		w.flush()
		w.current = layer
	}
	w.units = append(w.units, c)
}

func (w *docText) endCode(outer bool) {
	if code := strings.TrimSpace(w.code.String()); outer && code != "" {
		if strings.HasPrefix(code, "FORM") && len(w.d.asked) < maxFormFields {
			w.flush()
			w.d.asked = append(w.d.asked, w.para.Asks())
		}
		w.d.r.add("{ "+code+" }", flow.LabelField, document.Location{Layer: document.Hidden})
	}
	if outer {
		w.code.Reset()
	}
}

func (w *docText) flush() {
	if len(w.units) > 0 {
		w.para.Add(w.current, []byte(string(utf16.Decode(w.units))))
		w.units = w.units[:0]
	}
}

// paragraph passes on what was gathered.
func (w *docText) paragraph() {
	w.flush()
	for _, p := range w.para.Pieces(w.layer) {
		w.d.r.add(p.Text, "", document.Location{Layer: p.Layer})
	}
	w.para = flow.Para{}
}

func (w *docText) endCell(row bool) {
	w.flush()
	var plain []string
	for _, p := range w.para.Pieces(w.layer) {
		if p.Layer == w.layer {
			plain = append(plain, p.Text)
		} else {
			w.d.r.add(p.Text, "", document.Location{Layer: p.Layer})
		}
	}
	w.para = flow.Para{}
	d := w.d
	if row {
		w.endRow()
		return
	}
	d.cells = append(d.cells, grid.Cell{Col: len(d.cells), Text: strings.Join(plain, "\n")})
	if len(d.cells) >= 64 { // Word's most columns
		w.endRow()
	}
}

func (w *docText) endRow() {
	d := w.d
	labels := d.grid.Row(d.cells)
	for i, c := range d.cells {
		d.r.add(c.Text, labels[i], document.Location{Layer: w.layer})
	}
	for _, j := range grid.Comb(d.cells, labels) {
		d.r.add(j.Text, labels[j.From], document.Location{Layer: w.layer})
	}
	d.cells = d.cells[:0]
}
