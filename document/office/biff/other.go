package biff

import (
	"strings"

	"brevvagt/document"
	"brevvagt/document/office/fields"
	"brevvagt/document/office/flow"
	"brevvagt/document/office/ole"
	"brevvagt/internal/sweep"
)

func (b *walker) otherRecord(kind int, parts [][]byte) {
	rec := parts[0]
	hidden := document.Location{Layer: document.Hidden}
	switch kind {
	case xlHeader, xlFooter:
		b.add(b.text(rec, 0, b.short()), "", document.Location{Layer: document.Header})
	case xlTXO:
		b.box(parts)
	case xlNote:
		if !b.wide {
			at := b.at(fields.U16(rec, 0), fields.U16(rec, 2))
			at.Layer = document.Comment
			b.add(ole.Decode(rec[min(len(rec), 6):], b.page), "", at)
			return
		}
		if fields.U16(rec, 0) < 0xffff && len(b.notes) < 100_000 {
			b.notes = append(b.notes, note{fields.U16(rec, 0), fields.U16(rec, 2)})
			b.add(b.text(rec, 8, 2), flow.LabelAuthor, document.Location{Layer: document.Metadata})
		}
	case xlAuthor:
		b.add(strings.TrimSpace(b.text(rec, 0, 2)), flow.LabelAuthor, document.Location{Layer: document.Metadata})
	case xlPivotText:
		b.add(b.text(rec, 0, 2), "", hidden)
	case xlName: // a name, and what it stands for
		texts, _ := sweep.Texts(join(parts))
		if b.sweep(join(parts)); len(texts) > 1 {
			b.add(strings.Join(texts[1:], " "), texts[0], document.Location{Layer: document.Hidden})
		}
	case xlLink, xlDV, xlCRN, xlStyle, xlSeriesText:
		b.sweep(join(parts))
	}
}

// box reads the text of a drawing object, a comment's among them: it stands in
// the record that continues the object's.
func (b *walker) box(parts [][]byte) {
	if len(parts) < 2 || len(parts[1]) < 2 {
		return
	}
	n, text := fields.U16(parts[0], 10), strings.Builder{}
	for _, p := range parts[1:] {
		if n <= 0 || len(p) < 2 {
			break
		}
		if p[0]&1 != 0 {
			text.WriteString(ole.UTF16(fields.Sub(p, 1, n*2)))
			n -= (len(p) - 1) / 2
		} else {
			text.WriteString(ole.Decode(fields.Sub(p, 1, n), 1252))
			n -= len(p) - 1
		}
	}
	b.boxes = append(b.boxes, text.String())
}

func join(parts [][]byte) []byte {
	if len(parts) == 1 {
		return parts[0]
	}
	var out []byte
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

func (b *walker) add(text, label string, at document.Location) {
	b.sink.Add(document.Segment{Text: text, Label: label, At: at})
}

// sweep takes what can be read of a record whose layout is not asked for.
func (b *walker) sweep(rec []byte) {
	texts, cut := sweep.Texts(rec)
	for _, t := range texts {
		b.add(t, "", document.Location{Layer: document.Hidden})
	}
	if cut {
		b.sink.Out.Gap(document.Gap{Why: document.TooBig, Detail: "more text than a sweep keeps"})
	}
}
