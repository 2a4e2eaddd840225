package legacy

import (
	"cmp"
	"slices"
	"strings"

	"brevvagt/document"
	"brevvagt/document/office/fields"
	"brevvagt/document/office/ole"
	"brevvagt/internal/columns"
)

// This file reads tables of old presentations: groups of shapes, a shape a cell.

// maxShapes bounds the cells of one table.
const maxShapes = 4096

// box is a shape with a text, in its group.
type box struct {
	left, top int32
	text      string
}

// table hands on, besides the texts themselves, the numbers of a table that only the
// heading of their column makes numbers of persons.
func (w *pptWalk) table(group []byte, at document.Location) {
	boxes := boxesOf(group)
	if len(boxes) < 4 {
		return
	}
	slices.SortStableFunc(boxes, func(a, b box) int { return cmp.Or(cmp.Compare(a.top, b.top), cmp.Compare(a.left, b.left)) })
	rows := slices.Collect(chunk(boxes, func(a, b box) bool { return a.top == b.top }))
	heads := make([]string, len(rows[0]))
	for i, b := range rows[0] {
		heads[i] = b.text
	}
	for _, row := range rows[1:] {
		values := make([]string, len(heads))
		for i := range heads {
			if k := slices.IndexFunc(row, func(b box) bool { return b.left == rows[0][i].left }); k >= 0 {
				values[i] = row[k].text
			}
		}
		for i, v := range values {
			if n := len(v); (n == 9 || n == 10) && strings.Trim(v, "0123456789") == "" {
				w.r.add(v, heads[i], at)
			}
		}
		for _, j := range columns.Join(heads, values) {
			w.r.add(j.Text, heads[j.From], at)
		}
	}
}

// chunk gives the runs of a list whose neighbours belong together.
func chunk(list []box, same func(a, b box) bool) func(yield func([]box) bool) {
	return func(yield func([]box) bool) {
		for from := 0; from < len(list); {
			to := from + 1
			for to < len(list) && same(list[from], list[to]) {
				to++
			}
			if !yield(list[from:to]) {
				return
			}
			from = to
		}
	}
}

func boxesOf(group []byte) (boxes []box) {
	each(group, func(kind int, shape []byte) {
		if kind != recShape || len(boxes) >= maxShapes {
			return
		}
		b, placed := box{}, false
		each(shape, func(kind int, body []byte) {
			switch {
			case kind == recAnchor && len(body) >= 16:
				b.left, b.top, placed = int32(fields.U32(body, 0)), int32(fields.U32(body, 4)), true
			case kind == recTextbox:
				each(body, func(kind int, text []byte) {
					switch kind {
					case recChars:
						b.text += utf16All(text)
					case recBytes:
						b.text += ole.Decode(text, 1252)
					}
				})
			}
		})
		if b.text = strings.TrimSpace(b.text); placed && b.text != "" {
			boxes = append(boxes, b)
		}
	})
	return boxes
}

// each hands over the records of b; the walk tells of a damaged one.
func each(b []byte, use func(kind int, body []byte)) {
	for len(b) >= 8 {
		size := fields.U32(b, 4)
		if size > len(b)-8 {
			return
		}
		use(fields.U16(b, 2), b[8:8+size])
		b = b[8+size:]
	}
}
